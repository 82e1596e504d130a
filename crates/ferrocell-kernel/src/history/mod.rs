//! Inputs that were run, kept across sessions.
//!
//! They stand in a file of JSON lines that every kernel of the user appends to, one short write per line, so that two
//! kernels need no lock and nothing is to be compiled but what is here already; a database would cost a second of
//! compile time for every user and megabytes in every kernel. It owns the file's format and never holds the file in
//! memory.

mod entry;
mod pattern;
mod place;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use jupyter_protocol::HistoryEntry;
use uuid::Uuid;

use crate::wire::HistoryRequest;
use entry::Entry;
use pattern::matches;
pub use place::history_file;

/// The inputs of this session and of all earlier ones. A session's number is its place in the order in which sessions
/// first appear in the file.
pub(crate) struct History {
    path: Option<PathBuf>,
    session: String,
}

/// An entry, with the number of its session.
type Numbered = (usize, Entry);

impl History {
    /// The history in the file at `path`, which need not exist yet; without a path nothing is kept.
    pub(crate) fn new(path: Option<PathBuf>) -> History {
        History {
            path,
            session: Uuid::new_v4().to_string(),
        }
    }

    /// Adds an input and what came of it. A failure is logged: it must not spoil the cell.
    pub(crate) fn append(&self, line: usize, input: String, output: Option<String>) {
        let entry = Entry {
            session: self.session.clone(),
            line,
            input,
            output,
        };
        if let Err(error) = self.write(&entry) {
            log::warn!("the history file {:?} was not written: {error}", self.path);
        }
    }

    /// What a request asks for, oldest first.
    pub(crate) fn recall(&self, request: &HistoryRequest) -> io::Result<Vec<HistoryEntry>> {
        let (output, entries) = match request {
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
            HistoryRequest::Tail { output, n } => (output, self.last(*n, |_| true)?),
            HistoryRequest::Search {
                output,
                n,
                pattern,
                unique: false,
            } => (
                output,
                self.last(n.unwrap_or(usize::MAX), |entry| {
                    matches(pattern, &entry.input)
                })?,
            ),
            HistoryRequest::Search {
                output,
                n,
                pattern,
                unique: true,
            } => (
                output,
                self.last_unique(n.unwrap_or(usize::MAX), |entry| {
                    matches(pattern, &entry.input)
                })?,
            ),
        };
        Ok(entries
            .into_iter()
            .map(|(session, entry)| entry.into_protocol(session, *output))
            .collect())
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        // What someone typed is nobody else's business.
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?
            .write_all(&line)
    }

    /// Lines `start` to before `stop` of a session: 0 and below count back from this one.
    fn range(&self, session: i64, start: usize, stop: usize) -> io::Result<VecDeque<Numbered>> {
        let number = match usize::try_from(session) {
            Ok(number) if number > 0 => number,
            _ => {
                let back = usize::try_from(session.unsigned_abs()).unwrap_or(usize::MAX);
                match self.current()?.checked_sub(back) {
                    Some(number) => number,
                    None => return Ok(VecDeque::new()),
                }
            }
        };
        let wanted =
            |(session, entry): &Numbered| *session == number && (start..stop).contains(&entry.line);
        Ok(self.entries()?.filter(wanted).collect())
    }

    fn last(&self, n: usize, wanted: impl Fn(&Entry) -> bool) -> io::Result<VecDeque<Numbered>> {
        let mut last = VecDeque::new();
        for numbered in self.entries()?.filter(|(_, entry)| wanted(entry)) {
            last.push_back(numbered);
            if last.len() > n {
                last.pop_front();
            }
        }
        Ok(last)
    }

    /// As [`last`](Self::last), but of equal inputs only the latest.
    fn last_unique(
        &self,
        n: usize,
        wanted: impl Fn(&Entry) -> bool,
    ) -> io::Result<VecDeque<Numbered>> {
        let mut inputs = HashSet::new();
        let mut unique = VecDeque::new();
        for numbered in self.last(usize::MAX, wanted)?.into_iter().rev() {
            if unique.len() < n && inputs.insert(numbered.1.input.clone()) {
                unique.push_front(numbered);
            }
        }
        Ok(unique)
    }

    /// The number of this session, also before its first input.
    fn current(&self) -> io::Result<usize> {
        let mut latest = 0;
        for (session, entry) in self.entries()? {
            if entry.session == self.session {
                return Ok(session);
            }
            latest = latest.max(session);
        }
        Ok(latest + 1)
    }

    /// All entries, oldest first. A line that is no entry, such as one that a full disk cut short, is passed over.
    fn entries(&self) -> io::Result<impl Iterator<Item = Numbered> + use<>> {
        let file = match self.path.as_ref().map(File::open).transpose() {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let mut numbers = HashMap::new();
        let lines = file
            .into_iter()
            .flat_map(|file| BufReader::new(file).split(b'\n').map_while(Result::ok));
        Ok(lines.filter_map(move |line| {
            let entry: Entry = serde_json::from_slice(&line).ok()?;
            let next = numbers.len() + 1;
            Some((*numbers.entry(entry.session.clone()).or_insert(next), entry))
        }))
    }
}
