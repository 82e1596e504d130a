//! Waits for the handler of a signal.

use std::ffi::c_int;

use libc::sigset_t;

use super::repeated;
use crate::raw;

repeated! {
    fn sigsuspend(mask: *const sigset_t) -> c_int;
}

/// `pause(2)`, as `sigsuspend(2)` with the signals that are blocked anyway. So one that comes when a stop has ended the wait,
/// and before it is made again, ends the wait.
#[unsafe(no_mangle)]
pub(crate) extern "C-unwind" fn pause() -> c_int {
    // SAFETY: a zeroed set is valid; both sets live during the calls.
    unsafe {
        let (mut all, mut mask): (sigset_t, sigset_t) = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut mask);
        let result = sigsuspend(&mask);
        let error = raw::errno();
        libc::pthread_sigmask(libc::SIG_SETMASK, &mask, std::ptr::null_mut());
        raw::set_errno(error);
        result
    }
}
