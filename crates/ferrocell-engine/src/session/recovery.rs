//! What becomes of a session whose process has ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use ferrocell_wire::{Cause, Ended};

use crate::compiler::state::State;
use crate::error::{interrupted, simple};
use crate::program::symbols::Symbols;
use crate::program::{HostError, HostProcess, Mark, Promoted, Report};
use crate::session::Session;
use crate::{CellId, Event, Outcome};

/// What ended a process.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedBy {
    /// Something that it did itself, or somebody else.
    Program,
    /// The engine, because it did not stop when it was asked to.
    Force,
}

/// What the session was when a snapshot was taken.
#[derive(Debug)]
pub(crate) struct SnapshotState {
    mark: Mark,
    /// When that was, in words.
    when: String,
    state: State,
}

/// How a session goes on after the end of its process.
pub(crate) struct Recovery {
    /// What the user is told of it.
    pub(crate) since: String,
    /// The threads that user code has running in the process that goes on.
    pub(crate) threads: u64,
}

impl Session {
    /// Remembers the state for a snapshot that is about to be taken; `None` if the user wants none.
    pub(crate) fn mark(&mut self, when: String) -> Option<Mark> {
        if !self.state.settings.snapshots {
            return None;
        }
        let mark = Mark(
            self.snapshot_states
                .last()
                .map_or(0, |last| last.mark.0 + 1),
        );
        // An earlier snapshot is kept until it is known that the latest exists.
        let outdated = self.snapshot_states.len().saturating_sub(1);
        self.snapshot_states.drain(..outdated);
        self.snapshot_states.push(SnapshotState {
            mark,
            when,
            state: self.state.clone(),
        });
        Some(mark)
    }

    /// Goes on after the end of the process, with a snapshot or with a new process if there is none. The session's state
    /// is that of the process which goes on then; says what that means.
    pub(crate) fn recover(&mut self, cell: CellId) -> Result<Recovery, HostError> {
        let promoted = match &mut self.host {
            Some(host) => host.promote()?,
            None => None,
        };
        let promoted = promoted.and_then(|promoted| {
            let is_meant = |moment: &&SnapshotState| moment.mark == promoted.mark;
            Some((self.snapshot_states.iter().find(is_meant)?, promoted))
        });
        let Some((SnapshotState { when, state, .. }, promoted)) = promoted else {
            self.restart_host()?;
            self.state
                .lose_process(&format!("its process ended with cell [{}]", cell.0));
            return Ok(Recovery {
                since: format!("; {LOST}"),
                threads: 0,
            });
        };
        self.state.items.clone_from(&state.items);
        self.state.variables.clone_from(&state.variables);
        self.state.gone.clone_from(&state.gone);
        self.state.moved.clone_from(&state.moved);
        let names = names(&state.variables);
        // The name of its threads, of which the system keeps 15 bytes, depends on the version.
        let is_tokio = |name: &String| name.starts_with("tokio-r");
        let has_new_runtime = self.state.has_tokio() && promoted.culprit.iter().any(is_tokio);
        self.state.runtime += u32::from(has_new_runtime);
        let runtime = if has_new_runtime {
            "; later cells run in a new runtime of tokio, and some tasks of the last may be stuck"
        } else {
            ""
        };
        Ok(Recovery {
            since: format!(
                "; everything is as it was {when} ({names}){}{runtime}",
                threads_and_connections(&promoted)
            ),
            threads: promoted.threads,
        })
    }

    /// Goes on after an end that no cell can be blamed for, and says so under this one.
    pub(crate) fn recover_between_cells(
        &mut self,
        ended: &Ended,
        cell: CellId,
    ) -> Result<(), HostError> {
        let Recovery { since, .. } = self.recover(cell)?;
        let mut text = format!(
            "the program ended between two cells: {}{since}\n",
            cause(ended)
        );
        for line in self.stack(ended) {
            text += &line;
            text.push('\n');
        }
        (self.events)(Event::Stderr { cell, text });
        Ok(())
    }

