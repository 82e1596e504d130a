//! Calls of sockets, which wait for as long as an option of the socket says.

use std::ffi::{c_int, c_uint, c_void};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use libc::{iovec, mmsghdr, msghdr, pollfd, sockaddr, socklen_t, timespec};

use super::{Interruptions, complete, is_interrupted, next, ready};
use crate::raw;

/// Whether any socket has a time limit. Where none has, no call needs to know when it began.
static ARE_LIMITED: AtomicBool = AtomicBool::new(false);

/// What a call waits for.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    In,
    Out,
}

impl Direction {
    /// Waits until the socket may be ready, as long as a call that began at `start` may wait. `false` if that time is over.
    fn wait(self, fd: c_int, start: Option<Instant>) -> bool {
        let (option, events) = match self {
            Self::In => (libc::SO_RCVTIMEO, libc::POLLIN),
            Self::Out => (libc::SO_SNDTIMEO, libc::POLLOUT),
        };
        let Some(limit) = limit(fd, option) else {
            return true;
        };
        let passed = start.map_or(Duration::ZERO, |start| start.elapsed());
        let left = limit.saturating_sub(passed).as_nanos().div_ceil(1_000_000);
        let mut polled = pollfd {
            fd,
            events,
            revents: 0,
        };
        // SAFETY: the structure is live.
        unsafe { ready::poll(&mut polled, 1, c_int::try_from(left).unwrap_or(c_int::MAX)) != 0 }
    }
}

/// The time limit of a socket for one direction, if it has one.
fn limit(fd: c_int, option: c_int) -> Option<Duration> {
    let mut time = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    let mut len = size_of::<libc::timeval>() as socklen_t;
    // SAFETY: the kernel writes no more than there is room for.
    let result = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            option,
            (&raw mut time).cast(),
            &mut len,
        )
    };
    let limit =
        Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64);
    (result == 0 && !limit.is_zero()).then_some(limit)
}

/// Makes a call of a descriptor that may be a socket's, again and again as long as stops end it; when the time is over,
/// `late` is the error.
pub(super) fn repeat_on<R: PartialEq + From<i8>>(
    fd: c_int,
    direction: Direction,
    late: c_int,
    mut call: impl FnMut() -> R,
) -> R {
    let start = ARE_LIMITED.load(Ordering::Relaxed).then(Instant::now);
    loop {
        let before = Interruptions::so_far();
        let result = call();
        if !is_interrupted(&result, before) {
            return result;
        }
        if !direction.wait(fd, start) {
            raw::set_errno(late);
            return R::from(-1);
        }
    }
}

/// What a message has behind so many bytes, up to the end of one of its parts.
///
/// # Safety
///
/// There are so many parts, which live as long as the caller needs what is returned.
pub(super) unsafe fn rest(
    parts: *const iovec,
    count: usize,
    mut done: usize,
) -> (*mut c_void, usize) {
    for index in 0..count {
        // SAFETY: by the caller's promise.
        let part = unsafe { &*parts.add(index) };
        if done < part.iov_len {
            return (part.iov_base.wrapping_byte_add(done), part.iov_len - done);
        }
        done -= part.iov_len;
    }
    (std::ptr::null_mut(), 0)
}

/// # Safety
///
/// As for [`rest`].
pub(super) unsafe fn len(parts: *const iovec, count: usize) -> usize {
    // SAFETY: by the caller's promise.
    (0..count)
        .map(|index| unsafe { (*parts.add(index)).iov_len })
        .sum()
}

/// Whether a descriptor waits until it can do what it was asked for.
pub(super) fn blocks(fd: c_int) -> bool {
    // SAFETY: F_GETFL takes no further argument.
    unsafe { libc::fcntl(fd, libc::F_GETFL) & libc::O_NONBLOCK == 0 }
}

fn sends_all(fd: c_int, flags: c_int) -> bool {
    flags & libc::MSG_DONTWAIT == 0 && blocks(fd)
}

fn fills(flags: c_int) -> bool {
    flags & libc::MSG_WAITALL != 0
}

/// Makes a call with each of these arguments as they are, and again as long as stops end it.
macro_rules! on_socket {
    ($($direction:ident, $late:ident: fn $name:ident($fd:ident: c_int $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C-unwind" fn $name($fd: c_int $(, $argument: $type)*) -> $result {
            let next = next!($name(c_int $(, $type)*) -> $result);
            // SAFETY: the caller keeps the function's contract.
            repeat_on($fd, Direction::$direction, libc::$late, || unsafe { next($fd $(, $argument)*) })
        }
    )*};
}

