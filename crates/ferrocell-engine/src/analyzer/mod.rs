//! rust-analyzer as a guest: what it knows of a text that is being written, in the midst of the session's program.
//!
//! It is an ordinary language server, started at the first question that comes after a cell, and asked over its standard
//! input and output. Whatever is odd about it, the session's own knowledge has to do.
//!
//! Specification: [Language Server Protocol 3.17](https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/).

mod answer;
mod program;
mod server;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, fmt};

use serde_json::Value;

use crate::ahead::Basis;
use crate::compiler::state::State;
use crate::toolchain::Toolchain;

pub(crate) use answer::Suggestion;
use program::Program;
use server::Server;
use workspace::Workspace;

/// How often it is started in a session.
const STARTS: usize = 3;

/// The guest, for all who ask about code. Clones share it.
#[derive(Clone)]
pub(crate) struct Analyzer(Arc<Shared>);

struct Shared {
    /// Where the program lies that it looks at.
    dir: PathBuf,
    guest: Mutex<Guest>,
}

/// What there is of it.
struct Guest {
    is_on: bool,
    /// What it is asked about: that of the last cell.
    basis: Option<Basis>,
    server: Option<Arc<Server>>,
    workspace: Option<Workspace>,
    starts: usize,
    /// Why it does not run.
    failure: Option<String>,
    /// Whether somebody has asked to complete something.
    is_wanted: bool,
    /// Whether the user was told how that gets better.
    is_advised: bool,
}

/// What to say where it is not installed.
const MISSING: &str = "rust-analyzer is not installed: `rustup component add rust-analyzer rust-src` brings it, and \
                       `:analyzer on` starts it";

impl fmt::Debug for Analyzer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Analyzer").finish_non_exhaustive()
    }
}

impl Analyzer {
    /// A guest that is not there yet; its program will lie in this folder, which the session removes.
    pub(crate) fn new(dir: PathBuf, is_on: bool) -> Self {
        Self(Arc::new(Shared {
            dir,
            guest: Mutex::new(Guest {
                is_on,
                basis: None,
                server: None,
                workspace: None,
                starts: 0,
                failure: None,
                is_wanted: false,
                is_advised: false,
            }),
        }))
    }

    /// From now on, questions are about this. Nothing is started for it.
    pub(crate) fn know(&self, basis: Option<Basis>) {
        let mut guest = self.guest();
        guest.basis = basis.or(guest.basis.take());
    }

    /// Uses it from now on, or does not and ends it.
    pub(crate) fn switch(&self, is_on: bool) {
        let mut guest = self.guest();
        guest.is_on = is_on;
        (guest.starts, guest.failure) = (0, None);
        if !is_on {
            guest.server = None;
        }
    }

    /// What became of it, in a line.
    pub(crate) fn status(&self) -> String {
        let guest = self.guest();
        if !guest.is_on {
            return "rust-analyzer is not asked; `:analyzer on` changes that".to_owned();
        }
        match (&guest.server, &guest.failure) {
            (Some(server), _) => {
                let state = if server.is_ready() {
                    "is asked"
                } else {
                    "reads the program"
                };
                let process = server.process();
                let memory = server.memory().map_or_else(String::new, |bytes| {
                    format!(", {} MB of memory", bytes / 1_000_000)
                });
                let complaint = server.complaint();
                let complaint =
                    complaint.map_or_else(String::new, |text| format!("; it says: {text}"));
                format!("rust-analyzer {state}: process {process}{memory}{complaint}")
            }
            (None, Some(failure)) => failure.clone(),
            (None, None) => {
                "rust-analyzer will be started at the next question about code".to_owned()
            }
        }
    }

    /// How completion gets better, after somebody has asked for one where it is not installed.
    pub(crate) fn take_advice(&self) -> Option<String> {
        let mut guest = self.guest();
        let is_missing = guest.failure.as_deref() == Some(MISSING);
        let is_news = is_missing && guest.is_wanted && !guest.is_advised;
        guest.is_advised |= is_news;
        is_news.then(|| {
            let without = "`FERROCELL_ANALYZER=off` in the environment does without";
            format!("completion knows more with it: {MISSING}; {without}")
        })
    }

    /// Starts it, if it is not there and there is a program to look at.
    pub(crate) fn wake(&self) {
        self.server();
    }

    /// What could stand at a byte of a text. `None` if it cannot tell in this time.
    pub(crate) fn complete(
        &self,
        state: &State,
        text: &str,
        at: usize,
        patience: Duration,
    ) -> Option<Vec<Suggestion>> {
        self.guest().is_wanted = true;
        let answer = self.ask("textDocument/completion", state, text, at, patience)?;
        Some(answer::suggestions(&answer))
    }

    /// What stands at a byte of a text, in markdown. `None` if it cannot tell in this time, or nothing stands there.
    pub(crate) fn describe(
        &self,
        state: &State,
        text: &str,
        at: usize,
        patience: Duration,
    ) -> Option<String> {
        let answer = self.ask("textDocument/hover", state, text, at, patience)?;
        answer::description(&answer)
    }

    /// Asks the server, if it can answer now.
    fn ask(
        &self,
        method: &str,
        state: &State,
        text: &str,
        at: usize,
        patience: Duration,
    ) -> Option<Value> {
        let server = self.server().filter(|server| server.is_ready())?;
        server.ask(method, &Program::of(state, text), at, patience)
    }

    fn server(&self) -> Option<Arc<Server>> {
        let mut guest = self.guest();
        if !guest.is_on {
            return None;
        }
        let basis = guest.basis.clone()?;
        if let Some(server) = guest.server.clone() {
            if server.is_alive() {
                let wanted = Workspace::of(&basis);
                if guest.workspace.as_ref() != Some(&wanted) && wanted.write(&self.0.dir).is_ok() {
                    guest.workspace = Some(wanted);
                    server.reload();
                }
                return Some(server);
            }
            guest.server = None;
        }
        if guest.failure.is_some() {
            return None;
        }
        match self.start(&basis, &mut guest) {
            Ok(server) => guest.server = Some(Arc::new(server)),
            Err(failure) => guest.failure = Some(failure),
        }
        guest.server.clone()
    }

    fn start(&self, basis: &Basis, guest: &mut Guest) -> Result<Server, String> {
        if guest.starts == STARTS {
            return Err(format!(
                "rust-analyzer has ended {STARTS} times and is not started again; `:analyzer on` tries once more"
            ));
        }
        guest.starts += 1;
        let program = find(&basis.toolchain).ok_or(MISSING)?;
        let workspace = Workspace::of(basis);
        let failed = |error: std::io::Error| format!("cannot start {}: {error}", program.display());
        workspace.write(&self.0.dir).map_err(failed)?;
        guest.workspace = Some(workspace);
        Server::start(&program, &self.0.dir, &basis.toolchain).map_err(failed)
    }

    fn guest(&self) -> MutexGuard<'_, Guest> {
        let guest = self.0.guest.lock();
        guest.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The executable: that of the toolchain, or else one in `PATH` that is no proxy of rustup's for one that is not there.
fn find(toolchain: &Toolchain) -> Option<PathBuf> {
    const NAME: &str = "rust-analyzer";
    let own = toolchain.sysroot.join("bin").join(NAME);
    let is_proxy = |path: &Path| {
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        target.ends_with("rustup") || path.with_file_name("rustup").is_file()
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let others = env::split_paths(&path).map(|folder| folder.join(NAME));
    let mut others = others.filter(|path| path.is_file() && !is_proxy(path));
    Some(own)
        .filter(|own| own.is_file())
        .or_else(|| others.next())
}
