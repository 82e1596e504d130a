//! x86-64.

use std::arch::asm;
use std::ffi::{c_int, c_long, c_void};

use super::super::record::Record;

/// The thread pointer, which the C library keeps at its own target.
pub(in super::super) fn thread_pointer() -> usize {
    let pointer;
    // SAFETY: in a thread of the C library's, this reads its first field.
    unsafe { asm!("mov {}, fs:0", out(reg) pointer, options(nostack, readonly, preserves_flags)) };
    pointer
}

/// Where `rt_sigreturn` expects the stack pointer: at the context, which follows the handler's return address.
pub(in super::super) fn registers(_info: *const libc::siginfo_t, context: *const c_void) -> usize {
    context as usize
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
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r9",
            "call {begin}",
            "ud2",
            "2:",
            begin = sym super::begin,
            inlateout("rax") libc::SYS_clone => result,
            in("rdi") c_long::from(flags),
            in("rsi") (&raw const *record as usize) & !15,
            in("rdx") id_field,
            in("r10") id_field,
            in("r8") thread_pointer,
            in("r9") record,
            lateout("rcx") _,
            lateout("r11") _,
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
            "mov rsp, {registers}",
            "syscall",
            "ud2",
            registers = in(reg) registers,
            in("rax") libc::SYS_rt_sigreturn,
            options(noreturn),
        );
    }
}

/// Says whether the system is to stop the code that was interrupted after its next instruction, by `SIGTRAP`. It does not
/// if that changes which signals are blocked: a step that cannot be reported ends the process.
///
/// # Safety
///
/// `context` is what the system has passed to a signal handler.
pub(in super::super) unsafe fn stop_after_one_step(context: *mut c_void, is_to_stop: bool) {
    const TRAP_FLAG: i64 = 1 << 8;
    const SYSCALL: [u8; 2] = [0x0f, 0x05];
    // SAFETY: by the caller's promise; the instruction that is next can be read.
    let (registers, next) = unsafe {
        let registers = &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        let next = *(registers[libc::REG_RIP as usize] as *const [u8; 2]);
        (registers, next)
    };
    let blocks = next == SYSCALL && registers[libc::REG_RAX as usize] == libc::SYS_rt_sigprocmask;
    let flags = &mut registers[libc::REG_EFL as usize];
    *flags &= !TRAP_FLAG;
    if is_to_stop && !blocks {
        *flags |= TRAP_FLAG;
    }
}
