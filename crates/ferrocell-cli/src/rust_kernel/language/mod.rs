//! The Rust of `ferrocell-engine` as a [`Language`]: its session, events and answers in the words of the seam.
//!
//! It translates and adds nothing, but for two matters of the frontend: progress is shown as a display that goes when
//! the work is done, and what the engine notes after a success is shown on standard error.

mod events;
mod progress;
mod queries;
mod session;

use std::error::Error;
use std::sync::Arc;

use ferrocell_engine::{Session, SessionOptions};

use ferrocell_kernel::LanguageInfo;
use ferrocell_kernel::language::{Events, Info, Language};

use events::Translator;
pub(crate) use queries::EngineQueries;
pub(crate) use session::EngineSession;

/// Rust, as `ferrocell-engine` runs it.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    options: SessionOptions,
}

impl Engine {
    /// A session that will start with `options`.
    pub(crate) fn new(options: SessionOptions) -> Engine {
        Engine { options }
    }
}

impl Language for Engine {
    type Session = EngineSession;

    fn info(&self) -> Info {
        Info {
            implementation: "ferrocell".into(),
            implementation_version: env!("CARGO_PKG_VERSION").into(),
            banner: format!(
                "ferrocell {}: Rust, cell by cell",
                env!("CARGO_PKG_VERSION")
            ),
            language: language_info(),
            help_links: vec![
                (
                    "Rust Standard Library".into(),
                    "https://doc.rust-lang.org/std/".into(),
                ),
                (
                    "The Rust Programming Language".into(),
                    "https://doc.rust-lang.org/book/".into(),
                ),
            ],
        }
    }

    fn start(self, events: Events) -> Result<EngineSession, Box<dyn Error + Send + Sync>> {
        let translator = Translator::new(events.clone());
        let session = Session::start(self.options, Arc::new(move |event| translator.send(event)))?;
        Ok(EngineSession::new(session, events))
    }
}

/// The names under which others know Rust. The version is the edition: which compiler there is turns out only when one
/// is needed, and a frontend does not wait for that.
fn language_info() -> LanguageInfo {
    LanguageInfo {
        name: "rust".into(),
        version: "2024".into(),
        mimetype: Some("text/rust".into()),
        file_extension: Some(".rs".into()),
        pygments_lexer: Some("rust".into()),
        codemirror_mode: Some(jupyter_protocol::CodeMirrorMode::Simple("rust".into())),
        nbconvert_exporter: Some("script".into()),
    }
}
