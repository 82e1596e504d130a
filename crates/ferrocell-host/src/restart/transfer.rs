//! Reads and writes of any descriptor.

use std::ffi::c_int;

use super::sockets::{Direction, blocks, len, repeat_on, rest};
use super::{complete, next};
use crate::raw;

/// `write(2)`.
pub(crate) fn write(fd: c_int, bytes: &[u8]) -> isize {
    let call = |done| {
        let call = || raw::write(fd, &bytes[done..]);
        repeat_on(fd, Direction::Out, libc::EAGAIN, call)
    };
    complete(bytes.len(), || blocks(fd), call)
}

/// `writev(2)`.
///
/// # Safety
///
/// As for that call.
pub(crate) unsafe fn writev(fd: c_int, parts: *const libc::iovec, count: c_int) -> isize {
    let parts_count = usize::try_from(count).unwrap_or_default();
    let call = |done| match done {
        0 => {
            // SAFETY: the caller vouches for the call.
            let call = || unsafe { raw::writev(fd, parts, count) };
            repeat_on(fd, Direction::Out, libc::EAGAIN, call)
        }
        // SAFETY: the parts describe readable bytes.
        _ => unsafe {
            let (bytes, len) = rest(parts, parts_count, done);
            write(fd, std::slice::from_raw_parts(bytes.cast(), len))
        },
    };
    // SAFETY: the caller vouches for the parts.
    complete(unsafe { len(parts, parts_count) }, || blocks(fd), call)
}

/// `read(2)`.
pub(crate) fn read(fd: c_int, bytes: &mut [u8]) -> isize {
    let len = bytes.len();
    let call = |done: usize| {
        let call = || raw::read(fd, &mut bytes[done..]);
        repeat_on(fd, Direction::In, libc::EAGAIN, call)
    };
    complete(len, || is_random(fd), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn readv(
    fd: c_int,
    parts: *const libc::iovec,
    count: c_int,
) -> isize {
    let next = next!(readv(c_int, *const libc::iovec, c_int) -> isize);
    // SAFETY: the caller keeps the function's contract.
    repeat_on(fd, Direction::In, libc::EAGAIN, || unsafe {
        next(fd, parts, count)
    })
}

/// Whether this is a source of random numbers, the only file that a signal lets return less.
fn is_random(fd: c_int) -> bool {
    // SAFETY: a zeroed stat is valid, and fstat fills it if the descriptor is open.
    let stat = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        libc::fstat(fd, &mut stat);
        stat
    };
    let sources = [libc::makedev(1, 8), libc::makedev(1, 9)];
    stat.st_mode & libc::S_IFMT == libc::S_IFCHR && sources.contains(&stat.st_rdev)
}
