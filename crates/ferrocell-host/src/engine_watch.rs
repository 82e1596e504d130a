//! Ends the process when the engine is gone, whatever the user's code is doing.

use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, Ordering};

use crate::raw;

static CONTROL: AtomicI32 = AtomicI32::new(-1);

/// Watches the control socket, which must stay open: the kernel signals when something happens to it.
pub(crate) fn begin(control: &UnixStream) {
    let control = control.as_raw_fd();
    CONTROL.store(control, Ordering::Relaxed);
    // SAFETY: the descriptor is open; the handler only does what a handler may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_event as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        libc::sigaction(libc::SIGIO, &action, std::ptr::null_mut());
        libc::fcntl(control, libc::F_SETOWN, libc::getpid());
        let flags = libc::fcntl(control, libc::F_GETFL);
        libc::fcntl(control, libc::F_SETFL, flags | libc::O_ASYNC);
    }
}

extern "C" fn on_event(_signal: libc::c_int) {
    if is_closed(CONTROL.load(Ordering::Relaxed)) {
        raw::exit_now(0);
    }
}

fn is_closed(control: RawFd) -> bool {
    let mut polled = libc::pollfd {
        fd: control,
        events: 0,
        revents: 0,
    };
    // SAFETY: one live entry is passed.
    unsafe {
        libc::poll(&mut polled, 1, 0) == 1 && polled.revents & (libc::POLLHUP | libc::POLLERR) != 0
    }
}
