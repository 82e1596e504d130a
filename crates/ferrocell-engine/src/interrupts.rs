//! The request to stop what the session does, whatever that is at the moment.
//!
//! The compiler, cargo and shell commands run in process groups of their own, so that everything they started stops with
//! them, and end with the thread that started them, so that nothing stays behind when this process is killed.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Starts a tool that [`Interrupts::watch`] can stop.
pub(crate) fn spawn(command: &mut Command) -> std::io::Result<Child> {
    // SAFETY: the closure makes one async-signal-safe call.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
    command.process_group(0).spawn()
}

/// Shared by the session and by those who may interrupt it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupts(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    requested: AtomicBool,
    /// The compiler or cargo, while it runs.
    tool: Mutex<Option<u32>>,
}

/// Ends the watch over a tool.
pub(crate) struct Watched<'a>(&'a Interrupts);

impl Interrupts {
    /// Forgets requests that were made before a cell began.
    pub(crate) fn reset(&self) {
        self.0.requested.store(false, Ordering::SeqCst);
    }

    /// Whether the cell is to stop.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Asks the cell to stop, and stops the tool that works for it.
    pub(crate) fn request(&self) {
        self.0.requested.store(true, Ordering::SeqCst);
        if let Some(process) = *self.tool() {
            terminate(process);
        }
    }

    /// From now on a request stops this tool.
    pub(crate) fn watch(&self, tool: &Child) -> Watched<'_> {
        *self.tool() = Some(tool.id());
        if self.is_requested() {
            terminate(tool.id());
        }
        Watched(self)
    }

    fn tool(&self) -> std::sync::MutexGuard<'_, Option<u32>> {
        self.0.tool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        *self.0.tool() = None;
    }
}

fn terminate(process: u32) {
    // SAFETY: kill has no preconditions. The process leads a group; it is our child and was not waited for while it was watched, or has
    // just ended, in which case its id is not in use again yet.
    unsafe { libc::kill(-(process as libc::pid_t), libc::SIGTERM) };
}
