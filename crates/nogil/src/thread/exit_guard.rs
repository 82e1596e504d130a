//! The wait at the program's end: when `main` returns, the process stays until no non-daemon work is left.

use crate::input::Host;
use crate::system;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, Once, PoisonError};

static HELD: AtomicUsize = AtomicUsize::new(0);
static EXITING: AtomicBool = AtomicBool::new(false);
static EXIT: Mutex<()> = Mutex::new(());
static RELEASED: Condvar = Condvar::new();

thread_local! {
    /// Holds that the calling thread itself is working off. It has no destructor, so it outlives the thread's others
    /// and an exit from within such a thread still finds it.
    static WORKING_OFF: Cell<usize> = const { Cell::new(0) };
}

/// Keeps the process alive at exit as long as it exists: one for each non-daemon thread and each pending task.
#[derive(Debug)]
pub(crate) struct ExitGuard(());

impl ExitGuard {
    pub(crate) fn new() -> Self {
        static AT_EXIT: Once = Once::new();
        AT_EXIT.call_once(|| {
            // It does not unwind.
            system::at_exit(at_exit);
        });
        HELD.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    /// Waits until nothing is held but by the calling thread's own work. For the end of the process.
    pub(crate) fn wait_for_all() {
        // A notebook's session is ended by its user, who does not wait for the threads that cells left behind.
        if Host::is_notebook() {
            return;
        }
        EXITING.store(true, Ordering::SeqCst);
        let own = WORKING_OFF.get();
        let mut exit = EXIT.lock().unwrap_or_else(PoisonError::into_inner);
        while HELD.load(Ordering::SeqCst) > own {
            exit = RELEASED.wait(exit).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs `work` as what this hold stands for: should the work itself exit the process, it is not waited for.
    pub(crate) fn during<R>(&self, work: impl FnOnce() -> R) -> R {
        WORKING_OFF.set(WORKING_OFF.get() + 1);
        let result = work();
        WORKING_OFF.set(WORKING_OFF.get() - 1);
        result
    }
}

impl Drop for ExitGuard {
    fn drop(&mut self) {
        // The exit announces itself before it looks at the count, and this looks after it has counted, so one of the
        // two sees the other.
        HELD.fetch_sub(1, Ordering::SeqCst);
        if EXITING.load(Ordering::SeqCst) {
            let _exit = EXIT.lock().unwrap_or_else(PoisonError::into_inner);
            RELEASED.notify_all();
        }
    }
}

extern "C" fn at_exit() {
    ExitGuard::wait_for_all();
}
