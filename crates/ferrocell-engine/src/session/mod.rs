//! A session: one notebook's program, from cell to cell.

mod commands;
pub(crate) mod dir;
mod look;
mod recovery;
mod run;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::ahead::{Ahead, Basis, Place, Worker};
use crate::analyzer::Analyzer;
use crate::cell::{Cell, Item, SyntaxError, split_directives};
use crate::compiler::artifacts::Artifacts;
use crate::compiler::attempt::Environment;
use crate::compiler::build;
use crate::compiler::diagnostics;
use crate::compiler::error::BuildError;
use crate::compiler::explain;
use crate::compiler::pipeline::{self, Compilation, Uncompiled};
use crate::compiler::state::State;
use crate::deps::{DepsError, Spec};
use crate::directives::settings_of;
use crate::error::ExecuteError;
use crate::interrupts::Interrupts;
use crate::program::panics::LoadedCode;
use crate::program::{HostError, HostOptions, HostProcess, table};
use crate::session::dir::SessionDir;
use crate::settings::{DEFAULT_FORMAT, Settings};
use crate::toolchain::{Toolchain, ToolchainError};

use crate::{CellId, Controls, EventSink, Outcome, Queries, SessionOptions, host_path};

use commands::config;
use look::Look;
use recovery::SnapshotState;

/// Why a session cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The executable that runs cells is not known.
    #[error(
        "cannot tell the running program's own executable, which runs cells: {0}. `FERROCELL_HOST` names another"
    )]
    NoHost(io::Error),
    /// It does not start.
    #[error("cannot start {host}: {error}")]
    Host {
        /// The executable.
        host: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The system has no room for another thread.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
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
    options: SessionOptions,
    events: EventSink,
    interrupts: Interrupts,
    /// What is compiled before it is executed; ends before the folder goes.
    ahead: Ahead,
    _worker: Worker,
    analyzer: Analyzer,
    controls: Controls,
    queries: Queries,
    state: State,
    loaded: LoadedCode,
    host_path: PathBuf,
    host: Option<HostProcess>,
    /// What the session was when snapshots were taken.
    snapshot_states: Vec<SnapshotState>,
    /// The toolchain is looked for while the front end still starts.
    search: Option<JoinHandle<Result<Toolchain, ToolchainError>>>,
    toolchain: Option<Toolchain>,
    dir: SessionDir,
    artifacts: Artifacts,
    /// What the compiler said of the last cell, and the code of its first error.
    last_messages: String,
    last_error_code: String,
    /// Environment variables that the user has set, for processes to come.
    environment: Vec<(String, String)>,
    /// The most memory that the user's program may use, in bytes.
    memory_limit: Option<u64>,
    /// The number of cells that the session executed of its own accord.
    own_cells: u64,
    look: Look,
    /// When the last execution began, and how long it compiled.
    begun: Instant,
    compiled_in: Option<Duration>,
}

impl Session {
    /// Starts a session. The compiler is looked for in the background; if it is missing, the first cell says so.
    ///
    /// # Errors
    ///
    /// If the process for the user's code cannot be started.
    pub fn start(options: SessionOptions, events: EventSink) -> Result<Self, StartError> {
        let host_path = host_path::find(options.host.as_deref()).map_err(StartError::NoHost)?;
        let dir = SessionDir::create().map_err(StartError::TempDir)?;
        let interrupts = Interrupts::default();
        let artifacts = Artifacts::new(&options.cache_dir, options.cell_cache);
        let ahead = Ahead::new(Place {
            folder: options.working_dir.clone(),
            dir: dir.path().join("ahead"),
            artifacts: artifacts.clone(),
            beginning: beginning(&options),
        });
        let analyzer = Analyzer::new(dir.path().join("analyzer"), options.analyzer);
        let mut session = Self {
            controls: Controls::new(interrupts.clone()),
            search: Some(search(&options)),
            toolchain: None,
            artifacts,
            _worker: Worker::start(ahead.clone()).map_err(StartError::Thread)?,
            queries: Queries::new(ahead.clone(), analyzer.clone()),
            ahead,
            analyzer,
            options,
            events,
            interrupts,
            state: State::default(),
            loaded: LoadedCode::default(),
            host_path,
            host: None,
            snapshot_states: Vec::new(),
            dir,
            last_messages: String::new(),
            last_error_code: String::new(),
            environment: Vec::new(),
            memory_limit: None,
            own_cells: 0,
            look: Look::default(),
            begun: Instant::now(),
            compiled_in: None,
        };
        session.start_host().map_err(|error| match error {
            HostError::Start { host, error } => StartError::Host { host, error },
            HostError::Command(error) | HostError::Reader(error) | HostError::End(error) => {
                let host = session.host_path.clone();
                StartError::Host { host, error }
            }
        })?;
        Ok(session)
    }

