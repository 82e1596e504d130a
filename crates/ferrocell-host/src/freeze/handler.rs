//! The signal that stops a thread.

use std::cell::Cell;
use std::ffi::{c_int, c_void};

use crate::raw;

use super::record::{Known, Record};
use super::resume::arch;
use super::{gate, glibc, task};

/// The signal: a real-time one, because these are queued and carry a value.
pub(crate) const SIGNAL: c_int = 41;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

/// How often the calling thread was stopped: whoever finds a system call interrupted learns by this whether that was the
/// reason.
pub(crate) fn count() -> u32 {
    COUNT.get()
}

/// From now on threads can be stopped. Called while there is only one.
pub(crate) fn listen() {
    glibc::find_layout();
    // SAFETY: sigaction is called with valid arguments; the handler has this signature by SA_SIGINFO and only does what a
    // handler may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_stop as *const () as usize;
        // On the stack for signals, because a thread may be about to use up its own.
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigfillset(&mut action.sa_mask);
        libc::sigaction(SIGNAL, &action, std::ptr::null_mut());
    }
}

/// Makes no call of the C library's that could set `errno`.
extern "C" fn on_stop(_: c_int, info: *const libc::siginfo_t, context: *const c_void) {
    let id = raw::thread_id();
    let known = glibc::layout().and_then(|layout| Known::of_caller(layout, id));
    if known.is_some() {
        COUNT.set(COUNT.get().wrapping_add(1));
    }
    // SAFETY: the system passes a live siginfo to a handler with SA_SIGINFO. What is not ours has some value, or zero.
    let value = unsafe { (*info).si_value() }.sival_ptr.addr() as u64;
    let (round, index) = ((value >> 32) as u32, value as u32);
    if !gate::enter(round) {
        return;
    }
    let record = Record {
        registers: arch::registers(info, context),
        known,
    };
    task::note(index, &record);
    gate::stay(round);
}
