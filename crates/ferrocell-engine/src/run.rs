//! Lets the host process run a cell, and finds out how it ended.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use ferrocell_wire::Status;

use crate::build::Built;
use crate::error::{ExecuteError, interrupted, simple};
use crate::process::{HostProcess, Lost, PanicReport, Report};
use crate::session::Session;
use crate::{CellId, Event, MimeBundle, Outcome};

/// How often to look whether it was asked to.
const TICK: Duration = Duration::from_millis(50);

/// How a cell ended.
pub(crate) struct Ended {
    /// What the front end is told.
    pub(crate) outcome: Outcome,
    /// What became of the process.
    pub(crate) fate: Fate,
}

/// What became of the process that ran a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes on.
    Alive,
    /// A copy goes on, in which the cell has never run.
    Restored,
    /// A new one was started, in which no cell has ever run.
    Replaced,
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
    /// The process has ended with it.
    Died(Death),
}

/// How a process ended.
struct Death {
    status: Option<ExitStatus>,
    by_force: bool,
    /// What is gone nevertheless, if a copy goes on.
    restored: Option<Lost>,
}

impl Death {
    fn fate(&self) -> Fate {
        if self.restored.is_some() {
            Fate::Restored
        } else {
            Fate::Replaced
        }
    }

    /// What is lost and what is not.
    fn loss(&self) -> String {
        let Some(lost) = self.restored else {
            return "Variables, threads and the values of statics are lost; functions, types and imports are still there"
                .to_owned();
        };
        let count = |number: u32, one: &str| match number {
            0 => None,
            1 => Some(format!("1 {one} is gone")),
            more => Some(format!("{more} {one}s are gone")),
        };
        let mut parts = vec!["Variables and statics are as they were before the cell".to_owned()];
        parts.extend(
            count(lost.threads, "thread")
                .map(|gone| gone + ", and what was locked then stays locked"),
        );
        parts.extend(count(lost.connections, "connection"));
        parts.join("; ")
    }
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
    match wait(session, cell, &mut told)? {
        End::Done(status, message) => Ok(Ended {
            outcome: outcome(session, cell, status, message, told),
            fate: Fate::Alive,
        }),
        End::Died(death) => Ok(Ended {
            outcome: crash(&death, session.interrupts.is_requested()),
            fate: death.fate(),
        }),
    }
}

/// Notices what happened to the process between cells. Returns what became of it, and what to tell.
pub(crate) fn settle(session: &mut Session) -> Result<Option<(Fate, String)>, ExecuteError> {
    let mut death = None;
    while let Some(report) = host(session)?.report(Duration::ZERO) {
        if let Some(found) = death_in(session, &report, false)? {
            death = Some(found);
        }
    }
    Ok(death.map(|death| {
        let what = describe(death.status.as_ref());
        (
            death.fate(),
            format!(
                "between cells, a thread has ended the program: {what}. {}\n",
                death.loss()
            ),
        )
    }))
}

/// The death that a report tells of, with the process replaced by its copy or a new one.
fn death_in(
    session: &mut Session,
    report: &Report,
    by_force: bool,
) -> Result<Option<Death>, ExecuteError> {
    Ok(match *report {
        Report::Succeeded { process, lost } => {
            let host = host(session)?;
            let status = host.succeed(process)?;
            session.controls.attach(session.host.as_ref());
            Some(Death {
                status,
                by_force,
                restored: Some(lost),
            })
        }
        Report::Closed => {
            let status = session.end_host()?;
            session.start_host()?;
            Some(Death {
                status,
                by_force,
                restored: None,
            })
        }
        _ => None,
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
        End::Died(death) => Err(ExecuteError::Host(format!(
            "the process ended while it loaded {}: {}",
            library.display(),
            describe(death.status.as_ref())
        ))),
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

fn wait(session: &mut Session, cell: CellId, told: &mut Told) -> Result<End, ExecuteError> {
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
            None => {}
            Some(Report::Result { mime, content }) => told.result.insert(&mime, content),
            Some(Report::Failure(message)) => told.failure = message,
            Some(Report::Panic(panic)) => {
                if let Some(caught) = told.panic.replace(panic) {
                    print_caught(session, cell, &caught);
                }
            }
            Some(Report::Done { status, message }) => return Ok(End::Done(status, message)),
            Some(report @ (Report::Succeeded { .. } | Report::Closed)) => {
                if let Some(death) = death_in(session, &report, by_force)? {
                    return Ok(End::Died(death));
                }
            }
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
fn crash(death: &Death, was_interrupted: bool) -> Outcome {
    let loss = death.loss();
    if death.by_force {
        return interrupted(&format!(
            "the cell did not stop in time and was ended by force. {loss}"
        ));
    }
    let what = if was_interrupted {
        "the program was ended".to_owned()
    } else {
        describe(death.status.as_ref())
    };
    simple("Crash", format!("{what}. {loss}"))
}

/// How a program ended, in words.
fn describe(status: Option<&ExitStatus>) -> String {
    let Some(status) = status else {
        return "the program has ended".to_owned();
    };
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the program ended itself with exit code {code}"),
        (_, Some(libc::SIGSEGV)) => "invalid memory access or stack overflow (SIGSEGV)".to_owned(),
        (_, Some(libc::SIGABRT)) => "the program aborted itself (SIGABRT)".to_owned(),
        (_, Some(libc::SIGKILL)) => {
            "the program was killed, perhaps because memory ran out (SIGKILL)".to_owned()
        }
        _ => format!("the program ended: {status}"),
    }
}
