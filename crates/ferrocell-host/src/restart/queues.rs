//! Waits for semaphores and for System V's message queues.

use std::ffi::{c_int, c_long, c_void};

use libc::{clockid_t, sem_t, sembuf, timespec};

use super::ready::with_timespec;
use super::{next, repeated};

repeated! {
    // Their times are points in time.
    fn sem_timedwait(semaphore: *mut sem_t, time: *const timespec) -> c_int;
    fn sem_clockwait(semaphore: *mut sem_t, clock: clockid_t, time: *const timespec) -> c_int;
    fn semop(set: c_int, operations: *mut sembuf, count: usize) -> c_int;
    fn msgrcv(queue: c_int, message: *mut c_void, len: usize, kind: c_long, flags: c_int) -> isize;
    fn msgsnd(queue: c_int, message: *const c_void, len: usize, flags: c_int) -> c_int;
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn semtimedop(
    set: c_int,
    operations: *mut sembuf,
    count: usize,
    time: *const timespec,
) -> c_int {
    let next = next!(semtimedop(c_int, *mut sembuf, usize, *const timespec) -> c_int);
    // SAFETY: the caller keeps the function's contract.
    unsafe { with_timespec(time, |time| next(set, operations, count, time)) }
}
