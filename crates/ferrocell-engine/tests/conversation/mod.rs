//! A session under test, with which a test reads like a conversation.

#![allow(dead_code)] // No test file needs all of it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{env, process::Command, thread};

use ferrocell_engine::{CellId, Event, Outcome, Session, SessionOptions};

/// How long to wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A real session, with the events that nobody has asked about yet.
pub(crate) struct Conversation {
    pub(crate) session: Session,
    pub(crate) events: Receiver<Event>,
    /// One that came before these.
    first: Cell<Option<Event>>,
    next: u64,
}

impl Conversation {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut SessionOptions)) -> Self {
        let (sender, events) = mpsc::channel();
        let mut options = SessionOptions::new(env::temp_dir());
        options.host = Some(host());
        options.analyzer = false;
        change(&mut options);
        let sink = Arc::new(move |event| {
            // The test may have ended.
            let _ = sender.send(event);
        });
        let session = Session::start(options, sink).expect("a session starts");
        Self {
            session,
            events,
            first: Cell::new(None),
            next: 1,
        }
    }

    /// A session that keeps its compiled cells and works in this folder, and says how long cells took.
    pub(crate) fn keeping_cells(folder: &Path) -> Self {
        let mut notebook = Self::with(|options| {
            options.cache_dir = folder.to_owned();
            options.working_dir = folder.to_owned();
            options.cell_cache = 1_000_000_000;
        });
        notebook.ok(":timing");
        notebook.printed();
        notebook
    }

    /// Executes a cell that must succeed, in a session that says how long cells took; its result, or nothing, and whether it
    /// was compiled for that.
    pub(crate) fn ok_timed(&mut self, source: &str) -> (String, bool) {
        match self.execute(source) {
            Outcome::Ok { result, notes } => {
                let timing = notes.iter().find(|note| note.contains(" attempts), ran"));
                let timing = timing.unwrap_or_else(|| panic!("{source}: {notes:?}"));
                let text = result.and_then(|result| result.text().map(str::to_owned));
                let is_new = !timing.starts_with("found compiled");
                (text.unwrap_or_default(), is_new)
            }
            error => panic!("this cell should succeed:\n{source}\n{}", shown(&error)),
        }
    }

    /// Executes a cell.
    pub(crate) fn execute(&mut self, source: &str) -> Outcome {
        let cell = CellId(self.next);
        self.next += 1;
        self.session.execute(cell, source)
    }

    /// The number that the next cell gets.
    pub(crate) fn next(&self) -> CellId {
        CellId(self.next)
    }

    /// Executes a cell that must succeed; its result, or nothing.
    pub(crate) fn ok(&mut self, source: &str) -> String {
        match self.execute(source) {
            Outcome::Ok { result, .. } => result
                .and_then(|bundle| bundle.text().map(str::to_owned))
                .unwrap_or_default(),
            error => panic!("this cell should succeed:\n{source}\n{}", shown(&error)),
        }
    }

    /// Executes a cell that must fail; what the front end shows, without colours.
    pub(crate) fn err(&mut self, source: &str) -> String {
        match self.execute(source) {
            error @ Outcome::Error { .. } => shown(&error),
            ok => panic!("this cell should fail:\n{source}\n{ok:?}"),
        }
    }

    /// The standard output of a cell so far, and nothing else may have happened.
    pub(crate) fn printed(&mut self) -> String {
        let mut text = String::new();
        for event in self.first.take().into_iter().chain(self.events.try_iter()) {
            match event {
                Event::Stdout { text: more, .. } => text.push_str(&more),
                other => panic!("only standard output was expected, not {other:?}"),
            }
        }
        text
    }

    /// The next event, which must come.
    pub(crate) fn event(&self) -> Event {
        let first = self.first.take();
        first.unwrap_or_else(|| self.events.recv_timeout(PATIENCE).expect("an event comes"))
    }
}

/// A session that never loses patience with what stops by itself, however busy the machine is.
pub(crate) fn patient() -> Conversation {
    Conversation::with(|options| options.patience = PATIENCE)
}

/// A text without its mark, and where that stood, in code points.
pub(crate) fn unmark(marked: &str, mark: char) -> (String, usize) {
    let cursor = marked.chars().position(|c| c == mark);
    let cursor = cursor.expect("the cursor is marked");
    (marked.replacen(mark, "", 1), cursor)
}

/// Executes cells in one session; each must succeed and show this.
pub(crate) fn check(cells: &[(&str, &str)]) {
    let mut notebook = Conversation::new();
    for (source, expected) in cells {
        assert_eq!(notebook.ok(source), *expected, "{source}");
    }
}

/// Executes cells in one session; all but the last must succeed, and what the last shows must contain this.
pub(crate) fn check_error(earlier: &[&str], last: &str, expected: &[&str]) {
    let mut notebook = Conversation::new();
    earlier.iter().for_each(|source| drop(notebook.ok(source)));
    let error = notebook.err(last);
    expected
        .iter()
        .for_each(|part| assert!(error.contains(part), "{part} is not in\n{error}"));
}

/// Executes a cell, and interrupts it when it has printed something (or asked). What came before it is dropped.
pub(crate) fn interrupt(notebook: &mut Conversation, source: &str) -> String {
    notebook.events.try_iter().for_each(drop);
    let controls = notebook.session.controls();
    let cell = CellId(notebook.next);
    let events = std::mem::replace(&mut notebook.events, mpsc::channel().1);
    let interrupting = thread::spawn(move || {
        let first = events.recv_timeout(PATIENCE);
        controls.interrupt(cell);
        (first, events)
    });
    let error = notebook.err(source);
    let (first, events) = interrupting.join().expect("it does not panic");
    let first = first.unwrap_or_else(|_| panic!("this cell says nothing:\n{source}\n{error}"));
    notebook.first.set(Some(first));
    notebook.events = events;
    error
}

/// What the front end shows of an outcome, without colours.
pub(crate) fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok { result, notes } => format!("{result:?}\n{}", plain(&notes.join("\n"))),
        Outcome::Error {
            name,
            value,
            traceback,
        } => plain(&format!("{name}: {value}\n{}", traceback.join("\n"))),
    }
}

/// A text without its escape sequences.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or("", |(_, rest)| rest)
    })
}

/// The host's executable. Cargo builds it for tests of its own package only, so it is built here, once.
pub(crate) fn host() -> PathBuf {
    static HOST: OnceLock<PathBuf> = OnceLock::new();
    HOST.get_or_init(|| {
        // A host that is measured is one that was optimised.
        let (profile, folder) = if cfg!(debug_assertions) {
            ("dev", "debug")
        } else {
            ("release", "release")
        };
        let status = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--profile",
                profile,
                "--package",
                "ferrocell-host",
                "--example",
                "host",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the host builds");
        let test = env::current_exe().expect("a test knows its own path");
        let target = test
            .ancestors()
            .nth(3)
            .expect("tests lie in target/PROFILE/deps");
        target.join(folder).join("examples/host")
    })
    .clone()
}
