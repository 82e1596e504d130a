//! The request to stop the running cell, which arrives as SIGINT on the main thread, with the cell's number.
//!
//! The signal also ends the system call in which a thread waits, so threads that are asked, too, are sent it in turn.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};

use crate::{cell, raw, registry};

/// How often the running cell was asked to stop, while there is no runtime whose code looks for itself.
static OWN_REQUESTS: AtomicU32 = AtomicU32::new(0);
static REQUESTS: AtomicPtr<AtomicU32> = AtomicPtr::new((&raw const OWN_REQUESTS).cast_mut());
/// A cell that still runs when it was asked so often may be waiting for its threads, so these are asked, too. The engine
/// asks about every 50 milliseconds, and ends the program after a second.
const FOR_THREADS: u32 = 10;
static WAKE: AtomicI32 = AtomicI32::new(-1);
const WAKE_FLAGS: libc::c_int = libc::EFD_CLOEXEC | libc::EFD_NONBLOCK;

/// Begins to listen.
pub(crate) fn listen() -> io::Result<()> {
    // SAFETY: eventfd and sigaction are called with valid arguments; the handler only does what a handler may.
    unsafe {
        let wake = libc::eventfd(0, WAKE_FLAGS);
        if wake < 0 {
            return Err(io::Error::last_os_error());
        }
        WAKE.store(wake, Ordering::Relaxed);
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_interrupt as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
    Ok(())
}

/// From now on counts where the runtime's checkpoints look, if it is loaded.
pub(crate) fn find_checkpoints() {
    if let Ok(address) = raw::symbol(libc::RTLD_DEFAULT, "ferrocell_requests") {
        REQUESTS.store(address.cast(), Ordering::Relaxed);
    }
}

fn requests() -> &'static AtomicU32 {
    // SAFETY: it points to a static, our own or the runtime's, which has this type and is never unloaded.
    unsafe { &*REQUESTS.load(Ordering::Relaxed) }
}

/// Gives this process, a copy of the one that began to listen, a descriptor of its own.
pub(crate) fn separate() {
    let number = wake();
    // SAFETY: the number is ours. It is given back first, so that there is one for the new descriptor.
    unsafe {
        libc::close(number);
        let own = libc::eventfd(0, WAKE_FLAGS);
        if own >= 0 && own != number {
            raw::replace(number, OwnedFd::from_raw_fd(own));
        }
        // Without one, a wait looks from time to time.
        WAKE.store(if own < 0 { -1 } else { number }, Ordering::Relaxed);
    }
    requests().store(0, Ordering::Relaxed);
}

extern "C" fn on_interrupt(
    signal: libc::c_int,
    info: *const libc::siginfo_t,
    _context: *const libc::c_void,
) {
    if raw::thread_number() != 0 {
        // This came from below, to end a system call, and has.
        return;
    }
    // SAFETY: the system passes a live siginfo to a handler with SA_SIGINFO; what was queued has a value.
    let (is_ours, meant) = unsafe { ((*info).si_code == libc::SI_QUEUE, (*info).si_value()) };
    // What comes late, when its cell has ended, must not hit the next one.
    if is_ours && meant.sival_ptr.addr() as u64 != cell::running() {
        return;
    }
    let count = requests().fetch_add(1, Ordering::Relaxed) + 1;
    raw::write(wake(), &1u64.to_ne_bytes());
    if count >= FOR_THREADS {
        registry::signal(cell::running(), signal);
    }
}

/// A descriptor that is readable as long as a request stands.
pub(crate) fn wake() -> RawFd {
    WAKE.load(Ordering::Relaxed)
}

/// Whether the calling thread is asked to stop: the one that runs cells first, then those that work for the same cell.
pub(crate) fn is_requested() -> bool {
    match requests().load(Ordering::Relaxed) {
        0 => false,
        1..FOR_THREADS => raw::thread_number() == 0,
        // The main thread runs the cell also while it works for another, as when it calls another's callback.
        _ => raw::thread_number() == 0 || cell::current() == cell::running(),
    }
}

/// What the engine should know of the request: an addition to what it tells the user, or nothing.
pub(crate) fn note() -> String {
    match requests().load(Ordering::Relaxed) {
        0..FOR_THREADS => String::new(),
        _ => ", but those that this cell has started were asked to stop, too".to_owned(),
    }
}

/// Forgets a request, because the cell it was meant for has ended.
pub(crate) fn reset() {
    requests().store(0, Ordering::Relaxed);
    raw::read(wake(), &mut [0; 8]);
}
