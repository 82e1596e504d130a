//! The engine's ends of the sockets of a process that sleeps, and the way in which the other ends get there.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use ferrocell_wire::MAX_PAYLOAD;

/// Names a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark(pub(crate) u64);

/// A snapshot that has taken over.
#[derive(Clone, Debug)]
pub(crate) struct Promoted {
    /// Which one.
    pub(crate) mark: Mark,
    /// The pipes and sockets of the user's code that it does not have, each without an article.
    pub(crate) lost_connections: Vec<String>,
    /// How many threads of the user's code go on in it.
    pub(crate) threads: u64,
    /// The names of those that do not.
    pub(crate) lost_threads: Vec<String>,
    /// The name of one more: the one that has ended the program, while no cell ran.
    pub(crate) culprit: Option<String>,
}

/// A copy of the process as it was before a cell. Dropping this ends the copy.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// Its name.
    pub(crate) mark: Mark,
    /// Its control socket.
    pub(crate) control: UnixStream,
    /// Its output.
    pub(crate) output: File,
    /// How many libraries it has loaded.
    pub(crate) loaded: usize,
}

/// A connected pair of sockets for output: the engine's, and the process's. Each frame is a packet, so none is ever torn.
pub(super) fn output_pair() -> io::Result<(File, OwnedFd)> {
    /// Enough for the longest frame.
    static BUFFER: libc::c_int = 4 * MAX_PAYLOAD as libc::c_int;
    let mut ends = [0; 2];
    let kind = libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC;
    // SAFETY: the array has room for two descriptors, which are new and ours; the option is a live number.
    unsafe {
        if libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        let [here, there] = ends.map(|end| OwnedFd::from_raw_fd(end));
        libc::setsockopt(
            there.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_SNDBUF,
            (&raw const BUFFER).cast(),
            size_of_val(&BUFFER) as libc::socklen_t,
        );
        Ok((here.into(), there))
    }
}

/// Sends a command that makes the process copy itself before it does anything else.
pub(crate) fn request(
    control: &UnixStream,
    command: &[u8],
    mark: Mark,
    loaded: usize,
) -> io::Result<Snapshot> {
    let (its_control, control_there) = UnixStream::pair()?;
    let (its_output, output_there) = output_pair()?;
    let there = [control_there.as_raw_fd(), output_there.as_raw_fd()];
    send_with_sockets(control, command, there)?;
    Ok(Snapshot {
        mark,
        control: its_control,
        output: its_output,
        loaded,
    })
}

fn send_with_sockets(control: &UnixStream, bytes: &[u8], sockets: [RawFd; 2]) -> io::Result<()> {
    const SIZE: u32 = size_of::<[libc::c_int; 2]>() as u32;
    // Words, so that the control message is aligned.
    let mut space = [0_u64; 8];
    let mut part = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: a zeroed msghdr is valid; its parts describe live memory, of which the space holds a control message with
    // two descriptors. sendmsg only reads.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = space.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(SIZE) as _;
        let head = libc::CMSG_FIRSTHDR(&message);
        (*head).cmsg_level = libc::SOL_SOCKET;
        (*head).cmsg_type = libc::SCM_RIGHTS;
        (*head).cmsg_len = libc::CMSG_LEN(SIZE) as _;
        libc::CMSG_DATA(head)
            .cast::<[libc::c_int; 2]>()
            .write_unaligned(sockets);
        libc::sendmsg(control.as_raw_fd(), &message, libc::MSG_NOSIGNAL)
    };
    let sent = usize::try_from(sent).map_err(|_| io::Error::last_os_error())?;
    io::Write::write_all(&mut &*control, &bytes[sent..])
}
