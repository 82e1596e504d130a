//! Calls of the system for a moment in which nothing may allocate or wait for a lock, since a stopped thread may hold it.
//! The C library's own functions are used where they do nothing but enter the kernel and no export stands before them.

use std::ffi::{c_int, c_long};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::raw;

/// The descriptor that a call has returned.
///
/// # Safety
///
/// If it is one, it is new and nobody else's.
pub(super) unsafe fn owned(result: c_int) -> Option<OwnedFd> {
    // SAFETY: by the caller's promise.
    (result >= 0).then(|| unsafe { OwnedFd::from_raw_fd(result) })
}

/// `open(2)`; the path ends with a NUL byte.
pub(super) fn open(path: &[u8], flags: c_int) -> Option<OwnedFd> {
    debug_assert!(path.contains(&0));
    let arguments = [
        libc::AT_FDCWD.into(),
        path.as_ptr() as c_long,
        flags.into(),
        0,
        0,
        0,
    ];
    // SAFETY: the path is a C string, and the descriptor is new.
    unsafe { owned(raw::system_call(libc::SYS_openat, arguments) as c_int) }
}

/// `read(2)`; nothing after a failure, as at the end.
pub(super) fn read(file: &OwnedFd, buffer: &mut [u8]) -> usize {
    usize::try_from(raw::read(file.as_raw_fd(), buffer)).unwrap_or_default()
}

/// `fstat(2)`.
pub(super) fn stat(fd: RawFd) -> Option<libc::stat> {
    // SAFETY: a zeroed stat is valid, and fstat fills it if the descriptor is open.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(fd, &mut stat) == 0).then_some(stat)
    }
}

/// `fcntl(2)` with a number.
pub(super) fn control(fd: RawFd, command: c_int, argument: c_int) -> c_int {
    // SAFETY: none of the commands that are used here takes a pointer.
    unsafe { libc::fcntl(fd, command, argument) }
}

/// What a descriptor is ready for, of `events` and what is always reported.
pub(super) fn poll(fd: RawFd, events: i16) -> i16 {
    let mut polled = libc::pollfd {
        fd,
        events,
        revents: 0,
    };
    let at_once = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let arguments = [
        &raw mut polled as c_long,
        1,
        &raw const at_once as c_long,
        0,
        0,
        0,
    ];
    // SAFETY: both structures live during the call.
    unsafe { raw::system_call(libc::SYS_ppoll, arguments) };
    polled.revents
}

/// An option of a socket that is a number.
pub(super) fn option(fd: RawFd, level: c_int, name: c_int) -> Option<c_int> {
    let mut value: c_int = 0;
    let mut len = size_of::<c_int>() as libc::socklen_t;
    // SAFETY: the value has the size that is passed along.
    let result = unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &mut len) };
    (result == 0).then_some(value)
}

/// Sets an option of a socket that is a number.
pub(super) fn set_option(fd: RawFd, level: c_int, name: c_int, value: c_int) {
    let len = size_of::<c_int>() as libc::socklen_t;
    let arguments = [
        fd.into(),
        level.into(),
        name.into(),
        &raw const value as c_long,
        len.into(),
        0,
    ];
    // SAFETY: the value has the size that is passed along.
    unsafe { raw::system_call(libc::SYS_setsockopt, arguments) };
}

/// Two new sockets that are connected to each other.
pub(super) fn socket_pair(kind: c_int) -> Option<[OwnedFd; 2]> {
    let mut ends = [-1; 2];
    // SAFETY: the array has two places; the descriptors are new.
    unsafe {
        let result = libc::socketpair(
            libc::AF_UNIX,
            kind | libc::SOCK_CLOEXEC,
            0,
            ends.as_mut_ptr(),
        );
        (result == 0).then(|| ends.map(|end| OwnedFd::from_raw_fd(end)))
    }
}
