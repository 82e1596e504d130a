//! Waits that end early because the waiting thread is asked to stop.
//!
//! The signal that asks has interrupted the system call. The C library's callers would wait again, so they are told that
//! the wait is over: whoever waits for a futex must expect that at any time, looks whether what it waited for is there,
//! and so comes by the next checkpoint. A signal that arrives between that look and the wait is lost; the engine repeats it.

use std::ffi::{c_int, c_long, c_void};

use crate::{interrupt, raw};

/// How the kernel says that a signal has interrupted a system call.
pub(crate) const INTERRUPTED: c_long = -(libc::EINTR as c_long);

/// Whether this operation on a futex, which a signal has interrupted, is a wait that is to count as over.
#[cold]
pub(crate) fn end(operation: c_int) -> bool {
    let command = operation & libc::FUTEX_CMD_MASK;
    let is_wait = matches!(command, libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET);
    let ends = is_wait && interrupt::is_requested();
    if ends {
        unpark();
    }
    ends
}

/// Lets the calling thread's `park` return, which unlike other waits does not return without a reason.
fn unpark() {
    if let Ok(unpark) = raw::symbol(libc::RTLD_DEFAULT, "ferrocell_unpark") {
        // SAFETY: this is the runtime's export, whose signature this is.
        let unpark = unsafe { std::mem::transmute::<*mut c_void, extern "C" fn()>(unpark) };
        unpark();
    }
}
