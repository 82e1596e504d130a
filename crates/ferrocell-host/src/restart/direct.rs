//! Calls by number, through `syscall(2)`: so std waits for its locks, conditions and parked threads.

use std::ffi::{c_int, c_long};

use libc::timespec;

use super::{Interruptions, Limit};
use crate::{cell, raw, waits};

/// Where a call has a time limit that begins when the call does.
#[derive(Clone, Copy)]
enum Time {
    /// It has none, or the kernel itself writes what is left of it.
    Kept,
    /// Milliseconds, in the argument of this index.
    Millis(usize),
    /// A `timespec(3type)`, behind the argument of this index.
    Timespec(usize),
}

impl Time {
    fn of(number: c_long, arguments: &[c_long; 6]) -> Self {
        match number {
            libc::SYS_futex if arguments[1] as c_int & libc::FUTEX_CMD_MASK == libc::FUTEX_WAIT => {
                Self::Timespec(3)
            }
            libc::SYS_epoll_pwait => Self::Millis(3),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_epoll_wait => Self::Millis(3),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_poll => Self::Millis(2),
            libc::SYS_nanosleep => Self::Timespec(0),
            libc::SYS_clock_nanosleep if arguments[1] as c_int & libc::TIMER_ABSTIME == 0 => {
                Self::Timespec(2)
            }
            libc::SYS_rt_sigtimedwait => Self::Timespec(2),
            libc::SYS_semtimedop | libc::SYS_epoll_pwait2 => Self::Timespec(3),
            libc::SYS_io_getevents => Self::Timespec(4),
            _ => Self::Kept,
        }
    }
}

/// `syscall(2)`.
///
/// It is variadic in C, which stable Rust cannot define. On the architectures of this crate a variadic call with integer
/// arguments passes them where a plain one does; those that the caller left out hold anything, which the kernel ignores.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn syscall(
    number: c_long,
    first: c_long,
    second: c_long,
    third: c_long,
    fourth: c_long,
    fifth: c_long,
    sixth: c_long,
) -> c_long {
    if number == libc::SYS_futex {
        cell::hand_over();
    }
    let mut arguments = [first, second, third, fourth, fifth, sixth];
    let time = Time::of(number, &arguments);
    let limit = match time {
        Time::Kept => Limit::after(None),
        Time::Millis(index) => Limit::millis(arguments[index] as c_int),
        // SAFETY: the caller keeps the contract of the call that it makes.
        Time::Timespec(index) => unsafe { Limit::timespec(arguments[index] as *const timespec) },
    };
    let mut left;
    loop {
        let before = Interruptions::so_far();
        // SAFETY: the caller keeps the contract of the call that it makes.
        let result = unsafe { raw::system_call(number, arguments) };
        if result != waits::INTERRUPTED {
            return raw::returned(result);
        }
        if number == libc::SYS_futex && waits::end(second as c_int) {
            return 0;
        }
        if !before.has_more() {
            return raw::returned(result);
        }
        match time {
            Time::Millis(index) => arguments[index] = limit.left_millis().into(),
            Time::Timespec(index) if arguments[index] != 0 => {
                if let Some(time) = limit.left_timespec() {
                    left = time;
                    arguments[index] = &raw const left as c_long;
                }
            }
            Time::Kept | Time::Timespec(_) => {}
        }
    }
}
