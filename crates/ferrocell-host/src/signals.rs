//! Which signals threads may block or wait for: not the one that stops them, as the C library keeps those that it needs.

use std::ffi::{c_int, c_long};
use std::ptr;
use std::time::{Duration, Instant};

use crate::{freeze, raw};

/// What the kernel reads of a set.
type Set = u64;
/// The C library's own two, and ours.
const KEPT: Set = bit(32) | bit(33) | bit(freeze::SIGNAL);

const fn bit(signal: c_int) -> Set {
    1 << (signal - 1)
}

/// `pthread_sigmask(3)`: returns zero or an error number.
///
/// # Safety
///
/// As for that call.
pub(crate) unsafe fn mask(
    how: c_int,
    set: *const libc::sigset_t,
    before: *mut libc::sigset_t,
) -> c_int {
    // SAFETY: the set can be read by the caller's promise, if there is one.
    let mut set = unsafe { set.cast::<Set>().as_ref() }.copied();
    if let Some(set) = &mut set
        && how != libc::SIG_UNBLOCK
    {
        *set &= !KEPT;
    }
    let set = set.as_ref().map_or(ptr::null(), ptr::from_ref);
    let arguments = [
        how.into(),
        set as c_long,
        before as c_long,
        size_of::<Set>() as c_long,
        0,
        0,
    ];
    // SAFETY: both sets are null or live, the second one by the caller's promise.
    -unsafe { raw::system_call(libc::SYS_rt_sigprocmask, arguments) } as c_int
}

/// `sigtimedwait(2)`: returns the signal or a negative error number. Being stopped does not end the wait.
///
/// # Safety
///
/// As for that call.
pub(crate) unsafe fn wait(
    set: *const libc::sigset_t,
    info: *mut libc::siginfo_t,
    limit: *const libc::timespec,
) -> c_int {
    // SAFETY: the set and the limit can be read by the caller's promise.
    let (set, mut limit) = unsafe { (*set.cast::<Set>() & !KEPT, limit.as_ref().copied()) };
    loop {
        let begun = Instant::now();
        let left = limit.as_ref().map_or(ptr::null(), ptr::from_ref);
        let arguments = [
            &raw const set as c_long,
            info as c_long,
            left as c_long,
            size_of::<Set>() as c_long,
            0,
            0,
        ];
        let stops = freeze::interruptions();
        // SAFETY: the set and the limit are live, the information is null or live by the caller's promise.
        let result = unsafe { raw::system_call(libc::SYS_rt_sigtimedwait, arguments) } as c_int;
        if result != -libc::EINTR || stops == freeze::interruptions() {
            return result;
        }
        limit = limit.map(|limit| less(limit, begun.elapsed()));
    }
}

/// A limit, less what has passed of it.
fn less(limit: libc::timespec, passed: Duration) -> libc::timespec {
    let limit = Duration::new(limit.tv_sec as u64, limit.tv_nsec as u32);
    let left = limit.saturating_sub(passed);
    libc::timespec {
        tv_sec: left.as_secs() as libc::time_t,
        tv_nsec: left.subsec_nanos().into(),
    }
}
