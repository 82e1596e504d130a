//! The symbols that the objects this process loads find here instead of in the C library, and those that the runtime
//! and the `nogil` crate look up by name.

use std::ffi::{c_int, c_long, c_void};
use std::hint::black_box;
use std::{ptr, slice};

use ferrocell_wire::Kind;

use crate::input::Answer;
use crate::restart::{
    __poll_chk, __ppoll_chk, accept, accept4, clock_nanosleep, connect, epoll_pwait, epoll_pwait2,
    epoll_wait, getrandom, msgrcv, msgsnd, nanosleep, pause, poll, ppoll, pselect, readv, recv,
    recvfrom, recvmmsg, recvmsg, select, sem_clockwait, sem_timedwait, semop, semtimedop, send,
    sendmmsg, sendmsg, sendto, setsockopt, sigsuspend, sleep, syscall, thrd_sleep, usleep,
};
use crate::{cell, input, interrupt, memory, output, raw, restart, signals, threads};

/// Takes the line that answers a question.
type Sink = unsafe extern "C" fn(context: *mut c_void, line: *const u8, len: usize);

/// Makes sure that the linker keeps the exports, which nothing else in the executable refers to.
pub(crate) fn keep() {
    macro_rules! addresses {
        ($($symbol:ident,)+) => { black_box([$($symbol as *const ()),+]) };
    }
    for_each_export!(addresses);
}

fn stream(fd: c_int) -> Option<Kind> {
    match fd {
        1 if output::is_open() => Some(Kind::Stdout),
        2 if output::is_open() => Some(Kind::Stderr),
        _ => None,
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, bytes: *const u8, len: usize) -> isize {
    let bytes = if len == 0 {
        // A datagram may be empty.
        &[]
    } else {
        // SAFETY: by write(2)'s contract the bytes are readable; the length is not zero, so the pointer is not null.
        unsafe { slice::from_raw_parts(bytes, len) }
    };
    let Some(kind) = stream(fd) else {
        if len <= size_of::<u64>() {
            // To an eventfd, perhaps, at which another thread waits.
            cell::hand_over();
        }
        return restart::write(fd, bytes);
    };
    if len == 0 {
        return 0;
    }
    if kind == Kind::Stderr {
        memory::look_at(bytes);
    }
    output::send(kind, 0, 0, bytes);
    len as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn writev(fd: c_int, parts: *const libc::iovec, count: c_int) -> isize {
    let Some(kind) = stream(fd) else {
        // SAFETY: the caller keeps writev's contract.
        return unsafe { restart::writev(fd, parts, count) };
    };
    let mut joined = Vec::new();
    for index in 0..usize::try_from(count).unwrap_or_default() {
        // SAFETY: by writev(2)'s contract there are `count` parts, each of which describes readable bytes.
        unsafe {
            let part = &*parts.add(index);
            if part.iov_len > 0 {
                joined.extend_from_slice(slice::from_raw_parts(
                    part.iov_base.cast::<u8>(),
                    part.iov_len,
                ));
            }
        }
    }
    output::send(kind, 0, 0, &joined);
    joined.len() as isize
}

#[unsafe(no_mangle)]
unsafe extern "C" fn read(fd: c_int, bytes: *mut u8, len: usize) -> isize {
    let bytes = if len == 0 {
        // This tells of errors, and takes an empty datagram.
        &mut []
    } else {
        // SAFETY: by read(2)'s contract the bytes are writable; the length is not zero, so the pointer is not null.
        unsafe { slice::from_raw_parts_mut(bytes, len) }
    };
    if fd == 0 && len > 0 && output::is_open() {
        input::read(bytes)
    } else {
        restart::read(fd, bytes)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    start: threads::Start,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the caller keeps pthread_create's contract.
    unsafe { threads::create(thread, attributes, start, argument) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_sigmask(
    how: c_int,
    set: *const libc::sigset_t,
    before: *mut libc::sigset_t,
) -> c_int {
    // SAFETY: the caller keeps pthread_sigmask's contract.
    unsafe { signals::mask(how, set, before) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sigprocmask(
    how: c_int,
    set: *const libc::sigset_t,
    before: *mut libc::sigset_t,
) -> c_int {
    // SAFETY: the caller keeps sigprocmask's contract.
    raw::returned(-c_long::from(unsafe { signals::mask(how, set, before) })) as c_int
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sigtimedwait(
    set: *const libc::sigset_t,
    info: *mut libc::siginfo_t,
    limit: *const libc::timespec,
) -> c_int {
    // SAFETY: the caller keeps sigtimedwait's contract.
    raw::returned(unsafe { signals::wait(set, info, limit) }.into()) as c_int
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sigwaitinfo(set: *const libc::sigset_t, info: *mut libc::siginfo_t) -> c_int {
    // SAFETY: the caller keeps sigwaitinfo's contract.
    raw::returned(unsafe { signals::wait(set, info, ptr::null()) }.into()) as c_int
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sigwait(set: *const libc::sigset_t, signal: *mut c_int) -> c_int {
    loop {
        // SAFETY: the caller keeps sigwait's contract.
        match unsafe { signals::wait(set, ptr::null_mut(), ptr::null()) } {
            // It does not fail for this reason.
            error if error == -libc::EINTR => {}
            error @ ..0 => return -error,
            taken => {
                // SAFETY: by the caller's promise.
                unsafe { *signal = taken };
                return 0;
            }
        }
    }
}

/// Sends a frame of the kind with this number; for the runtime.
#[unsafe(no_mangle)]
unsafe extern "C" fn ferrocell_send(kind: u32, detail: u32, bytes: *const u8, len: usize) {
    // SAFETY: the runtime passes a live slice.
    let bytes = unsafe { slice::from_raw_parts(bytes, len) };
    if let Some(kind) = Kind::from_number(kind) {
        output::send(kind, detail, 0, bytes);
    }
}

/// Asks the user for a line. Returns 0 when `sink` was called with it, 1 when nobody answers, 2 after an interrupt.
#[unsafe(no_mangle)]
unsafe extern "C" fn ferrocell_input(
    prompt: *const u8,
    len: usize,
    password: bool,
    sink: Sink,
    context: *mut c_void,
) -> c_int {
    let prompt = if len == 0 {
        &[]
    } else {
        // SAFETY: the caller passes a live slice.
        unsafe { slice::from_raw_parts(prompt, len) }
    };
    match input::ask(prompt, password) {
        Answer::Line(line) => {
            // SAFETY: the caller's own function and context; the line lives during the call.
            unsafe { sink(context, line.as_ptr(), line.len()) };
            0
        }
        Answer::EndOfInput => 1,
        Answer::Interrupted => 2,
    }
}

/// Whether the calling thread should stop, because the user interrupted the cell it works for.
#[unsafe(no_mangle)]
extern "C" fn ferrocell_interrupted() -> bool {
    interrupt::is_requested()
}

/// The cell that the calling thread works for.
#[unsafe(no_mangle)]
extern "C" fn ferrocell_cell() -> u64 {
    cell::current()
}

/// Lets the calling thread work for another cell. Returns what, passed to this function, gives it back.
#[unsafe(no_mangle)]
extern "C" fn ferrocell_work_for(cell: u64) -> u64 {
    cell::work_for(cell)
}
