//! System calls that end early because their thread was stopped for a copy: they are made again, for the time that is left.
//!
//! The kernel itself does that for most calls. `signal(7)` lists those for which it does not: waits for readiness, sleeps,
//! waits for signals, System V's queues, and sockets with a time limit. Those are exported here, and behave as if the thread
//! had not been stopped; so do calls that would have returned less than they were asked for. A call that another signal has
//! ended, as an interrupt of the user does, ends as ever.
//!
//! A time limit counts from the first call on, by the clock that does not jump. That one goes on while a copy sleeps, so
//! what was to end meanwhile ends when the copy takes over, as in a process that was stopped.

mod direct;
mod limit;
mod queues;
mod random;
mod ready;
mod signals;
mod sleep;
mod sockets;
mod transfer;

pub(crate) use direct::syscall;
pub(crate) use queues::{msgrcv, msgsnd, sem_clockwait, sem_timedwait, semop, semtimedop};
pub(crate) use random::getrandom;
pub(crate) use ready::{
    __poll_chk, __ppoll_chk, epoll_pwait, epoll_pwait2, epoll_wait, poll, ppoll, pselect, select,
};
pub(crate) use signals::{pause, sigsuspend};
pub(crate) use sleep::{clock_nanosleep, nanosleep, sleep, thrd_sleep, usleep};
pub(crate) use sockets::{
    accept, accept4, connect, recv, recvfrom, recvmmsg, recvmsg, send, sendmmsg, sendmsg, sendto,
    setsockopt,
};
pub(crate) use transfer::{read, readv, write, writev};

use limit::Limit;

use crate::{freeze, interrupt, raw};

/// The C library's function of this name, which one of ours stands before.
macro_rules! next {
    ($name:ident($($type:ty),* $(,)?) -> $result:ty) => {{
        static NEXT: crate::raw::Next = crate::raw::Next::new(stringify!($name));
        // SAFETY: this is the C library's function, whose signature this is. A thread may be cancelled in it.
        unsafe {
            std::mem::transmute::<
                *mut std::ffi::c_void,
                unsafe extern "C-unwind" fn($($type),*) -> $result,
            >(NEXT.address())
        }
    }};
}

/// Defines functions whose call is simply made again.
macro_rules! repeated {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        #[unsafe(no_mangle)]
        pub(crate) unsafe extern "C-unwind" fn $name($($argument: $type),*) -> $result {
            let next = $crate::restart::next!($name($($type),*) -> $result);
            // SAFETY: the caller keeps the function's contract.
            $crate::restart::repeat(|_| unsafe { next($($argument),*) })
        }
    )*};
}

use {next, repeated};

/// Which calls a stop has ended.
#[derive(Clone, Copy)]
struct Interruptions(u32);

impl Interruptions {
    fn so_far() -> Self {
        Self(freeze::interruptions())
    }

    /// Whether a stop has ended a call since, and nobody asks the thread to end what it does.
    fn has_more(self) -> bool {
        freeze::interruptions() != self.0 && !interrupt::is_requested()
    }
}

/// Whether a result in the C library's manner says that a signal has ended the call, and that signal was a stop.
fn is_interrupted<R: PartialEq + From<i8>>(result: &R, before: Interruptions) -> bool {
    *result == R::from(-1) && raw::errno() == libc::EINTR && before.has_more()
}

/// Makes a call, again and again as long as stops end it. It learns whether it is made again.
fn repeat<R: PartialEq + From<i8>>(mut call: impl FnMut(bool) -> R) -> R {
    let mut again = false;
    loop {
        let before = Interruptions::so_far();
        let result = call(again);
        if !is_interrupted(&result, before) {
            return result;
        }
        again = true;
    }
}

/// Makes a call that may do less than it was asked for, and goes on behind what is done if a stop was the reason and
/// `is_whole` says that nothing else would have been. The call learns how much is done.
fn complete(
    len: usize,
    is_whole: impl Fn() -> bool,
    mut call: impl FnMut(usize) -> isize,
) -> isize {
    let stops = freeze::count();
    let mut done = 0;
    loop {
        let result = call(done);
        match usize::try_from(result) {
            Ok(count) if count > 0 => done += count,
            // What comes after a part was done, the next call tells.
            _ if done > 0 => return done as isize,
            _ => return result,
        }
        if done >= len || freeze::count() == stops || interrupt::is_requested() || !is_whole() {
            return done as isize;
        }
    }
}
