//! Waits that end early because the waiting thread is asked to stop.
//!
//! The signal that asks has interrupted the system call. The C library's callers would wait again, so they are told that
//! the wait is over: whoever waits for a futex must expect that at any time, looks whether what it waited for is there,
//! and so comes by the next checkpoint. A signal that arrives between that look and the wait is lost; the engine repeats it.

use std::ffi::{c_int, c_long, c_void};

use crate::{interrupt, raw};

/// Whether a system call on a futex, which the kernel ended with `result`, is a wait that is to count as over.
pub(crate) fn is_over(operation: c_int, result: c_long) -> bool {
    let waits = || {
        matches!(
            operation & libc::FUTEX_CMD_MASK,
            libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET
        )
    };
    let over = is_interrupted(result) && waits();
    if over {
        unpark();
    }
    over
}

/// Sleeps like `clock_nanosleep(2)`; returns zero or a negative error number.
///
/// # Safety
///
/// As for that call.
pub(crate) unsafe fn sleep(
    clock: libc::clockid_t,
    flags: c_int,
    time: *const libc::timespec,
    left: *mut libc::timespec,
) -> c_int {
    let arguments = [
        clock.into(),
        flags.into(),
        time as c_long,
        left as c_long,
        0,
        0,
    ];
    // SAFETY: the caller vouches for the call.
    let result = unsafe { raw::system_call(libc::SYS_clock_nanosleep, arguments) };
    if is_interrupted(result) {
        0
    } else {
        result as c_int
    }
}

fn is_interrupted(result: c_long) -> bool {
    result == c_long::from(-libc::EINTR) && interrupt::is_requested()
}

/// Lets the calling thread's `park` return, which unlike other waits does not return without a reason.
fn unpark() {
    if let Ok(unpark) = raw::symbol(libc::RTLD_DEFAULT, "ferrocell_unpark") {
        // SAFETY: this is the runtime's export, whose signature this is.
        let unpark = unsafe { std::mem::transmute::<*mut c_void, extern "C" fn()>(unpark) };
        unpark();
    }
}
