//! The request to stop what the session does, whatever that is at the moment.
//!
//! The compiler, cargo and shell commands run in process groups of their own, so that everything they started stops with
//! them, and end with the thread that started them. The supervisor ends the whole group, so that nothing stays behind when
//! this process is killed.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::CellId;
use crate::program::Supervision;

/// How long a tool may take to stop before it is killed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// The niceness of what nobody waits for: it gets a quarter of a processor that others want as well.
pub(crate) const BACKGROUND: libc::c_int = 6;

/// Shared by the session and by those who may interrupt it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The cell that the session executes; zero before the first.
    current: AtomicU64,
    /// The cell that was asked to stop last; zero if none was.
    requested: AtomicU64,
    /// The cell that the program works for; zero while it does nothing.
    running: AtomicU64,
    /// The compiler or cargo, while it runs.
    tool: Mutex<Option<u32>>,
    /// Ends the tool if this process is killed.
    supervision: Mutex<Option<Supervision>>,
    /// By how much tools give way to everything else.
    nice: libc::c_int,
}

/// Ends the watch over a tool.
pub(crate) struct Watched<'a>(&'a Interrupts);

impl Interrupts {
    /// Those of work that nobody waits for yet.
    pub(crate) fn background() -> Self {
        Self(Arc::new(Shared {
            nice: BACKGROUND,
            ..Shared::default()
        }))
    }

    /// Those of a tool that works beside the one for the session, and is stopped by whoever starts it. It ends with this
    /// process, too.
    pub(crate) fn beside(&self) -> Self {
        Self(Arc::new(Shared {
            current: self.0.current.load(Ordering::SeqCst).into(),
            nice: self.0.nice,
            ..Shared::default()
        }))
    }

    /// The session begins to execute a cell, which may have been asked to stop before that.
    pub(crate) fn execute(&self, cell: CellId) {
        self.0.current.store(cell.0, Ordering::SeqCst);
    }

    /// Whether the cell that the session executes is to stop.
    pub(crate) fn is_requested(&self) -> bool {
        let requested = self.0.requested.load(Ordering::SeqCst);
        requested != 0 && requested == self.0.current.load(Ordering::SeqCst)
    }

    /// Asks a cell to stop, and stops the tool that works for it. One that has ended needs not stop.
    pub(crate) fn request(&self, cell: CellId) {
        self.0.requested.store(cell.0, Ordering::SeqCst);
        if let (true, Some(process)) = (self.is_requested(), *self.tool()) {
            self.stop(process);
        }
    }

    /// Asks the cell that the session executes to stop, whichever it is.
    pub(crate) fn request_any(&self) {
        self.request(CellId(self.0.current.load(Ordering::SeqCst)));
    }

    /// The program begins to work for a cell.
    pub(crate) fn begin(&self, cell: CellId) {
        self.0.running.store(cell.0, Ordering::SeqCst);
    }

    /// The program has done its work.
    pub(crate) fn end(&self) {
        self.0.running.store(0, Ordering::SeqCst);
    }

    /// The cell that the program works for, if there is one.
    pub(crate) fn running(&self) -> Option<CellId> {
        let cell = self.0.running.load(Ordering::SeqCst);
        (cell != 0).then_some(CellId(cell))
    }

    /// From now on, this supervisor is told which tool runs.
    pub(crate) fn attach(&self, supervision: Option<Supervision>) {
        *self.supervision() = supervision;
    }

    /// Starts a tool. From now on a request stops it, and the supervisor ends it with this process.
    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<(Child, Watched<'_>)> {
        let supervision = self.supervision().clone();
        let (own, nice) = (std::process::id(), self.0.nice);
        // SAFETY: the closure makes async-signal-safe calls, on a descriptor that it keeps open.
        unsafe {
            command.pre_exec(move || {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
                if nice > 0 {
                    libc::setpriority(libc::PRIO_PROCESS, 0, nice);
                }
                if libc::getppid().cast_unsigned() != own {
                    // This process has ended before it could be watched.
                    libc::raise(libc::SIGTERM);
                }
                // Before the tool can do anything: this process may be killed at any moment.
                if let Some(supervision) = &supervision {
                    supervision.guard(libc::getpid().cast_unsigned());
                }
                Ok(())
            });
        }
        let watched = Watched(self);
        let tool = command.process_group(0).spawn()?;
        *self.tool() = Some(tool.id());
        if self.is_requested() {
            self.stop(tool.id());
        }
        Ok((tool, watched))
    }

    /// Asks a tool to stop, and kills it if it does not.
    fn stop(&self, process: u32) {
        signal(process, libc::SIGTERM);
        let interrupts = self.clone();
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            let tool = interrupts.tool();
            if *tool == Some(process) {
                signal(process, libc::SIGKILL);
            }
        });
    }

    fn supervision(&self) -> std::sync::MutexGuard<'_, Option<Supervision>> {
        let supervision = self.0.supervision.lock();
        supervision.unwrap_or_else(PoisonError::into_inner)
    }

    fn tool(&self) -> std::sync::MutexGuard<'_, Option<u32>> {
        self.0.tool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched<'_> {
    /// Ends the tool at once.
    pub(crate) fn kill(self) {
        if let Some(process) = *self.0.tool() {
            signal(process, libc::SIGKILL);
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        *self.0.tool() = None;
        if let Some(supervision) = &*self.0.supervision() {
            supervision.guard(0);
        }
    }
}

/// Signals to a tool and to all that it has started.
fn signal(process: u32, signal: libc::c_int) {
    // SAFETY: kill has no preconditions. The process leads a group; it is our child and was not waited for while it was
    // watched, so that its id is its own.
    unsafe { libc::kill(-(process as libc::pid_t), signal) };
}
