//! Commands, and the sockets that may come with one.

use std::io::Read;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use ferrocell_wire::{Header, Kind};

use crate::raw;

/// What the engine asks for.
pub(crate) struct Command {
    /// What precedes the payload.
    pub(crate) header: Header,
    /// The payload.
    pub(crate) payload: String,
    /// The sockets that came along, for a snapshot: control and output.
    pub(crate) sockets: Option<(OwnedFd, OwnedFd)>,
}

/// The next command; `None` when the engine has hung up.
pub(crate) fn next(control: &mut UnixStream) -> Option<Command> {
    let mut head = [0; Header::SIZE];
    let (count, sockets) = receive(control, &mut head)?;
    control.read_exact(&mut head[count..]).ok()?;
    let header = Header::decode(&head);
    let mut payload = vec![0; header.len as usize];
    control.read_exact(&mut payload).ok()?;
    Some(Command {
        header,
        payload: String::from_utf8(payload).ok()?,
        sockets,
    })
}

/// Waits, in a copy of the process, for the word to take over; the number of the first question, or `None` when the engine
/// has hung up. No lock is taken and nothing allocated.
pub(crate) fn promotion(control: &impl AsRawFd) -> Option<u64> {
    let mut head = [0; Header::SIZE];
    let mut read = 0;
    while read < head.len() {
        match raw::read(control.as_raw_fd(), &mut head[read..]) {
            count @ 1.. => read += count as usize,
            _ => return None,
        }
    }
    let header = Header::decode(&head);
    (header.kind == Kind::Promote as u32).then_some(header.token)
}

/// Bytes, and what comes with the first of them.
fn receive(control: &UnixStream, buffer: &mut [u8]) -> Option<(usize, Option<(OwnedFd, OwnedFd)>)> {
    const SIZE: u32 = (2 * size_of::<RawFd>()) as u32;
    // Words, so that the control message is aligned.
    let mut space = [0_u64; 8];
    let mut part = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    loop {
        // SAFETY: a zeroed msghdr is valid; its parts describe live memory. A control message of this type and length
        // holds two descriptors, which are ours from then on.
        unsafe {
            let mut message: libc::msghdr = MaybeUninit::zeroed().assume_init();
            message.msg_iov = &raw mut part;
            message.msg_iovlen = 1;
            message.msg_control = space.as_mut_ptr().cast();
            message.msg_controllen = size_of_val(&space) as _;
            let count = libc::recvmsg(control.as_raw_fd(), &mut message, libc::MSG_CMSG_CLOEXEC);
            if count < 0
                && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
            {
                continue;
            }
            let count = usize::try_from(count).ok().filter(|count| *count > 0)?;
            let head = libc::CMSG_FIRSTHDR(&message);
            let has_sockets = !head.is_null()
                && (*head).cmsg_type == libc::SCM_RIGHTS
                && (*head).cmsg_len as usize == libc::CMSG_LEN(SIZE) as usize;
            let sockets = has_sockets.then(|| {
                let [control, output] = libc::CMSG_DATA(head).cast::<[RawFd; 2]>().read_unaligned();
                (OwnedFd::from_raw_fd(control), OwnedFd::from_raw_fd(output))
            });
            return Some((count, sockets));
        }
    }
}
