//! An `epoll(7)` of the copy's own, in which the same numbers are registered for the same events.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::calls;
use super::fdinfo::{self, field, number};

/// A line of an instance's file.
#[derive(Debug, PartialEq)]
pub(super) struct Registration {
    /// The number by which it was registered.
    pub(super) fd: RawFd,
    /// Of what was registered, so it can be told whether the number still means it.
    pub(super) inode: u64,
    events: u32,
    data: u64,
}

impl Registration {
    fn parse(line: &[u8]) -> Option<Self> {
        Some(Self {
            fd: number(field(line, "tfd:")?, 10)? as RawFd,
            events: number(field(line, "events:")?, 16)? as u32,
            data: number(field(line, "data:")?, 16)?,
            inode: number(field(line, "ino:")?, 16)?,
        })
    }

    /// Registers `fd` in the same way. What is ready at that moment is reported once more, also to who wants to hear of
    /// changes only. One that has fired its only shot listens for what cannot be ignored: errors and the other end's end.
    pub(super) fn repeat(&self, epoll: &OwnedFd, fd: RawFd) {
        let mut event = libc::epoll_event {
            events: self.events,
            u64: self.data,
        };
        // SAFETY: the event lives during the call.
        unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd, &mut event) };
    }
}

/// Hands all that is registered to `visit`.
pub(super) fn registrations(epoll: RawFd, mut visit: impl FnMut(Registration)) -> Option<()> {
    fdinfo::lines(epoll, |line| {
        if let Some(registration) = Registration::parse(line) {
            visit(registration);
        }
    })
}

/// A new one, without registrations.
pub(super) fn create() -> Option<OwnedFd> {
    // SAFETY: epoll_create1 takes a number; the descriptor is new.
    unsafe { calls::owned(libc::epoll_create1(libc::EPOLL_CLOEXEC)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrations_are_read() {
        let line =
            b"tfd:       12 events: c0000019 data:     ffffffff00000003  pos:0 ino:40e sdev:10";
        let expected = Registration {
            fd: 12,
            inode: 0x40e,
            events: 0xc000_0019,
            data: 0xffff_ffff_0000_0003,
        };
        assert_eq!(Registration::parse(line), Some(expected));
        assert_eq!(Registration::parse(b"flags:\t02000002"), None);
    }
}
