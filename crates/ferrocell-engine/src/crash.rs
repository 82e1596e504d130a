//! What becomes of a session whose process has ended.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use ferrocell_wire::{Cause, Ended};

use crate::Outcome;
use crate::error::{interrupted, simple};
use crate::process::Report;
use crate::run::Means;
use crate::session::Session;

/// What there is instead of a process that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// The snapshot that was taken before the latest cell.
    Promoted,
    /// A new process that knows nothing.
    Fresh,
}

impl Session {
    /// Goes on with the snapshot, or with a new process if there is none.
    pub(crate) fn recover(&mut self) -> io::Result<Recovery> {
        let is_promoted = match &mut self.host {
            Some(host) => host.promote()?,
            None => false,
        };
        if is_promoted {
            return Ok(Recovery::Promoted);
        }
        self.restart_host()?;
        Ok(Recovery::Fresh)
    }

    /// Makes the session's state that of the process after a crash between two cells; says what that means.
    pub(crate) fn go_back(&mut self, recovery: Recovery) -> String {
        match (recovery, self.at_snapshot.clone()) {
            (Recovery::Promoted, Some((moment, then))) => {
                let names = names(&then.variables);
                self.state.items = then.items;
                self.state.variables = then.variables;
                self.state.gone = then.gone;
                format!("everything is as it was {moment} ({names})")
            }
            _ => {
                self.state
                    .lose_process("its process ended between two cells");
                LOST.to_owned()
            }
        }
    }

    /// Notices that the process has ended since the last cell, and goes on; says so.
    pub(crate) fn notice_end(&mut self) -> io::Result<Option<String>> {
        let Some(Report::Ended(ended)) = self.host.as_ref().and_then(|host| host.late_report())
        else {
            return Ok(None);
        };
        let recovery = self.recover()?;
        let since = self.go_back(recovery);
        Ok(Some(format!(
            "the program ended after the last cell: {}{}; {since}\n",
            cause(&ended),
            threads(&ended)
        )))
    }
}

/// The outcome of a cell that took its process with it.
pub(crate) fn outcome(
    session: &Session,
    ended: &Ended,
    means: Means,
    recovery: Recovery,
) -> Outcome {
    let what = match recovery {
        Recovery::Promoted => format!(
            "everything is as it was before this cell ({})",
            names(&session.state.variables)
        ),
        Recovery::Fresh => LOST.to_owned(),
    };
    let threads = threads(ended);
    match means {
        Means::Force => interrupted(&format!(
            "the cell did not stop within a second and was ended by force{threads}; {what}"
        )),
        Means::Its => simple("Crash", format!("{}{threads}; {what}", cause(ended))),
    }
}

const LOST: &str = "variables, threads and the values of statics are lost; functions, types and imports of earlier cells \
                    are still there";

fn names<V>(variables: &std::collections::BTreeMap<String, V>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<&str> = variables.keys().take(SHOWN).map(String::as_str).collect();
    match variables.len() {
        0 => "there were no variables".to_owned(),
        1 => format!("variable {}", names[0]),
        count if count > SHOWN => {
            format!("variables {} and {} more", names.join(", "), count - SHOWN)
        }
        _ => format!("variables {}", names.join(", ")),
    }
}

fn threads(ended: &Ended) -> String {
    match ended.threads {
        0 => String::new(),
        1 => "; 1 thread is gone".to_owned(),
        count => format!("; {count} threads are gone"),
    }
}

/// What ended a process.
pub(crate) fn cause(ended: &Ended) -> String {
    let status = ExitStatus::from_raw(ended.status);
    let signal = status.signal().unwrap_or_default();
    match (ended.cause, status.code()) {
        (Cause::StackOverflow, None) => "stack overflow".to_owned(),
        (Cause::OutOfMemory, None) => "out of memory: an allocation failed".to_owned(),
        (_, Some(code)) => format!("the program exited with code {code}"),
        _ => match signal {
            libc::SIGSEGV => "segmentation fault: invalid memory access (SIGSEGV)".to_owned(),
            libc::SIGBUS => "bus error: invalid memory access (SIGBUS)".to_owned(),
            libc::SIGABRT => "the program aborted (SIGABRT)".to_owned(),
            libc::SIGKILL => "the program was killed (SIGKILL)".to_owned(),
            libc::SIGILL => "illegal instruction (SIGILL)".to_owned(),
            libc::SIGFPE => "arithmetic fault (SIGFPE)".to_owned(),
            libc::SIGTERM => "the program was terminated (SIGTERM)".to_owned(),
            _ => format!("the program ended: {status}"),
        },
    }
}
