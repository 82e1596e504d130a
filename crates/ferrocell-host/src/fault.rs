//! The last moments of a process that crashes, in whichever thread that happens: it leaves word of where it was, and of
//! whether a stack has overflowed.

use std::ffi::{c_int, c_void};

use ferrocell_wire::Cause;

use crate::{freeze, memory, shared};

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

/// The signals by which a program ends that did something wrong, and noticed or not.
const SIGNALS: [c_int; 5] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
];
/// How many seconds the last moments of the process may take.
const LAST_MOMENTS: u32 = 5;

/// Begins to watch; the main thread's signal stack is kept for good.
pub(crate) fn watch() {
    extern "C" fn at_exit() {
        shared::get().blame_caller();
    }
    std::mem::forget(SignalStack::install());
    // SAFETY: the function is there until the end, and does not unwind.
    unsafe { libc::atexit(at_exit) };
    // SAFETY: the handler only does what a handler may, and has this signature by SA_SIGINFO. While it runs, another
    // fault of its thread ends the process, because all of them are blocked.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        for signal in SIGNALS {
            libc::sigaddset(&mut action.sa_mask, signal);
        }
        for signal in SIGNALS {
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    freeze::end_if_dismissed();
    let shared = shared::get();
    // SAFETY: the kernel passes valid pointers. With the default action back in place, the access that failed fails
    // again when the handler returns, and ends the process with the right signal.
    unsafe {
        let is_sent_by_a_process = (*info).si_code <= 0;
        let mut is_over = is_sent_by_a_process;
        if shared.ends_by(signal) {
            libc::signal(libc::SIGALRM, libc::SIG_DFL);
            libc::alarm(LAST_MOMENTS);
            if matches!(signal, libc::SIGSEGV | libc::SIGBUS) && !is_sent_by_a_process {
                let address = (*info).si_addr() as usize;
                if address == instruction_pointer(context) {
                    // No code is there. The unwinder gets on from the caller, as if the call had returned.
                    return_to_caller(context);
                    is_over = true;
                } else if address.abs_diff(stack_pointer(context)) < REACH {
                    shared.set_cause(Cause::StackOverflow);
                }
            }
            if signal == libc::SIGABRT && memory::has_failed() {
                shared.set_cause(Cause::OutOfMemory);
            }
            shared.stack.record();
        } else if shared.is_worker() {
            // Another thread is about to end the process.
            loop {
                libc::pause();
            }
        }
        libc::signal(signal, libc::SIG_DFL);
        if is_over {
            libc::raise(signal);
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

/// # Safety
///
/// `context` is what the kernel passed to a signal handler.
pub(crate) unsafe fn instruction_pointer(context: *const c_void) -> usize {
    // SAFETY: by the caller's promise.
    let context = unsafe { &*context.cast::<libc::ucontext_t>() };
    #[cfg(target_arch = "x86_64")]
    return context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
    #[cfg(target_arch = "aarch64")]
    return context.uc_mcontext.pc as usize;
}

/// Undoes a call that has just been made.
///
/// # Safety
///
/// `context` is what the kernel passed to a signal handler, which does not return.
unsafe fn return_to_caller(context: *mut c_void) {
    // SAFETY: by the caller's promise. A call leaves the return address on top of the stack, or in a register.
    unsafe {
        let registers = &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext;
        #[cfg(target_arch = "x86_64")]
        {
            let top = registers.gregs[libc::REG_RSP as usize] as *const i64;
            registers.gregs[libc::REG_RIP as usize] = *top - 1;
            registers.gregs[libc::REG_RSP as usize] = top.add(1) as i64;
        }
        #[cfg(target_arch = "aarch64")]
        {
            registers.pc = registers.regs[30] - 4;
        }
    }
}
