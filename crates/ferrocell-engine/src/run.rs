//! Lets the host process run a cell, and finds out how it ended.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use ferrocell_wire::Status;

use crate::build::Built;
use crate::error::{ExecuteError, interrupted, simple};
use crate::process::{HostProcess, PanicReport, Report};
use crate::session::Session;
use crate::{CellId, Event, MimeBundle, Outcome};

/// How long a cell may take to stop when it is asked to.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often to look whether it was asked to.
const TICK: Duration = Duration::from_millis(50);

/// How a cell ended.
pub(crate) struct Ended {
    /// What the front end is told.
    pub(crate) outcome: Outcome,
    /// Whether the process ended with it, and all that lived there.
    pub(crate) is_process_gone: bool,
}

/// What was reported about a cell.
#[derive(Default)]
struct Told {
    result: MimeBundle,
    panic: Option<PanicReport>,
    failure: String,
}

/// How a command ended.
enum End {
    Done(Status, String),
    Closed { by_force: bool },
}

/// Runs a cell.
pub(crate) fn run(
    session: &mut Session,
    cell: CellId,
    built: &Built,
) -> Result<Ended, ExecuteError> {
    session.loaded.add(built.generated.clone());
    host(session)?.run(cell, &built.object, &built.entry)?;
    let mut told = Told::default();
    let end = wait(session, cell, &mut told)?;
    let outcome = match end {
        End::Done(status, message) => {
            return Ok(Ended {
                outcome: outcome(session, cell, status, message, told),
                is_process_gone: false,
            });
        }
        End::Closed { by_force: true } => {
            restart(session)?;
            interrupted(
                "the cell did not stop within a second and was ended by force: variables, threads and the values of \
                 statics are lost; functions, types and imports are still there",
            )
        }
        End::Closed { by_force: false } => {
            let status = restart(session)?;
            crash(&status, session.interrupts.is_requested())
        }
    };
    Ok(Ended {
        outcome,
        is_process_gone: true,
    })
}

/// Loads a library, once per process.
pub(crate) fn load(
    session: &mut Session,
    cell: CellId,
    library: &Path,
) -> Result<(), ExecuteError> {
    let host = host(session)?;
    if host.has_loaded(library) {
        return Ok(());
    }
    host.load(cell, library)?;
    match wait(session, cell, &mut Told::default())? {
        End::Done(Status::Ok, _) => Ok(()),
        End::Done(_, message) => Err(ExecuteError::Host(format!(
            "cannot load {}: {message}",
            library.display()
        ))),
        End::Closed { .. } => {
            let status = restart(session)?;
            Err(ExecuteError::Host(format!(
                "the process ended while it loaded {}: {status}",
                library.display()
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
    wait(session, cell, &mut Told::default())?;
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

fn restart(session: &mut Session) -> Result<ExitStatus, ExecuteError> {
    let status = session.end_host()?;
    session.start_host()?;
    Ok(status)
}

fn wait(session: &mut Session, cell: CellId, told: &mut Told) -> Result<End, ExecuteError> {
    let mut asked: Option<Instant> = None;
    let mut by_force = false;
    loop {
        if session.interrupts.is_requested() && !by_force {
            let since = *asked.get_or_insert_with(Instant::now);
            if since.elapsed() >= PATIENCE {
                by_force = true;
                session.controls.shutdown();
            }
        }
        match host(session)?.report(TICK) {
            None => {}
            Some(Report::Result { mime, content }) => told.result.insert(&mime, content),
            Some(Report::Failure(message)) => told.failure = message,
            Some(Report::Panic(panic)) => {
                if let Some(caught) = told.panic.replace(panic) {
                    print_caught(session, cell, &caught);
                }
            }
            Some(Report::Done { status, message }) => return Ok(End::Done(status, message)),
            Some(Report::Closed) => return Ok(End::Closed { by_force }),
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
    told: Told,
) -> Outcome {
    if let (Some(panic), true) = (&told.panic, status != Status::Panicked) {
        print_caught(session, cell, panic);
    }
    match status {
        Status::Ok => {
            let result = (!told.result.0.is_empty()).then_some(told.result);
            Outcome::Ok {
                result,
                notes: Vec::new(),
            }
        }
        // A call that gives up because of the interrupt says so in its own way.
        Status::Failed | Status::Panicked if session.interrupts.is_requested() => {
            outcome_of_interrupt()
        }
        Status::Failed => simple("Error", told.failure),
        Status::Interrupted => outcome_of_interrupt(),
        Status::NotLoaded => simple(
            "LoadError",
            format!("the compiled cell cannot be loaded: {message}"),
        ),
        Status::Panicked => {
            let traceback = match &told.panic {
                Some(panic) => session.loaded.traceback(panic),
                None => told.failure.lines().map(str::to_owned).collect(),
            };
            Outcome::Error {
                name: "Panic".to_owned(),
                value: told.failure,
                traceback,
            }
        }
    }
}

fn outcome_of_interrupt() -> Outcome {
    interrupted("the cell was interrupted; variables and threads are still there")
}

/// The outcome of a cell that took its process with it.
fn crash(status: &ExitStatus, was_shut_down: bool) -> Outcome {
    let what = match (status.code(), status.signal()) {
        _ if was_shut_down => "the program was ended".to_owned(),
        (Some(code), _) => format!("the cell ended the program with exit code {code}"),
        (_, Some(libc::SIGSEGV)) => {
            "the cell crashed: invalid memory access or stack overflow (SIGSEGV)".to_owned()
        }
        (_, Some(libc::SIGABRT)) => "the cell aborted the program (SIGABRT)".to_owned(),
        (_, Some(libc::SIGKILL)) => {
            "the program was killed, perhaps because memory ran out (SIGKILL)".to_owned()
        }
        _ => format!("the cell ended the program: {status}"),
    };
    simple(
        "Crash",
        format!(
            "{what}. Variables, threads and the values of statics are lost; functions, types and imports are still there"
        ),
    )
}
