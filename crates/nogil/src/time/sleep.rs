//! `sleep`: a pause of the calling thread.

use super::deadline_after;
use crate::interrupt;
use crate::schedule;
use crate::timeline;
use std::time::{Duration, Instant};

/// Suspends the calling thread for at least `duration`; other threads go on.
///
/// Unlike [`std::thread::sleep`] it has no traps to add: it is the same call under the name that a Python
/// programmer looks for. Python's floats of seconds become a [`Duration`], so a negative time cannot be written.
///
/// Mirrors [`time.sleep`](https://docs.python.org/3/library/time.html#time.sleep).
///
/// ```
/// use nogil::{Stopwatch, sleep};
/// use std::time::Duration;
///
/// let watch = Stopwatch::start();
/// sleep(Duration::from_millis(5));
/// assert!(watch.elapsed() >= Duration::from_millis(5));
/// ```
///
/// A negative time does not compile:
///
/// ```compile_fail,E0600
/// nogil::sleep(std::time::Duration::from_secs(-1u64));
/// ```
pub fn sleep(duration: Duration) {
    let _noted = timeline::sleeping("the time");
    if let Some(place) = schedule::place() {
        return place.sleep(duration);
    }
    let deadline = deadline_after(duration);
    let mut left = duration;
    while !left.is_zero() {
        std::thread::sleep(left);
        // It is cut short when the user interrupts the cell, who may have meant other threads than this.
        interrupt::checkpoint();
        left = deadline.map_or(left, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        });
    }
}
