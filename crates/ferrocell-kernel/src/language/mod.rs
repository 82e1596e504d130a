//! The seam between the protocol and a language: what a language must be able to do ([`Language`], [`Session`],
//! [`Controls`], [`Queries`]) and what it may say while it runs ([`Event`], through [`Events`]).
//!
//! Nothing here knows a Jupyter message, and nothing behind it should. The example `echo` is a whole language in one
//! file.

mod answer;
mod cell_id;
mod completeness;
mod completions;
mod controls;
mod display;
mod event;
mod events;
mod inspection;
mod outcome;
mod queries;
mod remark;
mod request_id;
mod session;
mod stream;

use std::error::Error;

pub use answer::NoAnswer;
pub use cell_id::CellId;
pub use completeness::Completeness;
pub use completions::Completions;
pub use controls::Controls;
pub use display::Display;
pub use event::Event;
pub use events::Events;
pub use inspection::Inspection;
pub use outcome::{Failure, Outcome};
pub use queries::{Pending, Queries, Variable, Verdict};
pub use remark::{Edit, Fix, Position, Remark, Severity};
pub use request_id::RequestId;
pub use session::Session;
pub use stream::Stream;

/// Forms of one value by MIME type: `text/plain`, `text/html`, `image/png` (base64), …
pub type MimeBundle = serde_json::Map<String, serde_json::Value>;

/// A language that a kernel can be made of.
pub trait Language: Send + 'static {
    /// What runs the cells.
    type Session: Session;

    /// What the frontend is told of the kernel. It is asked before [`start`](Self::start), and must not wait for
    /// anything, for no frontend is ready before it has the answer.
    ///
    /// Specification: [Kernel info](https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info).
    fn info(&self) -> Info;

    /// Starts a session, whose output goes to `events`. It is called on the thread that will run the cells.
    ///
    /// # Errors
    ///
    /// Any error is shown in the place of the first cell's output and of every later one's.
    fn start(self, events: Events) -> Result<Self::Session, Box<dyn Error + Send + Sync>>;
}

/// What a kernel says of itself and of its language.
///
/// Specification: [Kernel info](https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info).
#[derive(Clone, Debug)]
pub struct Info {
    /// The kernel's name.
    pub implementation: String,
    /// The kernel's version.
    pub implementation_version: String,
    /// Shown by consoles when they start.
    pub banner: String,
    /// Names under which editors, highlighters and exporters know the language.
    pub language: jupyter_protocol::LanguageInfo,
    /// Entries of the frontend's Help menu: text and address.
    pub help_links: Vec<(String, String)>,
}
