//! The signal that stops a thread.

use std::cell::Cell;
use std::ffi::{c_int, c_void};

use crate::{fault, raw};

use super::record::{Known, Record};
use super::resume::arch;
use super::{dismissal, gate, glibc, task};

/// The signal: a real-time one, because these are queued and carry a value.
pub(crate) const SIGNAL: c_int = 41;

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static INTERRUPTIONS: Cell<u32> = const { Cell::new(0) };
}

/// How often the calling thread was stopped: whoever finds that a system call has done a part only learns by this whether
/// that was the reason.
pub(crate) fn count() -> u32 {
    COUNT.get()
}

/// How often that, and no other signal, has interrupted a system call of the calling thread, which the kernel does not make
/// again.
pub(crate) fn interruptions() -> u32 {
    INTERRUPTIONS.get()
}

/// From now on threads can be stopped. Called while there is only one.
pub(crate) fn listen() {
    glibc::find_layout();
    dismissal::find_code();
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
extern "C" fn on_stop(_: c_int, info: *const libc::siginfo_t, context: *mut c_void) {
    let id = raw::thread_id();
    let known =
        glibc::layout().and_then(|layout| Known::of_caller(layout, id, arch::thread_pointer()));
    // SAFETY: the system passes where it has saved the registers.
    let is_interruption = known.is_some() && unsafe { has_interrupted(context) };
    if known.is_some() {
        COUNT.set(COUNT.get().wrapping_add(1));
        INTERRUPTIONS.set(interruptions().wrapping_add(is_interruption.into()));
    }
    // SAFETY: the system passes a live siginfo to a handler with SA_SIGINFO. What is not ours has some value, or zero.
    let value = unsafe { (*info).si_value() }.sival_ptr.addr() as u64;
    // SAFETY: as above.
    let instruction = unsafe {
        dismissal::look(value, context);
        fault::instruction_pointer(context)
    };
    let (round, index) = ((value >> 32) as u32, value as u32);
    if gate::enter(round) {
        let record = Record {
            registers: arch::registers(info, context),
            instruction,
            known,
        };
        task::note(index, &record);
        gate::stay(round);
    }
    // A copy, whose threads do not come by here, has no signals that wait.
    // SAFETY: the system passes the signals that were blocked.
    let ignored = unsafe { blocked(context) } | 1 << (SIGNAL - 1);
    if is_interruption && raw::has_pending_signal(ignored) {
        // As soon as this handler ends, that signal's runs, and the call has ended for it.
        INTERRUPTIONS.set(interruptions().wrapping_sub(1));
    }
}

/// Whether the registers are those of a system call that has ended because of the signal. If another signal's handler is
/// about to begin below this one, they are not.
///
/// # Safety
///
/// `context` is what the system has passed to a signal handler.
unsafe fn has_interrupted(context: *const c_void) -> bool {
    // SAFETY: by the caller's promise.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    let result = registers.gregs[libc::REG_RAX as usize];
    #[cfg(target_arch = "aarch64")]
    let result = registers.regs[0] as i64;
    result == -i64::from(libc::EINTR)
}

/// The signals that were blocked when a handler began.
///
/// # Safety
///
/// `context` is what the system has passed to a signal handler.
unsafe fn blocked(context: *const c_void) -> u64 {
    // SAFETY: by the caller's promise; the system writes as many bits there.
    unsafe { *(&raw const (*context.cast::<libc::ucontext_t>()).uc_sigmask).cast() }
}
