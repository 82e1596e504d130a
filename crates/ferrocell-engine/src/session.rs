//! A session: one notebook's program, from cell to cell.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::thread::{self, JoinHandle};

use thiserror::Error;

use crate::build::{self, BuildError, Environment};
use crate::cell::{Cell, SyntaxError};
use crate::error::ExecuteError;
use crate::explain;
use crate::interrupts::Interrupts;
use crate::panics::LoadedCode;
use crate::plan::plan;
use crate::process::{HostOptions, HostProcess};
use crate::run;
use crate::session_dir::SessionDir;
use crate::state::State;
use crate::toolchain::{Toolchain, ToolchainError};
use crate::{CellId, Controls, EventSink, Outcome, SessionOptions, host_path};

/// Why a session cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The executable that runs cells is missing.
    #[error("cannot find the executable `ferrocell-host`: looked at {}. `cargo install ferrocell-cli` installs it beside `ferrocell`", .looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoHost {
        /// Where it was looked for.
        looked_at: Vec<PathBuf>,
    },
    /// It does not start.
    #[error("cannot start {host}: {error}")]
    Host {
        /// The executable.
        host: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no place for what the compiler makes.
    #[error(
        "cannot make a temporary folder: {0}. Is the disk full? `TMPDIR` chooses another place"
    )]
    TempDir(io::Error),
}

/// One notebook's program.
///
/// A session compiles cells with the user's rustc and runs them in a process of its own. It belongs to the thread that
/// executes cells; [`Session::controls`] gives handles for the others.
pub struct Session {
    pub(crate) options: SessionOptions,
    pub(crate) events: EventSink,
    pub(crate) interrupts: Interrupts,
    pub(crate) controls: Controls,
    pub(crate) state: State,
    pub(crate) loaded: LoadedCode,
    pub(crate) host_path: PathBuf,
    pub(crate) host: Option<HostProcess>,
    /// The toolchain is looked for while the front end still starts.
    search: Option<JoinHandle<Result<Toolchain, ToolchainError>>>,
    toolchain: Option<Toolchain>,
    pub(crate) dir: SessionDir,
}

impl Session {
    /// Starts a session. The compiler is looked for in the background; if it is missing, the first cell says so.
    ///
    /// # Errors
    ///
    /// If the process for the user's code cannot be started.
    pub fn start(options: SessionOptions, events: EventSink) -> Result<Self, StartError> {
        let host_path = host_path::find(options.host.as_deref())
            .map_err(|looked_at| StartError::NoHost { looked_at })?;
        let dir = SessionDir::create().map_err(StartError::TempDir)?;
        let interrupts = Interrupts::default();
        let mut session = Self {
            controls: Controls::new(interrupts.clone()),
            search: Some(search(&options)),
            toolchain: None,
            options,
            events,
            interrupts,
            state: State::default(),
            loaded: LoadedCode::default(),
            host_path,
            host: None,
            dir,
        };
        session.start_host().map_err(|error| StartError::Host {
            host: session.host_path.clone(),
            error,
        })?;
        Ok(session)
    }

    /// A handle for interrupting, answering questions and shutting down from other threads.
    pub fn controls(&self) -> Controls {
        self.controls.clone()
    }

    /// Executes a cell and returns when it has ended and all its output was delivered.
    ///
    /// A cell that is asked to stop and does not within a second is ended by force, together with all threads; the
    /// outcome then says what is lost.
    pub fn execute(&mut self, cell: CellId, source: &str) -> Outcome {
        self.interrupts.reset();
        match self.try_execute(cell, source) {
            Ok(outcome) => outcome,
            Err(error) => error.into_outcome(),
        }
    }

    fn try_execute(&mut self, id: CellId, source: &str) -> Result<Outcome, ExecuteError> {
        let cell = match Cell::parse(id, source, |name| self.state.is_item_macro(name)) {
            Ok(cell) => cell,
            Err(error) => return self.explain_syntax_error(error),
        };
        if !cell.has_code() {
            return Ok(Outcome::done());
        }
        let toolchain = self.toolchain()?;
        let plan = plan(&self.state, &cell);
        let environment = Environment {
            toolchain: &toolchain,
            state: &self.state,
            settings: &self.state.settings,
            dir: self.dir.path(),
            dep_arguments: &[],
            interrupts: &self.interrupts,
        };
        let built = build::build(&environment, &cell, &plan)?;
        self.prepare_host(id, &toolchain)?;
        let mut next = plan.apply(&self.state, &cell, &built.adjustments.dropped);
        let ended = run::run(self, id, &built)?;
        next.settle_variables(&plan, id, &built, ended.outcome.is_ok());
        if ended.is_process_gone {
            next.lose_process(&format!("its process ended with cell [{}]", id.0));
        }
        self.state = next;
        let mut outcome = ended.outcome;
        if let Outcome::Ok { notes, .. } = &mut outcome {
            notes.extend(explain::notes_on_success(&plan, &built));
        }
        Ok(outcome)
    }

    /// The parser only says that a text is wrong; rustc says it better.
    fn explain_syntax_error(&mut self, error: SyntaxError) -> Result<Outcome, ExecuteError> {
        let toolchain = self.toolchain()?;
        let error = build::syntax_error(&toolchain, self.dir.path(), &self.interrupts, error);
        Err(error.unwrap_or_else(BuildError::from).into())
    }

    pub(crate) fn toolchain(&mut self) -> Result<Toolchain, ToolchainError> {
        if let Some(found) = &self.toolchain {
            return Ok(found.clone());
        }
        // After a failure it is looked for again: the user may have installed one since.
        let search = self.search.take().unwrap_or_else(|| search(&self.options));
        let found = match search.join() {
            Ok(found) => found?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok(self.toolchain.insert(found).clone())
    }

    pub(crate) fn start_host(&mut self) -> io::Result<()> {
        let host = HostProcess::start(HostOptions {
            executable: &self.host_path,
            working_dir: &self.options.working_dir,
            session_dir: self.dir.path(),
            events: self.events.clone(),
            loaded: self.loaded.clone(),
        })?;
        self.controls.attach(Some(&host));
        self.host = Some(host);
        Ok(())
    }

    /// Ends the process and tells how it ended.
    pub(crate) fn end_host(&mut self) -> io::Result<ExitStatus> {
        self.controls.attach(None);
        match self.host.take() {
            Some(mut host) => host.end(),
            None => Ok(ExitStatus::default()),
        }
    }

    /// Loads into a new process what all cells need.
    fn prepare_host(&mut self, cell: CellId, toolchain: &Toolchain) -> Result<(), ExecuteError> {
        for library in [&toolchain.std, &toolchain.runtime] {
            run::load(self, cell, library)?;
        }
        Ok(())
    }
}

fn search(options: &SessionOptions) -> JoinHandle<Result<Toolchain, ToolchainError>> {
    let (working_dir, cache_dir) = (options.working_dir.clone(), options.cache_dir.clone());
    thread::spawn(move || Toolchain::find(&working_dir, &cache_dir))
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nothing can be done about a process that cannot be ended.
        let _ = self.end_host();
    }
}
