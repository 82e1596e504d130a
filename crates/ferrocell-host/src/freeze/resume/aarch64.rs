//! ARM64.

use std::arch::asm;
use std::ffi::{c_int, c_long, c_void};

use super::super::record::Record;

/// The thread pointer.
pub(in super::super) fn thread_pointer() -> usize {
    let pointer;
    // SAFETY: this only reads a register.
    unsafe {
        asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, nomem, preserves_flags));
    };
    pointer
}

/// Where `rt_sigreturn` expects the stack pointer: at the information about the signal, which precedes the context.
pub(in super::super) fn registers(info: *const libc::siginfo_t, _context: *const c_void) -> usize {
    info as usize
}

/// `clone(2)`, with a new thread that begins at [`begin`](super::begin) with the stack below the record.
///
/// # Safety
///
/// As for that call.
pub(super) unsafe fn clone(
    flags: c_int,
    record: &Record,
    id_field: *mut i32,
    thread_pointer: usize,
) -> c_long {
    let result;
    // SAFETY: in the caller, this is a system call that changes nothing but its result; the new thread has registers of its
    // own, and a stack of its own by the caller's promise.
    unsafe {
        asm!(
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, x5",
            "bl {begin}",
            "brk 1",
            "2:",
            begin = sym super::begin,
            in("x8") libc::SYS_clone,
            inlateout("x0") c_long::from(flags) => result,
            in("x1") (&raw const *record as usize) & !15,
            in("x2") id_field,
            in("x3") thread_pointer,
            in("x4") id_field,
            in("x5") record,
            // The call is never made here, but the compiler must not keep anything where it leaves its return address.
            lateout("x30") _,
        );
    }
    result
}

/// Leaves the handler of a signal.
///
/// # Safety
///
/// `registers` comes from [`registers`], and nobody needs this stack.
pub(super) unsafe fn restore(registers: usize) -> ! {
    // SAFETY: by the caller's promise, the system finds there what it has put there.
    unsafe {
        asm!(
            "mov sp, {registers}",
            "svc 0",
            "brk 1",
            registers = in(reg) registers,
            in("x8") libc::SYS_rt_sigreturn,
            options(noreturn),
        );
    }
}

/// Does nothing: without a tracer, nobody can be stopped after one instruction here. So a thread is only looked at again.
///
/// # Safety
///
/// There is none to keep.
pub(in super::super) unsafe fn stop_after_one_step(_context: *mut c_void, _is_to_stop: bool) {}
