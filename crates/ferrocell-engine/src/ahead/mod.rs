//! Compiles texts before they are executed: the cells that wait while one runs, on the state that it will leave, and the
//! draft of a cell that is still written, on the present one.
//!
//! What comes of it is an artifact for when the text is executed ([`Artifacts`]) and what the compiler has to say of it;
//! nothing else in the session knows or changes. So it may be wrong about what will be executed, and only costs time.

mod text;
mod work;

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, io};

use crate::Remark;
use crate::compiler::artifacts::Artifacts;
use crate::compiler::state::State;
use crate::interrupts::Interrupts;
use crate::toolchain::Toolchain;

use work::{Task, Work};

/// How long a text that was only asked about has to stay as it is before it is compiled.
const QUIET: Duration = Duration::from_millis(200);

/// How often an execution that waits for its compilation looks whether it was interrupted.
const LOOK: Duration = Duration::from_millis(10);

/// What a text is compiled on.
#[derive(Clone)]
pub(crate) struct Basis {
    /// What the session remembers.
    pub(crate) state: Arc<State>,
    /// The compiler.
    pub(crate) toolchain: Toolchain,
}

/// Where and with what all texts are compiled.
pub(crate) struct Place {
    /// The notebook's folder.
    pub(crate) folder: PathBuf,
    /// Where the compiler writes; nothing else does.
    pub(crate) dir: PathBuf,
    /// What was compiled before.
    pub(crate) artifacts: Artifacts,
    /// What the first cell is compiled on, if that can be known before it is executed.
    pub(crate) beginning: Option<Box<dyn Fn() -> Option<Basis> + Send + Sync>>,
}

/// The work that is done ahead, for the session and for those who ask about code. Clones share it.
#[derive(Clone)]
pub(crate) struct Ahead(Arc<Shared>);

struct Shared {
    place: Place,
    work: Mutex<Work>,
    changed: Condvar,
}

/// The thread that compiles ahead; ends with this value.
pub(crate) struct Worker {
    ahead: Ahead,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Ahead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ahead").finish_non_exhaustive()
    }
}

impl Ahead {
    /// Work that is to be done in this place.
    pub(crate) fn new(place: Place) -> Self {
        Self(Arc::new(Shared {
            work: Mutex::new(Work::new(place.beginning.is_some())),
            place,
            changed: Condvar::new(),
        }))
    }

    /// Whether anything is compiled ahead.
    pub(crate) fn is_on(&self) -> bool {
        self.work().is_on()
    }

    /// Compiles ahead from now on, or does not.
    pub(crate) fn switch(&self, is_on: bool) {
        self.change(|work| work.switch(is_on));
    }

    /// Where the toolchain is, once it is known.
    pub(crate) fn sysroot(&self) -> Option<PathBuf> {
        let work = self.work();
        let rustc = &work.present()?.toolchain.rustc;
        Some(rustc.parent()?.parent()?.to_owned())
    }

    /// A text will be executed after those that are.
    pub(crate) fn expect(&self, text: &str) {
        self.change(|work| work.expect(text));
    }

    /// Takes a text that is being written. What the compiler says of it is received, or nothing if it cannot be told, or
    /// if another text came.
    pub(crate) fn draft(&self, text: &str) -> Receiver<Vec<Remark>> {
        let (answer, remarks) = mpsc::channel();
        self.change(|work| work.draft(text, Instant::now(), Some(answer)));
        remarks
    }

    /// Takes a text of which only the compiler's words are wanted, at once, before drafts; otherwise the same.
    pub(crate) fn ask(&self, text: &str) -> Receiver<Vec<Remark>> {
        let (answer, remarks) = mpsc::channel();
        self.change(|work| work.ask(text, answer));
        remarks
    }

    /// The same as a draft for a text that was only asked about, which nobody waits for.
    pub(crate) fn sketch(&self, text: &str) {
        self.change(|work| work.draft(text, Instant::now() + QUIET, None));
    }

    /// The session begins to execute a text. Waits if it is being compiled already, but not for others.
    pub(crate) fn begin(&self, text: &str, interrupts: &Interrupts) {
        let mut work = self.work();
        work.begin(text);
        self.0.changed.notify_all();
        while work.is_compiling(text) && !interrupts.is_requested() {
            let waited = self.0.changed.wait_timeout(work, LOOK);
            (work, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
        work.found(text);
        self.0.changed.notify_all();
    }

    /// The text is compiled and begins to run; if it succeeds, the session will be this.
    pub(crate) fn follow(&self, basis: Basis) {
        self.change(|work| work.follow(basis));
    }

    /// The execution has ended, and the session is this. If it has failed, what was expected will not be executed.
    pub(crate) fn end(&self, basis: Option<Basis>, is_ok: bool) {
        self.change(|work| work.end(basis, is_ok));
    }

    fn change(&self, change: impl FnOnce(&mut Work)) {
        change(&mut self.work());
        self.0.changed.notify_all();
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        let work = self.0.work.lock();
        work.unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work as it comes.
    fn run(&self) {
        let mut work = self.work();
        while !work.is_over() {
            let now = Instant::now();
            let Some(task) = work.take(now) else {
                let due = work.due().map(|due| due.saturating_duration_since(now));
                work = match due {
                    Some(due) => {
                        let waited = self.0.changed.wait_timeout(work, due);
                        waited.unwrap_or_else(PoisonError::into_inner).0
                    }
                    None => {
                        let woken = self.0.changed.wait(work);
                        woken.unwrap_or_else(PoisonError::into_inner)
                    }
                };
                continue;
            };
            drop(work);
            let compiled = self.compile(&task);
            work = self.work();
            work.finish(&task, compiled);
            self.0.changed.notify_all();
        }
    }

    fn compile(&self, task: &Task) -> Option<text::Compiled> {
        let place = &self.0.place;
        let beginning = || place.beginning.as_ref()?();
        let basis = task.basis.clone().or_else(beginning)?;
        text::compile(place, &basis, &task.text, &task.interrupts)
    }
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start(ahead: Ahead) -> io::Result<Self> {
        let own = ahead.clone();
        let thread = thread::Builder::new().name("ahead".into());
        let thread = thread.spawn(move || own.run())?;
        Ok(Self {
            ahead,
            thread: Some(thread),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.ahead.change(Work::stop);
        if let Some(thread) = self.thread.take() {
            // If it has panicked, nothing was compiled ahead.
            let _ = thread.join();
        }
    }
}

/// What receives the answer to a draft.
type Answers = mpsc::Sender<Vec<Remark>>;