    /// A handle for interrupting, answering questions and shutting down from other threads.
    pub fn controls(&self) -> Controls {
        self.controls.clone()
    }

    /// A handle for questions about code that is being written, for other threads.
    pub fn queries(&self) -> Queries {
        self.queries.clone()
    }

    /// Executes a cell and returns when it has ended and all its output was delivered.
    ///
    /// A cell that is asked to stop and does not within [`SessionOptions::patience`] is ended by force. After that, and
    /// after a crash, the program goes on with all variables and threads as they were before the cell; the outcome says so.
    pub fn execute(&mut self, cell: CellId, source: &str) -> Outcome {
        self.interrupts.execute(cell);
        (self.begun, self.compiled_in) = (Instant::now(), None);
        self.ahead.begin(source, &self.interrupts);
        let outcome = self.execute_first(cell, source);
        let state = Arc::new(self.state.clone());
        self.queries.publish(state.clone());
        let basis = self.basis(state);
        self.analyzer.know(basis.clone());
        self.ahead.end(basis, outcome.is_ok());
        outcome
    }

    /// How long the last execution took to compile the code, or to find it compiled; `None` if it has not come so far.
    pub fn compiled_in(&self) -> Option<Duration> {
        self.compiled_in
    }

    /// What texts can be compiled on in this state.
    fn basis(&self, state: Arc<State>) -> Option<Basis> {
        Some(Basis {
            state,
            toolchain: self.toolchain.clone()?,
        })
    }

    /// Executes a cell, after the user's own start if it is the first.
    fn execute_first(&mut self, cell: CellId, source: &str) -> Outcome {
        if let Err(error) = self.notice_end(cell) {
            return ExecuteError::from(error).into_outcome();
        }
        if self.own_cells == 0 {
            self.own_cells = 1;
            if let Err(error) = config::load(self, cell, "") {
                return error.into_outcome();
            }
        }
        self.execute_as(cell, source)
    }

    /// Executes a cell as part of another.
    pub(crate) fn execute_as(&mut self, cell: CellId, source: &str) -> Outcome {
        self.try_execute(cell, source)
            .unwrap_or_else(ExecuteError::into_outcome)
    }

    /// A name for a cell that the session executes of its own accord, far from those that the front end gives.
    pub(crate) fn own_cell(&mut self) -> CellId {
        self.own_cells += 1;
        CellId(u64::MAX - self.own_cells)
    }

    fn try_execute(&mut self, id: CellId, source: &str) -> Result<Outcome, ExecuteError> {
        let parsed = self.state.parse(id, source);
        let cell = parsed.map_err(|error| self.explain_syntax_error(error))?;
        let start = Instant::now();
        let decided = commands::execute(self, &cell)?;
        if !cell.has_code() {
            return Ok(Outcome::done());
        }
        // Once more if the program ended before the cell began, because the state is another one then.
        let edition = decided.settings.edition;
        let (compilation, compiled, begun, ended) = loop {
            let compilation = self.build(&cell, &decided.settings)?;
            let compiled = start.elapsed();
            self.compiled_in = Some(self.begun.elapsed());
            let toolchain = self.toolchain()?;
            self.prepare_host(id, &toolchain)?;
            if self.interrupts.is_requested() {
                return Err(BuildError::Interrupted.into());
            }
            let begun = compilation.begun(&self.state);
            if self.ahead.is_on() {
                let next = compilation.ended(begun.clone(), edition, true);
                let basis = self.basis(next.into());
                basis.into_iter().for_each(|basis| self.ahead.follow(basis));
            }
            if let Some(ended) = run::run(self, id, &compilation.built)? {
                break (compilation, compiled, begun, ended);
            }
        };
        if !ended.is_process_gone {
            self.state = compilation.ended(begun, edition, ended.outcome.is_ok());
            self.state.note_sizes(ended.sizes);
        }
        let Compilation { plan, built, .. } = compilation;
        let mut outcome = ended.outcome;
        if let Outcome::Ok { result, notes } = &mut outcome {
            if let Some(result) = result {
                run::write_type(&self.state, result);
                if decided.settings.format == DEFAULT_FORMAT {
                    table::add(result);
                }
            }
            notes.extend(built.warnings);
            notes.extend(explain::notes_on_success(&plan, &built.adjustments));
            notes.extend(self.analyzer.take_advice());
            if decided.settings.timing {
                let ran = start.elapsed() - compiled;
                notes.push(format!(
                    "{} in {compiled:.0?} ({} attempts), ran {ran:.1?}",
                    if built.is_new {
                        "compiled"
                    } else {
                        "found compiled"
                    },
                    built.attempts
                ));
            }
        }
        if ended.threads > 0 {
            // A thread may crash before the next cell: what this one has done, or has left, shall outlive that.
            run::take_snapshot(self, id)?;
        }
        Ok(outcome)
    }

