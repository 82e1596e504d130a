//! The places at which user code stops when it is asked to.

use std::arch::asm;
use std::sync::atomic::AtomicU32;

use crate::{Shield, host, interrupt};

/// How often the running cell was asked to stop. The host finds it by name, and counts from its signal handler.
#[unsafe(export_name = "ferrocell_requests")]
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Unwinds the calling thread if the user asked its cell to stop; generated into the functions, closures and loops of
/// cells. Nothing happens where unwinding would end the program.
#[inline(always)]
pub fn checkpoint() {
    let requests: u32;
    // SAFETY: it reads an aligned integer that lives for ever, in one instruction, which is what a relaxed load is.
    // `AtomicU32::load` itself would be a call in cells, which are not optimised.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!("mov {0:e}, dword ptr [{1}]", out(reg) requests, in(reg) &raw const REQUESTS,
            options(nostack, preserves_flags, readonly));
        #[cfg(target_arch = "aarch64")]
        asm!("ldr {0:w}, [{1}]", out(reg) requests, in(reg) &raw const REQUESTS,
            options(nostack, preserves_flags, readonly));
    }
    if requests != 0 {
        stop_if_asked();
    }
}

#[cold]
#[inline(never)]
fn stop_if_asked() {
    if !Shield::is_raised() && host::is_interrupted() {
        interrupt::unwind();
    }
}

/// [`checkpoint`], for the blocking calls of the `nogil` crate to find by name.
#[unsafe(no_mangle)]
extern "C-unwind" fn ferrocell_checkpoint() {
    checkpoint();
}
