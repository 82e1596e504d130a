//! How long a call may still wait.

use std::ffi::c_int;
use std::time::{Duration, Instant};

/// When a call is to end; `None` if it may wait for ever, or if the kernel will find fault with the time.
#[derive(Clone, Copy)]
pub(super) struct Limit(Option<Instant>);

impl Limit {
    pub(super) fn after(time: Option<Duration>) -> Self {
        Self(time.and_then(|time| Instant::now().checked_add(time)))
    }

    /// In milliseconds; a negative number is none.
    pub(super) fn millis(time: c_int) -> Self {
        Self::after(u64::try_from(time).ok().map(Duration::from_millis))
    }

    /// # Safety
    ///
    /// The time can be read, if it is not null.
    pub(super) unsafe fn timespec(time: *const libc::timespec) -> Self {
        // SAFETY: by the caller's promise.
        Self::after(unsafe { time.as_ref() }.and_then(duration))
    }

    /// # Safety
    ///
    /// The time can be read, if it is not null.
    pub(super) unsafe fn timeval(time: *const libc::timeval) -> Self {
        // SAFETY: by the caller's promise.
        Self::after(unsafe { time.as_ref() }.and_then(|time| {
            let micros = u64::try_from(time.tv_usec).ok()?;
            let seconds = u64::try_from(time.tv_sec).ok()?;
            Duration::from_secs(seconds).checked_add(Duration::from_micros(micros))
        }))
    }

    /// What is left, `None` for ever.
    pub(super) fn left(self) -> Option<Duration> {
        Some(self.0?.saturating_duration_since(Instant::now()))
    }

    /// What is left, in whole milliseconds, of which none is too short.
    pub(super) fn left_millis(self) -> c_int {
        match self.left() {
            None => -1,
            Some(left) => {
                c_int::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
            }
        }
    }

    pub(super) fn left_timespec(self) -> Option<libc::timespec> {
        self.left().map(timespec)
    }

    pub(super) fn left_timeval(self) -> Option<libc::timeval> {
        let left = self.left()?;
        Some(libc::timeval {
            tv_sec: left.as_secs() as libc::time_t,
            tv_usec: left.subsec_micros().into(),
        })
    }
}

pub(super) fn timespec(time: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: time.as_secs() as libc::time_t,
        tv_nsec: time.subsec_nanos().into(),
    }
}

pub(super) fn duration(time: &libc::timespec) -> Option<Duration> {
    let nanos = u32::try_from(time.tv_nsec)
        .ok()
        .filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, nanos))
}

/// As a call takes a time that may be absent.
pub(super) fn pointer<T>(time: &Option<T>) -> *const T {
    time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_left_is_too_short() {
        let soon = Limit::after(Some(Duration::from_micros(1_500)));
        assert!((0..=2).contains(&soon.left_millis()));
        assert_eq!(Limit::millis(-1).left_millis(), -1);
        assert_eq!(Limit::millis(0).left_millis(), 0);
        assert!(Limit::millis(c_int::MAX).left_millis() > c_int::MAX - 60_000);
        assert!(Limit::after(Some(Duration::MAX)).left().is_none());
    }

    #[test]
    fn times_that_are_none_are_for_the_kernel() {
        let time = |tv_sec, tv_nsec| duration(&libc::timespec { tv_sec, tv_nsec });
        assert_eq!(time(1, 5), Some(Duration::new(1, 5)));
        assert_eq!(time(-1, 5), None);
        assert_eq!(time(1, 1_000_000_000), None);
    }
}
