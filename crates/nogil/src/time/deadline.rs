//! What time it is, and when a timeout has passed.

use crate::schedule;
use std::time::{Duration, Instant};

/// The time: that of the schedule in which the calling thread has a place, or else the system's.
pub(crate) fn now() -> Instant {
    schedule::place().map_or_else(Instant::now, |place| place.now())
}

/// The moment at which `timeout` is over; a timeout beyond what the clock can count never is.
pub(crate) fn deadline_after(timeout: impl Into<Option<Duration>>) -> Option<Instant> {
    now().checked_add(timeout.into()?)
}
