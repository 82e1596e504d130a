//! Waits for the handler of a signal.

use std::ffi::c_int;

use libc::sigset_t;

use super::repeated;

repeated! {
    fn pause() -> c_int;
    fn sigsuspend(mask: *const sigset_t) -> c_int;
}
