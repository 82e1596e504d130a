//! An `eventfd(2)` of the copy's own, with the count of the moment.

use std::os::fd::{OwnedFd, RawFd};

use super::calls;
use super::fdinfo::{self, field, number};

#[derive(Debug, Default, PartialEq)]
struct State {
    count: u64,
    /// Known from Linux 6.6 on.
    is_semaphore: bool,
}

impl State {
    fn learn(&mut self, line: &[u8]) -> Option<()> {
        if let Some(count) = field(line, "eventfd-count:") {
            self.count = number(count, 16)?;
        } else if let Some(flag) = field(line, "eventfd-semaphore:") {
            self.is_semaphore = number(flag, 10)? != 0;
        }
        Some(())
    }
}

/// Another one like this.
pub(super) fn renew(fd: RawFd) -> Option<OwnedFd> {
    let mut state = State::default();
    fdinfo::lines(fd, |line| {
        state.learn(line);
    })?;
    let flags = match state.is_semaphore {
        true => libc::EFD_CLOEXEC | libc::EFD_SEMAPHORE,
        false => libc::EFD_CLOEXEC,
    };
    // What does not fit into the first number is rare, and comes by a write.
    let first = u32::try_from(state.count).unwrap_or_default();
    // SAFETY: eventfd takes numbers only; the descriptor is new.
    let own = unsafe { calls::owned(libc::eventfd(first, flags)) }?;
    if u64::from(first) != state.count {
        crate::raw::write(
            std::os::fd::AsRawFd::as_raw_fd(&own),
            &state.count.to_ne_bytes(),
        );
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn count_and_kind_are_read() {
        let text = b"pos:\t0\nflags:\t02000002\neventfd-count:               1f\neventfd-id: 1\neventfd-semaphore: 1";
        let mut state = State::default();
        text.split(|byte| *byte == b'\n')
            .for_each(|line| assert!(state.learn(line).is_some()));
        assert_eq!(
            state,
            State {
                count: 0x1f,
                is_semaphore: true
            }
        );
    }
}
