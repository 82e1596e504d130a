//! A copy of the process that sleeps, and takes over when the process has ended.
//!
//! Before a cell runs, the process forks. The copy has sockets of its own, so nothing that the running process does to
//! its can hurt it, and waits on its control socket for a command. If the engine closes that socket, because a newer
//! snapshot exists or because the engine is gone, the copy ends.
//!
//! The copy has [descriptors] of its own, too.
//! Only the thread that runs cells lives on in the copy. A lock that another thread holds at that moment stays locked
//! there; standard output's, the allocator's and this process's own are free in it.

use std::ffi::c_void;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use crate::{descriptors, handles, input, interrupt, output, raw, shared};

/// Runs an action while no other thread writes to standard output; exported by the runtime.
type HoldStdout = unsafe extern "C" fn(action: extern "C" fn(*mut c_void), context: *mut c_void);

/// Copies of this process that were not waited for.
static ASLEEP: Mutex<Vec<i32>> = Mutex::new(Vec::new());

/// Which of the two processes this is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that runs the cell.
    Running,
    /// The copy.
    Asleep,
}

/// Makes a copy that is served by `control` and reports to `output`; it continues with these in place of the sockets
/// that this process has. If there can be no copy, the engine finds both sockets closed.
pub(crate) fn take(control: OwnedFd, output: OwnedFd, own_control: &impl AsRawFd) -> Side {
    let mut asleep = ASLEEP.lock().unwrap_or_else(PoisonError::into_inner);
    asleep.retain(|process| raw::ended_child(*process).is_none());
    let process = fork_quietly();
    match process {
        0 => {
            asleep.clear();
            raw::replace(own_control.as_raw_fd(), control);
            output::replace(output);
            interrupt::separate();
            descriptors::separate();
            Side::Asleep
        }
        -1 => Side::Running,
        process => {
            asleep.push(process);
            Side::Running
        }
    }
}

/// The copy takes over; its questions are numbered from `first_question` on. Returns what of the user's code it does
/// without, a line for each.
pub(crate) fn promote(first_question: u64) -> String {
    raw::end_with_parent();
    handles::give_up();
    input::number_from(first_question);
    shared::get().become_worker(raw::process_id());
    descriptors::take_over();
    descriptors::lost()
}

/// Forks while this thread has the locks that the copy needs free. They are taken in the order in which a thread that
/// prints takes them: standard output's first, then the one for sending.
fn fork_quietly() -> i32 {
    extern "C" fn fork(result: *mut c_void) {
        // SAFETY: the fork leaves one thread in the copy, which only goes on with what this one does here.
        let process = output::quietly(|| handles::quietly(|| unsafe { libc::fork() }));
        // SAFETY: the caller passes its own variable.
        unsafe { *result.cast::<i32>() = process };
    }
    let mut result = -1;
    let context = (&raw mut result).cast();
    match raw::symbol(libc::RTLD_DEFAULT, "ferrocell_hold_stdout") {
        Ok(address) => {
            // SAFETY: the runtime's export has this signature, and calls the action once before it returns.
            unsafe { std::mem::transmute::<*mut c_void, HoldStdout>(address)(fork, context) }
        }
        // Without the runtime there is no user code that could print.
        Err(_) => fork(context),
    }
    result
}
