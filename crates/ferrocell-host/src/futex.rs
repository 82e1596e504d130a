//! Waiting for a number to change, without a lock.

use std::ffi::c_long;
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use crate::raw;

/// Who may wait for a number.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    /// The threads of this process; this costs less.
    Process,
    /// Any process that has the number's memory.
    All,
}

/// Waits while `number` is `value`, but not for longer than this; may also return for no reason.
pub(crate) fn wait(number: &AtomicU32, value: u32, limit: Option<Duration>, reach: Reach) {
    let limit = limit.map(|limit| libc::timespec {
        tv_sec: limit.as_secs() as libc::time_t,
        tv_nsec: limit.subsec_nanos().into(),
    });
    let limit = limit.as_ref().map_or(ptr::null(), ptr::from_ref);
    call(number, libc::FUTEX_WAIT, value, limit, reach);
}

/// Wakes so many of those who wait for this number.
pub(crate) fn wake(number: &AtomicU32, count: u32, reach: Reach) {
    call(number, libc::FUTEX_WAKE, count, ptr::null(), reach);
}

fn call(
    number: &AtomicU32,
    operation: i32,
    value: u32,
    limit: *const libc::timespec,
    reach: Reach,
) {
    let operation = match reach {
        Reach::Process => operation | libc::FUTEX_PRIVATE_FLAG,
        Reach::All => operation,
    };
    let arguments = [
        number.as_ptr() as c_long,
        operation.into(),
        value.into(),
        limit as c_long,
        0,
        0,
    ];
    // SAFETY: the number and the limit live during the call.
    unsafe { raw::system_call(libc::SYS_futex, arguments) };
}
