//! Waits until a descriptor is ready.

use std::ffi::c_int;

use libc::{epoll_event, fd_set, nfds_t, pollfd, sigset_t, timespec, timeval};

use super::limit::pointer;
use super::{Limit, next, repeat};

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn poll(fds: *mut pollfd, count: nfds_t, time: c_int) -> c_int {
    let next = next!(poll(*mut pollfd, nfds_t, c_int) -> c_int);
    let call = |time| {
        // SAFETY: the caller keeps the function's contract.
        unsafe { next(fds, count, time) }
    };
    with_millis(time, call)
}

/// `poll` in a program that checks the sizes of its buffers.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn __poll_chk(
    fds: *mut pollfd,
    count: nfds_t,
    time: c_int,
    size: usize,
) -> c_int {
    let next = next!(__poll_chk(*mut pollfd, nfds_t, c_int, usize) -> c_int);
    let call = |time| {
        // SAFETY: the caller keeps the function's contract.
        unsafe { next(fds, count, time, size) }
    };
    with_millis(time, call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn ppoll(
    fds: *mut pollfd,
    count: nfds_t,
    time: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    let next = next!(ppoll(*mut pollfd, nfds_t, *const timespec, *const sigset_t) -> c_int);
    // SAFETY: the caller keeps the function's contract.
    unsafe { with_timespec(time, |time| next(fds, count, time, mask)) }
}

/// `ppoll` in a program that checks the sizes of its buffers.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn __ppoll_chk(
    fds: *mut pollfd,
    count: nfds_t,
    time: *const timespec,
    mask: *const sigset_t,
    size: usize,
) -> c_int {
    let next =
        next!(__ppoll_chk(*mut pollfd, nfds_t, *const timespec, *const sigset_t, usize) -> c_int);
    // SAFETY: the caller keeps the function's contract.
    unsafe { with_timespec(time, |time| next(fds, count, time, mask, size)) }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn select(
    count: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    time: *mut timeval,
) -> c_int {
    let next = next!(select(c_int, *mut fd_set, *mut fd_set, *mut fd_set, *mut timeval) -> c_int);
    // SAFETY: the caller keeps the function's contract. The kernel writes what is left of the time, and leaves the sets alone
    // when a signal ends the call.
    unsafe {
        let limit = Limit::timeval(time);
        repeat(|again| {
            if let Some(left) = limit.left_timeval().filter(|_| again) {
                *time = left;
            }
            next(count, read, write, except, time)
        })
    }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn pselect(
    count: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    time: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    let next = next!(
        pselect(
            c_int,
            *mut fd_set,
            *mut fd_set,
            *mut fd_set,
            *const timespec,
            *const sigset_t,
        ) -> c_int
    );
    // SAFETY: the caller keeps the function's contract.
    unsafe { with_timespec(time, |time| next(count, read, write, except, time, mask)) }
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn epoll_wait(
    epoll: c_int,
    events: *mut epoll_event,
    most: c_int,
    time: c_int,
) -> c_int {
    let next = next!(epoll_wait(c_int, *mut epoll_event, c_int, c_int) -> c_int);
    let call = |time| {
        // SAFETY: the caller keeps the function's contract.
        unsafe { next(epoll, events, most, time) }
    };
    with_millis(time, call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn epoll_pwait(
    epoll: c_int,
    events: *mut epoll_event,
    most: c_int,
    time: c_int,
    mask: *const sigset_t,
) -> c_int {
    let next = next!(epoll_pwait(c_int, *mut epoll_event, c_int, c_int, *const sigset_t) -> c_int);
    let call = |time| {
        // SAFETY: the caller keeps the function's contract.
        unsafe { next(epoll, events, most, time, mask) }
    };
    with_millis(time, call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn epoll_pwait2(
    epoll: c_int,
    events: *mut epoll_event,
    most: c_int,
    time: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    let next = next!(
        epoll_pwait2(c_int, *mut epoll_event, c_int, *const timespec, *const sigset_t) -> c_int
    );
    // SAFETY: the caller keeps the function's contract.
    unsafe { with_timespec(time, |time| next(epoll, events, most, time, mask)) }
}

fn with_millis(time: c_int, mut call: impl FnMut(c_int) -> c_int) -> c_int {
    // Most callers either wait for ever or do not wait at all.
    let limit = (time > 0).then(|| Limit::millis(time));
    repeat(|again| match limit {
        Some(limit) if again => call(limit.left_millis()),
        _ => call(time),
    })
}

/// # Safety
///
/// The time can be read, if it is not null.
pub(super) unsafe fn with_timespec<R: PartialEq + From<i8>>(
    time: *const timespec,
    mut call: impl FnMut(*const timespec) -> R,
) -> R {
    // SAFETY: by the caller's promise.
    let limit = unsafe { Limit::timespec(time) };
    repeat(|again| match limit.left_timespec() {
        left @ Some(_) if again => call(pointer(&left)),
        _ => call(time),
    })
}
