//! The output socket: everything that the engine is told, in order.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ferrocell_wire::{CONTINUED, Header, Kind, MAX_PAYLOAD, MORE};

use crate::{cell, fallback, raw};

struct Output {
    socket: OwnedFd,
    /// Held while a frame is on its way, so that frames never mix.
    turn: Mutex<()>,
}

static OUTPUT: OnceLock<Output> = OnceLock::new();
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// From now on frames go to `socket`.
pub(crate) fn open(socket: OwnedFd) {
    let output = Output {
        socket,
        turn: Mutex::new(()),
    };
    assert!(
        OUTPUT.set(output).is_ok(),
        "the output socket is opened once"
    );
    IS_OPEN.store(true, Ordering::Relaxed);
    raw::call_in_children(close);
}

unsafe extern "C" fn close() {
    IS_OPEN.store(false, Ordering::Relaxed);
}

/// Whether writes are to become frames: not before [`open`], and not in a forked child, whose frames would mix with
/// ours.
pub(crate) fn is_open() -> bool {
    IS_OPEN.load(Ordering::Relaxed)
}

/// From now on this process, a copy of the one that opened the socket, sends to another.
pub(crate) fn replace(socket: OwnedFd) {
    if let Some(output) = OUTPUT.get() {
        raw::replace(output.socket.as_raw_fd(), socket);
    }
}

/// Sends one message of the calling thread, after what reached the pipes before it.
pub(crate) fn send(kind: Kind, detail: u32, token: u64, payload: &[u8]) {
    let Some(output) = OUTPUT.get().filter(|_| is_open()) else {
        return;
    };
    let header = Header {
        kind: kind as u32,
        len: 0,
        cell: cell::current(),
        token,
        thread: raw::thread_number(),
        detail,
    };
    let _turn = output.turn.lock().unwrap_or_else(PoisonError::into_inner);
    fallback::drain(|kind, bytes| {
        let header = Header {
            kind: kind as u32,
            detail: 0,
            token: 0,
            cell: cell::latest(),
            ..header
        };
        send_frame(output.socket.as_raw_fd(), header, bytes);
    });
    let mut rest = payload;
    let mut continued = 0;
    while rest.len() > MAX_PAYLOAD {
        let (part, behind) = rest.split_at(MAX_PAYLOAD);
        let detail = detail | MORE | continued;
        send_frame(output.socket.as_raw_fd(), Header { detail, ..header }, part);
        (rest, continued) = (behind, CONTINUED);
    }
    let detail = detail | continued;
    send_frame(output.socket.as_raw_fd(), Header { detail, ..header }, rest);
}

/// The system takes a frame as a whole or not at all. A thread that was stopped here, and goes on in a copy of the process
/// with another socket, sends it again there or has sent it before.
fn send_frame(socket: RawFd, header: Header, payload: &[u8]) {
    let head = Header {
        len: payload.len() as u32,
        ..header
    }
    .encode();
    while let Err(error) = send_whole(socket, &head, payload) {
        if error.kind() != io::ErrorKind::Interrupted {
            // Nobody listens any more: whatever this process still does is lost.
            raw::exit_now(0);
        }
    }
}

fn send_whole(socket: RawFd, head: &[u8], payload: &[u8]) -> io::Result<()> {
    let part = |bytes: &[u8]| libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    let mut parts = [part(head), part(payload)];
    // SAFETY: a zeroed msghdr is valid; the parts describe live slices that sendmsg only reads.
    let count = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len();
        libc::sendmsg(socket, &message, libc::MSG_NOSIGNAL)
    };
    if count < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