    /// The user's own lines that were on the stack of the thread that crashed, under a headline; nothing if there were
    /// none.
    pub(crate) fn stack(&self, ended: &Ended) -> Vec<String> {
        let mut symbols = Symbols::new(self.dir.path());
        // Each line once, with whether the same call comes again in it.
        let mut frames: Vec<(String, bool)> = Vec::new();
        for (index, site) in ended.call_sites.iter().enumerate() {
            let is_again = ended.call_sites[..index].contains(site);
            for (file, line, column) in symbols.locations(*site) {
                let Some(frame) = self.loaded.frame(&file, line, column) else {
                    continue;
                };
                match frames.iter_mut().find(|(known, _)| *known == frame) {
                    Some((_, repeats)) => *repeats |= is_again,
                    None => frames.push((frame, false)),
                }
            }
        }
        if frames.is_empty() {
            return Vec::new();
        }
        let headline = "\x1b[1mwhere it was\x1b[0m, innermost first:".to_owned();
        let lines = frames.into_iter().map(|(frame, repeats)| match repeats {
            true => format!("{frame}  \x1b[1m… repeated\x1b[0m"),
            false => frame,
        });
        std::iter::once(headline).chain(lines).collect()
    }

    /// Notices that the process has ended since the last cell, and goes on.
    pub(crate) fn notice_end(&mut self, cell: CellId) -> Result<(), HostError> {
        if let Some(Report::Ended(ended)) = self.host.as_ref().and_then(HostProcess::late_report) {
            self.recover_between_cells(&ended, cell)?;
        }
        Ok(())
    }
}

/// The outcome of a cell that took its process with it; `since` is what [`Session::recover`] says, and `lines`
/// are what is known of the way there.
pub(crate) fn outcome(ended: &Ended, by: EndedBy, since: &str, lines: Vec<String>) -> Outcome {
    let mut outcome = match by {
        EndedBy::Force => interrupted(&format!(
            "the cell did not stop in time and was ended by force{since}"
        )),
        EndedBy::Program => simple("Crash", format!("{}{since}", cause(ended))),
    };
    if let Outcome::Error { traceback, .. } = &mut outcome {
        traceback.extend(lines);
    }
    outcome
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

/// The threads that go on in a snapshot, and what even it does not bring back.
fn threads_and_connections(promoted: &Promoted) -> String {
    let go_on = match promoted.threads {
        0 => String::new(),
        1 => ", and 1 thread goes on".to_owned(),
        threads => format!(", and {threads} threads go on"),
    };
    let names = promoted.lost_threads.join("`, `");
    let lost = match promoted.lost_threads.len() {
        0 => String::new(),
        1 => format!("; the thread `{names}` could not be stopped for a copy and is gone"),
        _ => format!("; the threads `{names}` could not be stopped for a copy and are gone"),
    };
    let culprit = promoted.culprit.as_ref().map_or(String::new(), |name| {
        format!("; the thread `{name}`, which ended the program, is gone")
    });
    go_on + &lost + &culprit + &gone(&promoted.lost_connections)
}

/// Which connections are gone. Equal ones are named once.
fn gone(connections: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for connection in connections {
        match counts.iter_mut().find(|(known, _)| known == connection) {
            Some((_, count)) => *count += 1,
            None => counts.push((connection, 1)),
        }
    }
    let mut names: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|(name, count)| match (count, name.split_once(' ')) {
            (1, _) => format!("the {name}"),
            // What it is comes first: the connection to an address, the pipe to a child process.
            (_, Some((what, rest))) => format!("{count} {what}s {rest}"),
            (_, None) => format!("{count} {name}s"),
        })
        .collect();
    let hidden: usize = counts.iter().skip(SHOWN).map(|(_, count)| count).sum();
    if hidden > 0 {
        names.push(format!("{hidden} more"));
    }
    let is = if connections.len() == 1 { "is" } else { "are" };
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; {only} {is} gone"),
        Some((last, others)) => format!("; {} and {last} are gone", others.join(", ")),
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

#[cfg(test)]
mod tests {
    use super::gone;

    #[test]
    fn what_is_gone_is_named() {
        let gone =
            |names: &[&str]| gone(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(gone(&[]), "");
        assert_eq!(
            gone(&["connection to 127.0.0.1:5432"]),
            "; the connection to 127.0.0.1:5432 is gone"
        );
        assert_eq!(
            gone(&["pipe to a child process", "pipe to a child process"]),
            "; 2 pipes to a child process are gone"
        );
        assert_eq!(
            gone(&["eventfd", "listener on [::1]:80", "eventfd"]),
            "; 2 eventfds and the listener on [::1]:80 are gone"
        );
        let many: Vec<String> = (0..9)
            .map(|n| format!("connection to 10.0.0.1:{n}"))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(gone(&many).ends_with(", the connection to 10.0.0.1:5 and 3 more are gone"));
    }
}
