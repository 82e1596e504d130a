//! Which Unix socket is at the other end of another: `sock_diag(7)` knows.

use std::os::fd::AsRawFd;

use super::calls;
use crate::raw;

/// `struct nlmsghdr` and `struct unix_diag_req`.
#[repr(C)]
struct Request {
    len: u32,
    kind: u16,
    flags: u16,
    sequence: u32,
    port: u32,
    family: u8,
    protocol: u8,
    padding: u16,
    states: u32,
    inode: u32,
    show: u32,
    cookie: [u32; 2],
}

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const UDIAG_SHOW_PEER: u32 = 4;
const UNIX_DIAG_PEER: u16 = 2;
const NO_COOKIE: u32 = u32::MAX;
/// `struct nlmsghdr` and `struct unix_diag_msg`, after which the attributes come.
const HEAD: usize = 16 + 16;

/// The inode of the socket that the one with this inode is connected to: zero if nobody has that one open, `None` if it
/// is not connected, or the kernel does not say.
pub(super) fn of(inode: u64) -> Option<u64> {
    let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
    // SAFETY: socket takes numbers; the descriptor is new.
    let netlink = unsafe {
        calls::owned(libc::socket(
            libc::AF_NETLINK,
            kind,
            libc::NETLINK_SOCK_DIAG,
        ))
    }?;
    let socket = netlink.as_raw_fd();
    let request = Request {
        len: size_of::<Request>() as u32,
        kind: SOCK_DIAG_BY_FAMILY,
        flags: libc::NLM_F_REQUEST as u16,
        sequence: 0,
        port: 0,
        family: libc::AF_UNIX as u8,
        protocol: 0,
        padding: 0,
        states: u32::MAX,
        inode: u32::try_from(inode).ok()?,
        show: UDIAG_SHOW_PEER,
        cookie: [NO_COOKIE; 2],
    };
    let mut answer = [0_u8; 512];
    // SAFETY: the request and the buffer live during the calls, which get their sizes. The kernel answers at once.
    let len = unsafe {
        let bytes = (&raw const request) as i64;
        let send = [socket.into(), bytes, request.len.into(), 0, 0, 0];
        raw::system_call(libc::SYS_sendto, send);
        let room = answer.len() as i64;
        let receive = [
            socket.into(),
            answer.as_mut_ptr() as i64,
            room,
            libc::MSG_DONTWAIT.into(),
            0,
            0,
        ];
        raw::system_call(libc::SYS_recvfrom, receive)
    };
    peer(answer.get(..usize::try_from(len).ok()?)?)
}

/// The peer that an answer names.
fn peer(answer: &[u8]) -> Option<u64> {
    let half = |at: usize| Some(u16::from_ne_bytes(*answer.get(at..)?.first_chunk()?));
    let word = |at: usize| Some(u32::from_ne_bytes(*answer.get(at..)?.first_chunk()?));
    if half(4)? != SOCK_DIAG_BY_FAMILY {
        return None;
    }
    let mut at = HEAD;
    loop {
        let len = usize::from(half(at)?);
        if half(at + 2)? == UNIX_DIAG_PEER {
            return word(at + 4).map(u64::from);
        }
        // Each attribute begins at a multiple of four; none is shorter than its own head.
        at += len.max(4).next_multiple_of(4);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    #[test]
    #[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU\'s user mode")]
    fn both_ends_of_a_pair_find_each_other() {
        let (left, right) = UnixStream::pair().unwrap();
        let inode = |fd: i32| calls::stat(fd).unwrap().st_ino;
        let (left, right) = (left.as_raw_fd(), right.as_raw_fd());
        assert_eq!(of(inode(left)), Some(inode(right)));
        assert_eq!(of(inode(right)), Some(inode(left)));
        let alone = UnixDatagram::unbound().unwrap();
        assert_eq!(of(inode(alone.as_raw_fd())), None);
    }
}
