//! A `timerfd_create(2)` of the copy's own. Its clock goes on while the copy sleeps, as it does for a process that is
//! stopped.

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::calls;
use super::fdinfo::{self, field, number};

const SECOND: i128 = 1_000_000_000;

/// What the kernel tells of a timer; times in nanoseconds.
#[derive(Debug, Default, PartialEq)]
struct State {
    clock: libc::clockid_t,
    /// How often it has expired since it was read.
    ticks: u64,
    /// As they were passed to `timerfd_settime`.
    flags: i32,
    /// How long until it expires next; zero if it does not.
    left: i128,
    interval: i128,
}

impl State {
    fn learn(&mut self, line: &[u8]) -> Option<()> {
        if let Some(clock) = field(line, "clockid:") {
            self.clock = number(clock, 10)? as libc::clockid_t;
        } else if let Some(ticks) = field(line, "ticks:") {
            self.ticks = number(ticks, 10)?;
        } else if let Some(flags) = field(line, "settime flags:") {
            self.flags = number(flags, 8)? as i32;
        } else if let Some(time) = field(line, "it_value: (") {
            self.left = pair(time)?;
        } else if let Some(time) = field(line, "it_interval: (") {
            self.interval = pair(time)?;
        }
        Some(())
    }

    /// With which flags and at which first time a timer is to be set, so that it goes on like this one; `None` if it is
    /// not to be set.
    fn setting(&self, now: i128) -> Option<(i32, i128)> {
        let is_absolute = self.flags & libc::TFD_TIMER_ABSTIME != 0;
        match (self.ticks, self.left) {
            (0, 0) => None,
            (0, left) if is_absolute => Some((self.flags, now + left)),
            (0, left) => Some((self.flags, left)),
            // It has expired and was not read: it expires as often again, at once. Time began after zero.
            (ticks, left) => {
                let first = now + left - i128::from(ticks) * self.interval;
                Some((self.flags | libc::TFD_TIMER_ABSTIME, first.max(1)))
            }
        }
    }
}

/// The time in `seconds, nanoseconds)`.
fn pair(text: &[u8]) -> Option<i128> {
    let nanoseconds = number(field(text, ",")?, 10)?;
    Some(i128::from(number(text, 10)?) * SECOND + i128::from(nanoseconds))
}

fn timespec(time: i128) -> libc::timespec {
    libc::timespec {
        tv_sec: (time / SECOND) as libc::time_t,
        tv_nsec: (time % SECOND) as _,
    }
}

/// Another one like this.
pub(super) fn renew(fd: RawFd) -> Option<OwnedFd> {
    let mut state = State::default();
    // SAFETY: a zeroed structure is valid and lives during the calls; the descriptor is new.
    unsafe {
        let mut setting: libc::itimerspec = std::mem::zeroed();
        // Lets the kernel count how often it has expired so far.
        libc::timerfd_gettime(fd, &mut setting);
        fdinfo::lines(fd, |line| {
            state.learn(line);
        })?;
        let own = calls::owned(libc::timerfd_create(state.clock, libc::TFD_CLOEXEC))?;
        let mut now: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(state.clock, &mut now);
        let now = i128::from(now.tv_sec) * SECOND + i128::from(now.tv_nsec);
        let Some((flags, first)) = state.setting(now) else {
            return Some(own);
        };
        setting.it_value = timespec(first);
        setting.it_interval = timespec(state.interval);
        let set =
            libc::timerfd_settime(own.as_raw_fd(), flags, &setting, std::ptr::null_mut()) == 0;
        set.then_some(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_the_kernel_tells_is_read() {
        let text = b"pos:\t0\nclockid: 1\nticks: 3\nsettime flags: 01\nit_value: (2, 999987630)\nit_interval: (1, 5)";
        let mut state = State::default();
        text.split(|byte| *byte == b'\n')
            .for_each(|line| assert!(state.learn(line).is_some()));
        let expected = State {
            clock: 1,
            ticks: 3,
            flags: 1,
            left: 2_999_987_630,
            interval: 1_000_000_005,
        };
        assert_eq!(state, expected);
    }

    #[test]
    fn a_timer_goes_on_where_it_was() {
        let timer = |ticks, flags, left, interval| State {
            clock: 1,
            ticks,
            flags,
            left,
            interval,
        };
        let now = 1000;
        // Not set; relative; absolute; expired once; expired three times, 20 before the next.
        assert_eq!(timer(0, 0, 0, 0).setting(now), None);
        assert_eq!(timer(0, 0, 50, 0).setting(now), Some((0, 50)));
        assert_eq!(timer(0, 1, 50, 0).setting(now), Some((1, 1050)));
        assert_eq!(timer(1, 0, 0, 0).setting(now), Some((1, 1000)));
        assert_eq!(timer(3, 0, 20, 100).setting(now), Some((1, 720)));
        assert_eq!(timer(30, 0, 20, 100).setting(now), Some((1, 1)));
    }
}