    /// Compiles a cell; nothing of the session changes but what the compiler said last.
    fn build(&mut self, cell: &Cell, settings: &Settings) -> Result<Compilation, ExecuteError> {
        let toolchain = self.toolchain()?;
        self.provide_extern_crates(cell)?;
        self.provide_tokio(cell)?;
        self.provide_bundle(cell)?;
        let environment = Environment {
            toolchain: &toolchain,
            state: &self.state,
            settings,
            dir: self.dir.path(),
            artifacts: &self.artifacts,
            interrupts: &self.interrupts,
        };
        match pipeline::compile(&environment, &self.options.working_dir, cell) {
            Ok(compilation) => Ok(compilation),
            Err(Uncompiled::Syntax(error)) => Err(self.explain_syntax_error(error)),
            Err(Uncompiled::Build(failed)) => {
                if failed.may_be_the_toolchain() {
                    toolchain.check()?;
                }
                (self.last_messages, self.last_error_code) = (failed.messages, failed.code);
                Err(failed.error.into())
            }
        }
    }

    /// The type of an expression, which is compiled but not computed.
    pub(crate) fn type_of(
        &mut self,
        cell: CellId,
        expression: &str,
    ) -> Result<String, ExecuteError> {
        const NAME: &str = "ferrocell_type";
        let source = format!("let {NAME} = {expression};");
        let parsed = self.state.parse(cell, &source).ok();
        let parsed = parsed.filter(|cell| cell.statements.len() == 1 && cell.tail.is_none());
        let Some(parsed) = parsed else {
            return Err(ExecuteError::Directive(format!(
                "`:type {expression}`: a variable or an expression is expected"
            )));
        };
        let settings = self.state.settings.clone();
        let built = self.build(&parsed, &settings)?.built;
        match built.types.get(NAME) {
            Some(ty) => Ok(ty.clone()),
            None => Err(ExecuteError::Directive(format!(
                "`:type {expression}`: {}",
                built
                    .adjustments
                    .gone
                    .get(NAME)
                    .map_or("it has no value", String::as_str)
            ))),
        }
    }

    /// The parser only says that a text is wrong; rustc says it better.
    fn explain_syntax_error(&mut self, error: SyntaxError) -> ExecuteError {
        self.try_to_explain(error)
            .unwrap_or_else(std::convert::identity)
    }

    fn try_to_explain(&mut self, error: SyntaxError) -> Result<ExecuteError, ExecuteError> {
        if error.is_final {
            let rendered = vec![diagnostics::render_plain(
                &error.source,
                error.range,
                &error.message,
            )];
            let value = error.message;
            return Ok(BuildError::Wrong { value, rendered }.into());
        }
        let toolchain = self.toolchain()?;
        let (of_cell, _) = split_directives(&error.source.text);
        let settings =
            settings_of(&self.state.settings, &of_cell).map_err(ExecuteError::Directive)?;
        let error = build::syntax_error(
            &toolchain,
            self.dir.path(),
            settings.edition,
            &self.interrupts,
            error,
        );
        Ok(error.unwrap_or_else(BuildError::from).into())
    }

