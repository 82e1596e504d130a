use std::time::{Duration, Instant};

/// The moment at which `timeout` is over; a timeout beyond what the clock can count never is.
pub(crate) fn deadline_after(timeout: impl Into<Option<Duration>>) -> Option<Instant> {
    Instant::now().checked_add(timeout.into()?)
}
