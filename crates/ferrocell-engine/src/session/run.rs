//! Lets the host process run a cell, and finds out how it ended.

use std::path::Path;
use std::time::{Duration, Instant};

use ferrocell_wire::{Ended as ProcessEnded, Status, split_fields};

use crate::compiler::build::Built;
use crate::compiler::paths::{self, ENTRY_SYMBOL};
use crate::compiler::size::Size;
use crate::compiler::state::State;
use crate::compiler::type_names;
use crate::error::{ExecuteError, interrupted, simple};
use crate::program::{HostProcess, PanicReport, Report};
use crate::session::Session;
use crate::session::recovery::{self, EndedBy, Recovery};
use crate::{CellId, Event, MimeBundle, Outcome};

/// How often to look whether it was asked to.
const TICK: Duration = Duration::from_millis(50);

/// How a cell ended.
pub(crate) struct Ended {
    /// What the front end is told.
    pub(crate) outcome: Outcome,
    /// The threads that user code has running after it.
    pub(crate) threads: u64,
    /// The sizes of variables that it has shared for good.
    pub(crate) sizes: Vec<(String, Size)>,
    /// Whether the process ended with it; the session's state is that of the one that goes on then.
    pub(crate) is_process_gone: bool,
}

/// What was reported about a cell.
#[derive(Default)]
struct Reports {
    result: MimeBundle,
    panic: Option<PanicReport>,
    failure: String,
    sizes: Vec<(String, Size)>,
}

/// How a command ended.
enum CommandEnd {
    Done {
        status: Status,
        message: String,
        threads: u64,
    },
    Ended(ProcessEnded, EndedBy),
}

/// Runs a cell; `None` if the process has ended before it could begin, so that the session's state is another one.
pub(crate) fn run(
    session: &mut Session,
    cell: CellId,
    built: &Built,
) -> Result<Option<Ended>, ExecuteError> {
    session.loaded.add(built.generated.clone());
    let mark = session.mark(format!("before cell [{}]", cell.0));
    host(session)?.run(cell, &built.object, ENTRY_SYMBOL, mark)?;
    let mut reports = Reports::default();
    let end = wait(session, cell, &mut reports)?;
    match end {
        CommandEnd::Done {
            status,
            message,
            threads,
        } => Ok(Some(Ended {
            sizes: std::mem::take(&mut reports.sizes),
            outcome: outcome(session, cell, status, message, reports),
            threads,
            is_process_gone: false,
        })),
        CommandEnd::Ended(ended, EndedBy::Program) if ended.is_between_cells => {
            session.recover_between_cells(&ended, cell)?;
            Ok(None)
        }
        CommandEnd::Ended(ended, by) => {
            let Recovery { since, threads } = session.recover(cell)?;
            // A panic that could not unwind, perhaps.
            let panic = reports.panic.map(|panic| session.loaded.traceback(&panic));
            let mut lines = panic.unwrap_or_default();
            lines.extend(session.stack(&ended));
            Ok(Some(Ended {
                sizes: Vec::new(),
                outcome: recovery::outcome(&ended, by, &since, lines),
                threads,
                is_process_gone: true,
            }))
        }
    }
}

/// Runs what looks at the program; `None` if there is nothing to see.
pub(crate) fn look(
    session: &mut Session,
    cell: CellId,
    built: &Built,
) -> Result<Option<MimeBundle>, ExecuteError> {
    session.loaded.add(built.generated.clone());
    host(session)?.look(cell, &built.object, ENTRY_SYMBOL)?;
    let mut reports = Reports::default();
    match wait(session, cell, &mut reports)? {
        CommandEnd::Done {
            status: Status::Ok, ..
        } => Ok(Some(reports.result)),
        CommandEnd::Done { .. } => Ok(None),
        CommandEnd::Ended(ended, _) => {
            session.recover_between_cells(&ended, cell)?;
            Ok(None)
        }
    }
}

/// Loads a library, once per process.
pub(crate) fn load(
    session: &mut Session,
    cell: CellId,
    library: &Path,
) -> Result<(), ExecuteError> {
    if host(session)?.has_loaded(library) {
        return Ok(());
    }
    host(session)?.load(cell, library)?;
    match wait(session, cell, &mut Reports::default())? {
        CommandEnd::Done {
            status: Status::Ok, ..
        } => Ok(()),
        CommandEnd::Done { message, .. } => Err(ExecuteError::Host(format!(
            "cannot load {}: {message}",
            library.display()
        ))),
        CommandEnd::Ended(ended, _) => {
            let Recovery { since, .. } = session.recover(cell)?;
            Err(ExecuteError::Host(format!(
                "the process ended while it loaded {}: {}{since}",
                library.display(),
                recovery::cause(&ended)
            )))
        }
    }
}

/// Sets an environment variable of the process.
pub(crate) fn set_environment(
    session: &mut Session,
    cell: CellId,
    name: &str,
    value: &str,
) -> Result<(), ExecuteError> {
    host(session)?.set_environment(cell, name, value)?;
    wait(session, cell, &mut Reports::default())?;
    Ok(())
}

/// Takes a snapshot between two cells.
pub(crate) fn take_snapshot(session: &mut Session, cell: CellId) -> Result<(), ExecuteError> {
    let Some(mark) = session.mark(format!("after cell [{}]", cell.0)) else {
        return Ok(());
    };
    host(session)?.take_snapshot(cell, mark)?;
    if let CommandEnd::Ended(ended, _) = wait(session, cell, &mut Reports::default())? {
        session.recover_between_cells(&ended, cell)?;
    }
    Ok(())
}

