//! Sleeps, which an interrupt of the user ends, too.

use std::ffi::{c_int, c_long, c_uint};
use std::time::Duration;

use libc::{clockid_t, timespec};

use super::Interruptions;
use super::limit::{Limit, duration, timespec as spec};
use crate::{interrupt, raw};

/// How a sleep ends that a signal has ended.
const INTERRUPTED: c_int = -libc::EINTR;

/// `clock_nanosleep(2)`, which returns zero or a negative error number, and what was left when a signal ended it.
///
/// # Safety
///
/// The time can be read.
unsafe fn slept(clock: clockid_t, flags: c_int, time: *const timespec) -> (c_int, timespec) {
    // SAFETY: by the caller's promise.
    let mut time = unsafe { *time };
    let mut left = time;
    // Who waits for a point in time, or until a processor has worked for some time, has it from the kernel what is left.
    let follows_us = flags & libc::TIMER_ABSTIME == 0
        && matches!(
            clock,
            libc::CLOCK_REALTIME | libc::CLOCK_MONOTONIC | libc::CLOCK_BOOTTIME
        );
    let limit = Limit::after(follows_us.then(|| duration(&time)).flatten());
    loop {
        let before = Interruptions::so_far();
        let arguments = [
            clock.into(),
            flags.into(),
            &raw const time as c_long,
            &raw mut left as c_long,
            0,
            0,
        ];
        // SAFETY: both times are live variables.
        let result = unsafe { raw::system_call(libc::SYS_clock_nanosleep, arguments) } as c_int;
        if result != INTERRUPTED || !before.has_more() {
            return (result, left);
        }
        if flags & libc::TIMER_ABSTIME == 0 {
            time = limit.left_timespec().unwrap_or(left);
        }
    }
}

/// The same, for who sleeps again for what is left: an interrupt of the user has let the time pass.
///
/// # Safety
///
/// As for `clock_nanosleep(2)`.
unsafe fn sleep_until_asked(
    clock: clockid_t,
    flags: c_int,
    time: *const timespec,
    left: *mut timespec,
) -> c_int {
    // SAFETY: by the caller's promise.
    let (result, rest) = unsafe { slept(clock, flags, time) };
    if result != INTERRUPTED {
        return result;
    }
    if interrupt::is_requested() {
        return 0;
    }
    if !left.is_null() && flags & libc::TIMER_ABSTIME == 0 {
        // SAFETY: by the caller's promise.
        unsafe { *left = rest };
    }
    result
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    time: *const timespec,
    left: *mut timespec,
) -> c_int {
    // SAFETY: the caller keeps clock_nanosleep's contract.
    -unsafe { sleep_until_asked(clock, flags, time, left) }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn nanosleep(time: *const timespec, left: *mut timespec) -> c_int {
    // SAFETY: the caller keeps nanosleep's contract.
    let result = unsafe { sleep_until_asked(libc::CLOCK_MONOTONIC, 0, time, left) };
    raw::returned(result.into()) as c_int
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn thrd_sleep(time: *const timespec, left: *mut timespec) -> c_int {
    // SAFETY: the caller keeps thrd_sleep's contract.
    match unsafe { sleep_until_asked(libc::CLOCK_REALTIME, 0, time, left) } {
        0 => 0,
        INTERRUPTED => -1,
        _ => -2,
    }
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn usleep(micros: c_uint) -> c_int {
    let time = spec(Duration::from_micros(micros.into()));
    // SAFETY: the time is a live variable.
    let (result, _) = unsafe { slept(libc::CLOCK_MONOTONIC, 0, &time) };
    raw::returned(result.into()) as c_int
}

#[unsafe(no_mangle)]
pub(crate) extern "C" fn sleep(seconds: c_uint) -> c_uint {
    let time = spec(Duration::from_secs(seconds.into()));
    // SAFETY: the time is a live variable.
    let (result, left) = unsafe { slept(libc::CLOCK_MONOTONIC, 0, &time) };
    match result {
        INTERRUPTED => left.tv_sec as c_uint + c_uint::from(left.tv_nsec >= 500_000_000),
        _ => 0,
    }
}