on_socket! {
    In, EAGAIN: fn accept(fd: c_int, address: *mut sockaddr, len: *mut socklen_t) -> c_int;
    In, EAGAIN: fn accept4(fd: c_int, address: *mut sockaddr, len: *mut socklen_t, flags: c_int) -> c_int;
    Out, EINPROGRESS: fn connect(fd: c_int, address: *const sockaddr, len: socklen_t) -> c_int;
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn recv(
    fd: c_int,
    bytes: *mut c_void,
    len: usize,
    flags: c_int,
) -> isize {
    let next = next!(recv(c_int, *mut c_void, usize, c_int) -> isize);
    let call = |done| {
        // SAFETY: the caller keeps the function's contract, and less is done than there is room for.
        let call = || unsafe { next(fd, bytes.byte_add(done), len - done, flags) };
        repeat_on(fd, Direction::In, libc::EAGAIN, call)
    };
    complete(len, || fills(flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn recvfrom(
    fd: c_int,
    bytes: *mut c_void,
    len: usize,
    flags: c_int,
    address: *mut sockaddr,
    address_len: *mut socklen_t,
) -> isize {
    let next =
        next!(recvfrom(c_int, *mut c_void, usize, c_int, *mut sockaddr, *mut socklen_t) -> isize);
    let call = |done| {
        // SAFETY: the caller keeps the function's contract, and less is done than there is room for.
        let call = || unsafe {
            next(
                fd,
                bytes.byte_add(done),
                len - done,
                flags,
                address,
                address_len,
            )
        };
        repeat_on(fd, Direction::In, libc::EAGAIN, call)
    };
    complete(len, || fills(flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn recvmsg(
    fd: c_int,
    message: *mut msghdr,
    flags: c_int,
) -> isize {
    let next = next!(recvmsg(c_int, *mut msghdr, c_int) -> isize);
    // SAFETY: the caller keeps the function's contract.
    let (parts, count) = unsafe { ((*message).msg_iov, (*message).msg_iovlen) };
    let call = |done| match done {
        // SAFETY: the caller keeps the function's contract.
        0 => repeat_on(fd, Direction::In, libc::EAGAIN, || unsafe {
            next(fd, message, flags)
        }),
        // SAFETY: the same.
        _ => unsafe {
            let (bytes, len) = rest(parts, count, done);
            recv(fd, bytes, len, flags)
        },
    };
    // SAFETY: the caller keeps the function's contract.
    complete(unsafe { len(parts, count) }, || fills(flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn send(
    fd: c_int,
    bytes: *const c_void,
    len: usize,
    flags: c_int,
) -> isize {
    let next = next!(send(c_int, *const c_void, usize, c_int) -> isize);
    let call = |done| {
        // SAFETY: the caller keeps the function's contract, and less is done than there is.
        let call = || unsafe { next(fd, bytes.byte_add(done), len - done, flags) };
        repeat_on(fd, Direction::Out, libc::EAGAIN, call)
    };
    complete(len, || sends_all(fd, flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn sendto(
    fd: c_int,
    bytes: *const c_void,
    len: usize,
    flags: c_int,
    address: *const sockaddr,
    address_len: socklen_t,
) -> isize {
    let next =
        next!(sendto(c_int, *const c_void, usize, c_int, *const sockaddr, socklen_t) -> isize);
    let call = |done| {
        // SAFETY: the caller keeps the function's contract, and less is done than there is.
        let call = || unsafe {
            next(
                fd,
                bytes.byte_add(done),
                len - done,
                flags,
                address,
                address_len,
            )
        };
        repeat_on(fd, Direction::Out, libc::EAGAIN, call)
    };
    complete(len, || sends_all(fd, flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn sendmsg(
    fd: c_int,
    message: *const msghdr,
    flags: c_int,
) -> isize {
    let next = next!(sendmsg(c_int, *const msghdr, c_int) -> isize);
    // SAFETY: the caller keeps the function's contract.
    let (parts, count) = unsafe { ((*message).msg_iov, (*message).msg_iovlen) };
    let call = |done| match done {
        // SAFETY: the caller keeps the function's contract.
        0 => repeat_on(fd, Direction::Out, libc::EAGAIN, || unsafe {
            next(fd, message, flags)
        }),
        // SAFETY: the same. What comes with a message went with its first byte.
        _ => unsafe {
            let (bytes, len) = rest(parts, count, done);
            send(fd, bytes, len, flags)
        },
    };
    // SAFETY: the caller keeps the function's contract.
    complete(unsafe { len(parts, count) }, || sends_all(fd, flags), call)
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn recvmmsg(
    fd: c_int,
    messages: *mut mmsghdr,
    count: c_uint,
    flags: c_int,
    time: *mut timespec,
) -> c_int {
    let next = next!(recvmmsg(c_int, *mut mmsghdr, c_uint, c_int, *mut timespec) -> c_int);
    let call = |done: usize| {
        // SAFETY: the caller keeps the function's contract, and fewer are done than there is room for.
        let call = || unsafe { next(fd, messages.add(done), count - done as c_uint, flags, time) };
        repeat_on(fd, Direction::In, libc::EAGAIN, call) as isize
    };
    let waits_for_all = flags & (libc::MSG_WAITFORONE | libc::MSG_DONTWAIT) == 0;
    complete(count as usize, || waits_for_all && blocks(fd), call) as c_int
}

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn sendmmsg(
    fd: c_int,
    messages: *mut mmsghdr,
    count: c_uint,
    flags: c_int,
) -> c_int {
    let next = next!(sendmmsg(c_int, *mut mmsghdr, c_uint, c_int) -> c_int);
    let call = |done: usize| {
        // SAFETY: the caller keeps the function's contract, and fewer are done than there are.
        let call = || unsafe { next(fd, messages.add(done), count - done as c_uint, flags) };
        repeat_on(fd, Direction::Out, libc::EAGAIN, call) as isize
    };
    complete(count as usize, || sends_all(fd, flags), call) as c_int
}

/// `setsockopt(2)`, which is only looked at.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn setsockopt(
    fd: c_int,
    level: c_int,
    name: c_int,
    value: *const c_void,
    len: socklen_t,
) -> c_int {
    let next = next!(setsockopt(c_int, c_int, c_int, *const c_void, socklen_t) -> c_int);
    if level == libc::SOL_SOCKET && matches!(name, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO) {
        ARE_LIMITED.store(true, Ordering::Relaxed);
    }
    // SAFETY: the caller keeps the function's contract.
    unsafe { next(fd, level, name, value, len) }
}
