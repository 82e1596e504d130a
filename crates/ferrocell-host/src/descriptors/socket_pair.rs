//! Pairs of connected Unix sockets both of which are in this process. Each of the copy's own holds what was sent to the
//! one that it replaces, but no descriptors that were sent along.

use std::ffi::{c_int, c_long};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::calls;
use super::options;
use crate::raw;

/// The longest message that can be copied. Longer ones need a system that was set up for them.
const LONGEST: usize = 1 << 20;

/// A pair like these two, the second of which may be closed.
pub(super) fn renew(first: RawFd, second: Option<RawFd>) -> Option<[OwnedFd; 2]> {
    let kind = calls::option(first, libc::SOL_SOCKET, libc::SO_TYPE)?;
    let own = calls::socket_pair(kind)?;
    let [own_first, own_second] = own.each_ref().map(AsRawFd::as_raw_fd);
    let olds = [(Some(first), own_first), (second, own_second)];
    for (old, own) in olds {
        if let Some(old) = old {
            options::copy(old, own);
        }
    }
    if !copy_queue(first, own_second) || !second.is_none_or(|second| copy_queue(second, own_first))
    {
        return None;
    }
    for (old, own) in olds {
        if old.is_some_and(|old| calls::poll(old, libc::POLLRDHUP) & libc::POLLRDHUP != 0) {
            // SAFETY: shutdown takes numbers.
            unsafe { libc::shutdown(own, libc::SHUT_RD) };
        }
    }
    Some(own)
}

/// Sends what waits in `from`, where it stays, to the other end of `to`. Whether all of it found room.
fn copy_queue(from: RawFd, to: RawFd) -> bool {
    let mut waits: c_int = 0;
    // SAFETY: FIONREAD writes a number.
    unsafe { libc::ioctl(from, libc::FIONREAD, &mut waits) };
    if waits == 0 && calls::poll(from, libc::POLLIN) & libc::POLLIN == 0 {
        return true;
    }
    let Some(former) = calls::option(from, libc::SOL_SOCKET, libc::SO_PEEK_OFF) else {
        return false;
    };
    let Some(mut buffer) = Buffer::new() else {
        return false;
    };
    calls::set_option(from, libc::SOL_SOCKET, libc::SO_PEEK_OFF, 0);
    let is_complete = loop {
        // Each peek goes on behind the last one.
        match transfer(
            libc::SYS_recvfrom,
            from,
            buffer.bytes(),
            libc::MSG_PEEK | libc::MSG_TRUNC,
        ) {
            len if len < 0 => break len == -c_long::from(libc::EAGAIN),
            // Nothing, after which there is nothing more, or a message without bytes.
            0 if calls::poll(from, libc::POLLRDHUP) & libc::POLLRDHUP != 0 => break true,
            len => {
                let Some(piece) = buffer.bytes().get_mut(..len as usize) else {
                    break false;
                };
                if transfer(libc::SYS_sendto, to, piece, libc::MSG_NOSIGNAL) != len {
                    break false;
                }
            }
        }
    };
    calls::set_option(from, libc::SOL_SOCKET, libc::SO_PEEK_OFF, former);
    is_complete
}

/// `recv(2)` or `send(2)`, which do not wait.
fn transfer(number: c_long, socket: RawFd, bytes: &mut [u8], flags: c_int) -> c_long {
    let arguments = [
        socket.into(),
        bytes.as_mut_ptr() as c_long,
        bytes.len() as c_long,
        (flags | libc::MSG_DONTWAIT).into(),
        0,
        0,
    ];
    // SAFETY: the pointer and the length describe a live, writable slice.
    unsafe { raw::system_call(number, arguments) }
}

/// Memory that does not come from the allocator.
struct Buffer(*mut u8);

impl Buffer {
    fn new() -> Option<Self> {
        // SAFETY: a new anonymous mapping.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                LONGEST,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        (memory != libc::MAP_FAILED).then_some(Self(memory.cast()))
    }

    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping is ours and has this size.
        unsafe { std::slice::from_raw_parts_mut(self.0, LONGEST) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nobody has a part of it.
        unsafe { libc::munmap(self.0.cast(), LONGEST) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::Shutdown;
    use std::os::unix::net::{UnixDatagram, UnixStream};

    #[test]
    #[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU\'s user mode")]
    fn a_stream_is_copied_and_stays_as_it_is() {
        let (mut left, right) = UnixStream::pair().unwrap();
        left.write_all(b"one").unwrap();
        left.write_all(b"two").unwrap();
        left.shutdown(Shutdown::Write).unwrap();
        (&right).write_all(b"back").unwrap();
        let own = renew(left.as_raw_fd(), Some(right.as_raw_fd())).unwrap();
        let [mut own_left, mut own_right] = own.map(UnixStream::from);
        for (left, right) in [(&mut own_left, &mut own_right), (&mut left, &mut &right)]
            as [(&mut dyn Read, &mut dyn Read); 2]
        {
            let mut text = String::new();
            right.read_to_string(&mut text).unwrap();
            assert_eq!(text, "onetwo");
            let mut back = [0; 4];
            left.read_exact(&mut back).unwrap();
            assert_eq!(&back, b"back");
        }
        assert!(own_left.write(b"x").is_err(), "its half is still shut");
        assert_eq!(own_right.write(b"x").unwrap(), 1);
    }

    #[test]
    #[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU\'s user mode")]
    fn messages_stay_apart() {
        let (left, right) = UnixDatagram::pair().unwrap();
        for message in ["one", "", "three"] {
            left.send(message.as_bytes()).unwrap();
        }
        let own = renew(left.as_raw_fd(), Some(right.as_raw_fd())).unwrap();
        let [_own_left, own_right] = own.map(UnixDatagram::from);
        for end in [own_right, right] {
            end.set_nonblocking(true).unwrap();
            for message in ["one", "", "three"] {
                let mut buffer = [0; 16];
                let len = end.recv(&mut buffer).unwrap();
                assert_eq!(&buffer[..len], message.as_bytes());
            }
            assert!(end.recv(&mut [0]).is_err());
        }
    }

    #[test]
    #[cfg_attr(target_arch = "aarch64", ignore = "not in QEMU\'s user mode")]
    fn what_a_closed_end_has_sent_is_still_there() {
        let (mut left, right) = UnixStream::pair().unwrap();
        left.write_all(b"last words").unwrap();
        drop(left);
        let [own, other] = renew(right.as_raw_fd(), None)
            .unwrap()
            .map(UnixStream::from);
        drop(other);
        let mut text = String::new();
        (&own).read_to_string(&mut text).unwrap();
        assert_eq!(text, "last words");
    }
}
