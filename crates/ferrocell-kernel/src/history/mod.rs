//! Inputs that were run, kept across sessions.
//!
//! They stand in a file of JSON lines that every kernel of the user appends to; a database would cost a second of
//! compile time for every user and megabytes in every kernel. The file is read from its end, no further than a request
//! needs, and never held in memory; when it has grown too large, the older half goes.

mod entry;
mod file;
mod pattern;
mod place;

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use jupyter_protocol::HistoryEntry;

use crate::wire::HistoryRequest;
use entry::Entry;
use file::Backwards;
use pattern::matches;
pub use place::history_file;

/// The inputs of this session and of all earlier ones.
pub struct History {
    path: Option<PathBuf>,
    /// The number of this session: one more than the largest that was in the file at its first input.
    session: OnceLock<usize>,
}

impl History {
    /// The history in the file at `path`, which need not exist yet; without a path nothing is kept.
    pub fn new(path: Option<PathBuf>) -> History {
        History {
            path,
            session: OnceLock::new(),
        }
    }

    /// Adds an input and what came of it. A failure is logged: it must not spoil the cell.
    pub fn append(&self, line: usize, input: String, output: Option<String>) {
        if let Err(error) = self.write(line, input, output) {
            log::warn!("the history file {:?} was not written: {error}", self.path);
        }
    }

    /// The latest `n` inputs of all sessions, oldest first.
    ///
    /// # Errors
    ///
    /// If the file is there and cannot be read.
    pub fn inputs(&self, n: usize) -> io::Result<Vec<String>> {
        let entries = self.latest(n, |_| true)?.into_iter().rev();
        Ok(entries.map(|entry| entry.input).collect())
    }

    /// What a request asks for, oldest first.
    pub(crate) fn recall(&self, request: &HistoryRequest) -> io::Result<Vec<HistoryEntry>> {
        let (output, mut entries) = match request {
            HistoryRequest::Range {
                output,
                session,
                start,
                stop,
            } => (
                output,
                self.range(
                    session.unwrap_or(0),
                    start.unwrap_or(0),
                    stop.unwrap_or(usize::MAX),
                )?,
            ),
            HistoryRequest::Tail { output, n } => (output, self.latest(*n, |_| true)?),
            HistoryRequest::Search {
                output,
                n,
                pattern,
                unique,
            } => {
                let mut inputs = HashSet::new();
                let wanted = |entry: &Entry| {
                    matches(pattern, &entry.input)
                        && (!unique || inputs.insert(entry.input.clone()))
                };
                (output, self.latest(n.unwrap_or(usize::MAX), wanted)?)
            }
        };
        entries.reverse();
        Ok(entries
            .into_iter()
            .map(|entry| entry.into_protocol(*output))
            .collect())
    }

    fn write(&self, line: usize, input: String, output: Option<String>) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = file::open(path)?;
        let session = match self.session.get() {
            Some(session) => *session,
            // No other kernel can take the same number meanwhile.
            None => {
                let next = next_session(file.try_clone()?)?;
                *self.session.get_or_init(|| next)
            }
        };
        let entry = Entry::new(session, line, input, output);
        file::add(file, path, &serde_json::to_vec(&entry)?)
    }

    /// Lines `start` to before `stop` of a session, latest first: session 0 and below count back from this one.
    fn range(&self, session: i64, start: usize, stop: usize) -> io::Result<Vec<Entry>> {
        let number = match usize::try_from(session) {
            Ok(number) if number > 0 => number,
            _ => {
                let back = usize::try_from(session.unsigned_abs()).unwrap_or(usize::MAX);
                match self.current()?.checked_sub(back) {
                    Some(number) => number,
                    None => return Ok(Vec::new()),
                }
            }
        };
        let mut found = Vec::new();
        for entry in self.entries()? {
            let entry = entry?;
            if entry.session != number {
                continue;
            }
            let is_first = entry.line <= start.max(1);
            if (start..stop).contains(&entry.line) {
                found.push(entry);
            }
            if is_first {
                break;
            }
        }
        Ok(found)
    }

    /// The latest `n` entries that are wanted, latest first.
    fn latest(&self, n: usize, mut wanted: impl FnMut(&Entry) -> bool) -> io::Result<Vec<Entry>> {
        let is_wanted = |entry: &io::Result<Entry>| entry.as_ref().map_or(true, &mut wanted);
        self.entries()?.filter(is_wanted).take(n).collect()
    }

    /// The number of this session, also before its first input.
    fn current(&self) -> io::Result<usize> {
        match (self.session.get(), self.open()?) {
            (Some(session), _) => Ok(*session),
            (None, Some(file)) => next_session(file),
            (None, None) => Ok(1),
        }
    }

    /// All entries, latest first.
    fn entries(&self) -> io::Result<impl Iterator<Item = io::Result<Entry>> + use<>> {
        let entries = self.open()?.map(entries_of).transpose()?;
        Ok(entries.into_iter().flatten())
    }

    fn open(&self) -> io::Result<Option<File>> {
        match self.path.as_ref().map(File::open).transpose() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened,
        }
    }
}

/// The entries in a file, latest first. A line that is no entry, such as one that a full disk cut short, is passed over.
fn entries_of(file: File) -> io::Result<impl Iterator<Item = io::Result<Entry>>> {
    Ok(Backwards::new(file)?.filter_map(|line| match line {
        Ok(line) => serde_json::from_slice(&line).ok().map(Ok),
        Err(error) => Some(Err(error)),
    }))
}

/// The number of a session that is to have no entry in a file yet. Sessions run side by side, so the last entry need not
/// have the largest number.
fn next_session(file: File) -> io::Result<usize> {
    let mut largest = 0;
    for entry in entries_of(file)? {
        largest = largest.max(entry?.session);
    }
    Ok(largest + 1)
}
