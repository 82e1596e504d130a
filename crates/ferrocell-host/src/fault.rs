//! Tells a stack overflow from other invalid memory accesses, in whichever thread it happens.

use std::ffi::{c_int, c_void};

use ferrocell_wire::Cause;

use crate::shared;

/// Enough for the handler below.
const STACK_SIZE: usize = 64 * 1024;
/// How far from the stack pointer an access of the stack may be.
const REACH: usize = 64 * 1024;

/// A stack for signal handlers, used by one thread as long as this lives.
pub(crate) struct SignalStack(*mut c_void);

impl SignalStack {
    /// Gives the calling thread one.
    pub(crate) fn install() -> Self {
        // SAFETY: a new mapping of this size becomes the calling thread's own; if there is none, it goes without.
        unsafe {
            let memory = libc::mmap(
                std::ptr::null_mut(),
                STACK_SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK,
                -1,
                0,
            );
            if memory != libc::MAP_FAILED {
                let stack = libc::stack_t {
                    ss_sp: memory,
                    ss_flags: 0,
                    ss_size: STACK_SIZE,
                };
                libc::sigaltstack(&stack, std::ptr::null_mut());
            }
            Self(memory)
        }
    }
}

impl Drop for SignalStack {
    fn drop(&mut self) {
        let none = libc::stack_t {
            ss_sp: std::ptr::null_mut(),
            ss_flags: libc::SS_DISABLE,
            ss_size: 0,
        };
        if self.0 != libc::MAP_FAILED {
            // SAFETY: the mapping is ours, and after the first call nothing uses it any more.
            unsafe {
                libc::sigaltstack(&none, std::ptr::null_mut());
                libc::munmap(self.0, STACK_SIZE);
            }
        }
    }
}

/// Begins to watch; the main thread's signal stack is kept for good.
pub(crate) fn watch() {
    std::mem::forget(SignalStack::install());
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: the handler only does what a handler may, and has this signature by SA_SIGINFO.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel passes valid pointers. With the default action back in place, the access that failed fails
    // again when the handler returns, and ends the process with the right signal.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let is_sent_by_a_process = (*info).si_code <= 0;
        if is_sent_by_a_process {
            libc::raise(signal);
        } else if ((*info).si_addr() as usize).abs_diff(stack_pointer(context)) < REACH {
            shared::get().leave_word(Cause::StackOverflow);
        }
    }
}

/// # Safety
///
/// `context` is what the kernel passed to a signal handler.
unsafe fn stack_pointer(context: *mut c_void) -> usize {
    // SAFETY: by the caller's promise.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[libc::REG_RSP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.sp as usize;
}