/// Sets the most memory that the process may use.
pub(crate) fn limit_memory(
    session: &mut Session,
    cell: CellId,
    limit: Option<u64>,
) -> Result<(), ExecuteError> {
    host(session)?.limit_memory(cell, limit)?;
    wait(session, cell, &mut Reports::default())?;
    Ok(())
}

fn host(session: &mut Session) -> Result<&mut HostProcess, ExecuteError> {
    if session.host.is_none() {
        session.start_host()?;
    }
    session
        .host
        .as_mut()
        .ok_or_else(|| ExecuteError::Host("there is no process for the user's code".to_owned()))
}

/// The supervisor is gone, and with it every process of the session.
fn lost(session: &mut Session) -> ExecuteError {
    let restarted = session.restart_host();
    session
        .state
        .lose_process("its process ended together with its supervisor");
    match restarted {
        Ok(()) => ExecuteError::Host(
            "the processes that run cells were ended from outside and started again: variables, threads and the values \
             of statics are lost; functions, types and imports are still there"
                .to_owned(),
        ),
        Err(error) => error.into(),
    }
}

/// Waits until the program has done what it was told to do for a cell.
fn wait(
    session: &mut Session,
    cell: CellId,
    reports: &mut Reports,
) -> Result<CommandEnd, ExecuteError> {
    session.interrupts.begin(cell);
    let end = wait_for_end(session, cell, reports);
    session.interrupts.end();
    end
}

fn wait_for_end(
    session: &mut Session,
    cell: CellId,
    reports: &mut Reports,
) -> Result<CommandEnd, ExecuteError> {
    let mut asked: Option<Instant> = None;
    let mut by_force = false;
    loop {
        if session.interrupts.is_requested() && !by_force {
            let since = *asked.get_or_insert_with(Instant::now);
            if since.elapsed() >= session.options.patience {
                by_force = true;
                session.controls.shutdown();
            }
        }
        match host(session)?.report(TICK) {
            // Again, because the first time the cell may not have begun, and because its threads are asked later.
            None if asked.is_some() => session.controls.ask_to_stop(cell),
            None => {}
            Some(Report::Result(result)) => reports.result = result,
            Some(Report::Failure(message)) => reports.failure = message,
            Some(Report::Shared { name, size }) => reports.sizes.push((name, size)),
            Some(Report::Panic(panic)) => {
                if let Some(caught) = reports.panic.replace(panic) {
                    print_caught(session, cell, &caught);
                }
            }
            Some(Report::Done {
                status,
                message,
                threads,
            }) => {
                host(session)?.keep_latest_snapshot();
                return Ok(CommandEnd::Done {
                    status,
                    message,
                    threads,
                });
            }
            Some(Report::Ended(ended)) => {
                let by = if by_force {
                    EndedBy::Force
                } else {
                    EndedBy::Program
                };
                return Ok(CommandEnd::Ended(ended, by));
            }
            Some(Report::Closed) => return Err(lost(session)),
        }
    }
}

/// A panic that the user's own code caught is printed, as it would be in a program.
fn print_caught(session: &Session, cell: CellId, panic: &PanicReport) {
    (session.events)(Event::Stderr {
        cell,
        text: session.loaded.message(panic),
    });
}

fn outcome(
    session: &Session,
    cell: CellId,
    status: Status,
    message: String,
    reports: Reports,
) -> Outcome {
    if let (Some(panic), true) = (&reports.panic, status != Status::Panicked) {
        print_caught(session, cell, panic);
    }
    match status {
        Status::Ok => {
            let result = (!reports.result.0.is_empty()).then_some(reports.result);
            Outcome::Ok {
                result,
                notes: Vec::new(),
            }
        }
        // A call that gives up because of the interrupt says so in its own way.
        Status::Failed | Status::Panicked if session.interrupts.is_requested() => {
            outcome_of_interrupt(&message)
        }
        Status::Failed => simple("Error", reports.failure),
        Status::Interrupted => outcome_of_interrupt(&message),
        Status::NotLoaded => simple(
            "LoadError",
            format!("the compiled cell cannot be loaded: {message}"),
        ),
        Status::Panicked => {
            let traceback = match &reports.panic {
                Some(panic) => session.loaded.traceback(panic),
                None => reports.failure.lines().map(str::to_owned).collect(),
            };
            Outcome::Error {
                name: "Panic".to_owned(),
                value: reports.failure,
                traceback,
            }
        }
    }
}

/// Writes the type that the process has reported of a value, alone or with the value's text.
pub(crate) fn write_type(state: &State, result: &mut MimeBundle) {
    let mut take = |mime| match result.0.remove(mime) {
        Some(serde_json::Value::String(content)) => Some(content),
        _ => None,
    };
    let written = |name: &str| type_names::written(&paths::of_type_name(name), state);
    let text = match (take("ferrocell/type"), take("ferrocell/typed")) {
        (Some(ty), _) => format!("<{}>", written(&ty)),
        (None, Some(typed)) => {
            let [ty, text] = split_fields(&typed);
            format!("{text}: {}", written(ty))
        }
        (None, None) => return,
    };
    // A value that has shown itself may have said it better.
    if result.text().is_none() {
        result.insert("text/plain", text);
    }
}

fn outcome_of_interrupt(note: &str) -> Outcome {
    interrupted(&format!(
        "the cell was interrupted; variables and threads are still there{note}"
    ))
}
