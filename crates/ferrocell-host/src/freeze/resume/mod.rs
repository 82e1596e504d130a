//! Makes a thread again that was stopped in another process, of which this one is a copy.

#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(target_arch = "aarch64", path = "aarch64.rs")]
pub(super) mod arch;

use std::ffi::c_long;

use crate::{raw, registry};

use super::glibc;
use super::record::{Known, Record};

/// As the C library makes its own.
const FLAGS: libc::c_int = libc::CLONE_VM
    | libc::CLONE_FS
    | libc::CLONE_FILES
    | libc::CLONE_SIGHAND
    | libc::CLONE_THREAD
    | libc::CLONE_SYSVSEM
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID;
/// What must precede the code to which a restartable sequence aborts, as the C library registers it.
#[cfg(target_arch = "x86_64")]
const RESTARTABLE_SIGNATURE: c_long = 0x5305_3053;
#[cfg(target_arch = "aarch64")]
const RESTARTABLE_SIGNATURE: c_long = 0xd428_bc00;

/// Makes the thread. Returns its id, if there is one now.
///
/// # Safety
///
/// The record lies on the stack of a thread that does not exist in this process, and no other was made for it. All signals
/// are blocked, and stay so in the new thread until it has its old registers.
pub(super) unsafe fn thread(record: &Record) -> Option<i32> {
    let known = record.known.as_ref()?;
    // SAFETY: by the caller's promise, everything below the record on its stack belongs to nobody.
    let id = unsafe { arch::clone(FLAGS, record, known.id_field, known.thread_pointer) };
    (id > 0).then_some(id as i32)
}

/// Where the new thread begins, with the stack below the record.
unsafe extern "C" fn begin(record: *const Record) -> ! {
    // SAFETY: `thread` has passed it, and it stays where it is until the registers are restored.
    let record = unsafe { &*record };
    if let Some(known) = &record.known {
        tell_system(known);
    }
    registry::renumber();
    // SAFETY: these are the registers that the system has put there.
    unsafe { arch::restore(record.registers) }
}

/// Tells the system what it knew of the thread before; the alternate stack and the signal mask are among the registers.
fn tell_system(known: &Known) {
    raw::set_robust_list(known.robust_list);
    if let Some((area, size)) = known.restartable {
        let arguments = [area as c_long, size.into(), 0, RESTARTABLE_SIGNATURE, 0, 0];
        // SAFETY: the thread that this one goes on for had registered this area, which is still its own.
        unsafe { raw::system_call(libc::SYS_rseq, arguments) };
    }
    raw::set_thread_name(&known.name);
    if let Some(layout) = glibc::layout() {
        layout.keep_loader_locks(known.id, raw::thread_id());
    }
}
