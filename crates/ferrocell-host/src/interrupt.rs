//! The request to stop the running cell, which arrives as SIGINT on the main thread.
//!
//! The signal also ends the system call in which a thread waits, so threads that are asked, too, are sent it in turn.

use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use crate::{cell, raw, roll};

/// How often the running cell was asked to stop.
static REQUESTS: AtomicU32 = AtomicU32::new(0);
/// A cell that still runs when it was asked so often may be waiting for its threads, so these are asked, too. The engine
/// asks about every 50 milliseconds, and ends the program after a second.
const FOR_THREADS: u32 = 10;
static WAKE: AtomicI32 = AtomicI32::new(-1);

/// Begins to listen.
pub(crate) fn listen() {
    // SAFETY: eventfd and sigaction are called with valid arguments; the handler only does what a handler may.
    unsafe {
        WAKE.store(
            libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK),
            Ordering::Relaxed,
        );
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_interrupt as *const () as usize;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
}

/// Gives this process, a copy of the one that began to listen, a descriptor of its own.
pub(crate) fn separate() {
    // SAFETY: the descriptor is new and ours.
    let own = unsafe { OwnedFd::from_raw_fd(libc::eventfd(0, libc::EFD_NONBLOCK)) };
    raw::replace(wake(), own);
    REQUESTS.store(0, Ordering::Relaxed);
    roll::clear();
}

extern "C" fn on_interrupt(signal: libc::c_int) {
    if raw::thread_number() != 0 {
        // This came from below, to end a system call, and has.
        return;
    }
    let requests = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
    raw::write(wake(), &1u64.to_ne_bytes());
    if requests >= FOR_THREADS {
        roll::signal(cell::running(), signal);
    }
}

/// A descriptor that is readable as long as a request stands.
pub(crate) fn wake() -> RawFd {
    WAKE.load(Ordering::Relaxed)
}

/// Whether the calling thread is asked to stop: the one that runs cells first, then those that work for the same cell.
pub(crate) fn is_requested() -> bool {
    match REQUESTS.load(Ordering::Relaxed) {
        0 => false,
        1..FOR_THREADS => raw::thread_number() == 0,
        _ => cell::current() == cell::running(),
    }
}

/// What the engine should know of the request: an addition to what it tells the user, or nothing.
pub(crate) fn note() -> String {
    match REQUESTS.load(Ordering::Relaxed) {
        0..FOR_THREADS => String::new(),
        _ => ", but those that this cell has started were asked to stop, too".to_owned(),
    }
}

/// Forgets a request, because the cell it was meant for has ended.
pub(crate) fn reset() {
    REQUESTS.store(0, Ordering::Relaxed);
    raw::read(wake(), &mut [0; 8]);
}