    pub(crate) fn toolchain(&mut self) -> Result<Toolchain, ToolchainError> {
        if let Some(found) = &self.toolchain {
            if found.runtime.is_file() {
                return Ok(found.clone());
            }
            // Somebody has emptied the cache. What is loaded needs the same compiler.
            found.check()?;
        }
        // After a failure it is looked for again: the user may have installed one since.
        let search = self.search.take().unwrap_or_else(|| search(&self.options));
        let found = match search.join() {
            Ok(found) => found?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok(self.toolchain.insert(found).clone())
    }

    /// Compiles cells with the toolchain of this name from now on. Whether it is another one than before, so that the
    /// program had to be started again.
    pub(crate) fn use_toolchain(&mut self, name: &str) -> Result<bool, ExecuteError> {
        let before = self.toolchain().ok();
        let options = &self.options;
        let found = Toolchain::find(Some(name), &options.working_dir, &options.cache_dir)?;
        self.options.toolchain = Some(name.to_owned());
        let is_another = before.is_none_or(|before| before.version != found.version);
        self.toolchain = Some(found);
        if is_another {
            self.restart_host()?;
            self.state
                .lose_process(&format!("its process was replaced for `:toolchain {name}`"));
        }
        Ok(is_another)
    }

    pub(crate) fn start_host(&mut self) -> Result<(), HostError> {
        let host = HostProcess::start(HostOptions {
            executable: &self.host_path,
            working_dir: &self.options.working_dir,
            session_dir: self.dir.path(),
            events: self.events.clone(),
            loaded: self.loaded.clone(),
            environment: &self.environment,
            memory_limit: self.memory_limit,
        })?;
        self.controls.attach(Some(&host));
        self.host = Some(host);
        Ok(())
    }

    /// Ends the process.
    pub(crate) fn end_host(&mut self) -> Result<(), HostError> {
        self.controls.attach(None);
        match self.host.take() {
            Some(mut host) => host.end(),
            None => Ok(()),
        }
    }

    /// Replaces the process.
    pub(crate) fn restart_host(&mut self) -> Result<(), HostError> {
        self.end_host()?;
        self.start_host()
    }

    /// Forgets everything that cells have defined.
    pub(crate) fn clear(&mut self) -> Result<(), HostError> {
        self.state = State {
            settings: self.state.settings.clone(),
            ..State::default()
        };
        self.restart_host()
    }

    /// Sets an environment variable of the user's program, also of processes to come.
    pub(crate) fn set_environment(
        &mut self,
        cell: CellId,
        name: &str,
        value: &str,
    ) -> Result<(), ExecuteError> {
        self.environment.push((name.to_owned(), value.to_owned()));
        run::set_environment(self, cell, name, value)
    }

    /// Top-level `.await` needs a runtime, and brings it if the notebook has none.
    fn provide_tokio(&mut self, cell: &Cell) -> Result<(), ExecuteError> {
        if self.state.has_tokio() || !cell.body().any(|statement| statement.awaits) {
            return Ok(());
        }
        let spec = Spec::parse(
            "tokio = { version = \"1\", features = [\"full\"] }",
            &self.options.working_dir,
        );
        let mut specs = self.state.deps.clone();
        specs.insert("tokio".to_owned(), spec.map_err(DepsError::from)?);
        commands::use_deps(self, cell.source.cell, specs)
    }

    /// `extern crate` brings a crate that the notebook has not asked for yet.
    fn provide_extern_crates(&mut self, cell: &Cell) -> Result<(), ExecuteError> {
        let state = &self.state;
        let mut specs = state.deps.clone();
        for name in cell.items.iter().filter_map(Item::extern_crate) {
            if !state.has_crate(&name) {
                specs.insert(name.clone(), Spec::newest(&name));
            }
        }
        if specs == state.deps {
            return Ok(());
        }
        commands::use_deps(self, cell.source.cell, specs)
    }

    /// Builds the dependencies again if somebody has emptied the cache.
    fn provide_bundle(&mut self, cell: &Cell) -> Result<(), ExecuteError> {
        match &self.state.bundle {
            Some(bundle) if !bundle.library_path().is_file() => {
                commands::use_deps(self, cell.source.cell, self.state.deps.clone())
            }
            _ => Ok(()),
        }
    }

    /// Loads into a new process what all cells need.
    fn prepare_host(&mut self, cell: CellId, toolchain: &Toolchain) -> Result<(), ExecuteError> {
        let bundle = self
            .state
            .bundle
            .as_ref()
            .map(|bundle| bundle.library_path());
        for library in [&toolchain.std, &toolchain.runtime]
            .into_iter()
            .chain(&bundle)
        {
            run::load(self, cell, library)?;
        }
        Ok(())
    }
}

fn search(options: &SessionOptions) -> JoinHandle<Result<Toolchain, ToolchainError>> {
    let SessionOptions {
        toolchain,
        working_dir,
        cache_dir,
        ..
    } = options.clone();
    thread::spawn(move || Toolchain::find(toolchain.as_deref(), &working_dir, &cache_dir))
}

/// What the first cell is compiled on, if nothing of the user's comes before it.
fn beginning(options: &SessionOptions) -> Option<Box<dyn Fn() -> Option<Basis> + Send + Sync>> {
    let options = options.clone();
    let basis = move || {
        // If there is none, the first cell says so.
        let toolchain = search(&options).join().ok()?.ok()?;
        Some(Basis {
            state: Arc::default(),
            toolchain,
        })
    };
    (!config::is_there()).then(|| Box::new(basis) as _)
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nothing can be done about a process that cannot be ended.
        let _ = self.end_host();
        // Others may still hold handles for questions, and its folder goes now.
        self.analyzer.switch(false);
    }
}
