//! The pipes behind standard output and standard error.
//!
//! Child processes and the C library's own streams write past our exports, into pipes that the engine reads while
//! nothing else happens. Before each frame this process empties them itself, so that such output keeps its place among
//! the frames. Whoever reads a piece reports it before anything that was written later.

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::OnceLock;

use ferrocell_wire::{Kind, MAX_PAYLOAD};

use crate::raw;

static PIPES: OnceLock<[(Kind, OwnedFd); 2]> = OnceLock::new();

/// Takes the reading ends, which are in non-blocking mode.
pub(crate) fn open(stdout: OwnedFd, stderr: OwnedFd) {
    let pipes = [(Kind::Stdout, stdout), (Kind::Stderr, stderr)];
    assert!(PIPES.set(pipes).is_ok(), "the pipes are opened once");
}

/// Hands what is in the pipes to `report`.
pub(crate) fn drain(mut report: impl FnMut(Kind, &[u8])) {
    let Some(pipes) = PIPES.get() else { return };
    let mut polled = [0, 1].map(|index: usize| libc::pollfd {
        fd: pipes[index].1.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    });
    // SAFETY: the array is live and its length is passed along.
    if unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, 0) } <= 0 {
        return;
    }
    let mut buffer = [0; MAX_PAYLOAD / 4];
    for ((kind, pipe), polled) in pipes.iter().zip(polled) {
        if polled.revents & libc::POLLIN == 0 {
            continue;
        }
        while let Some(count) = usize::try_from(raw::read(pipe.as_raw_fd(), &mut buffer))
            .ok()
            .filter(|count| *count > 0)
        {
            report(*kind, &buffer[..count]);
        }
    }
}
