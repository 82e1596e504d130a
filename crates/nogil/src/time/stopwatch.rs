//! `Stopwatch`: how long something took.

use super::now;
use std::fmt;
use std::time::{Duration, Instant};

/// Measures how long something took: `start = time.time()` and `time.time() - start` in one value.
///
/// Unlike `time.time()`, which follows the wall clock, it cannot run backwards when the clock is set. It prints as
/// Python prints such a difference: the seconds as a plain float.
///
/// Mirrors [`time.monotonic`](https://docs.python.org/3/library/time.html#time.monotonic).
///
/// ```
/// use nogil::{Stopwatch, sleep};
/// use std::time::Duration;
///
/// let watch = Stopwatch::start();
/// sleep(Duration::from_millis(2));
/// println!("complex_calculation: {watch}"); // complex_calculation: 0.002061482
/// assert!(watch.seconds() >= 0.002);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    started: Instant,
}

impl Stopwatch {
    /// Starts measuring now.
    ///
    /// ```
    /// let watch = nogil::Stopwatch::start();
    /// assert!(watch.elapsed().as_secs() < 60);
    /// ```
    #[must_use]
    pub fn start() -> Self {
        Self { started: now() }
    }

    /// The time since [`start`](Self::start); the watch runs on.
    ///
    /// ```
    /// let watch = nogil::Stopwatch::start();
    /// assert!(watch.elapsed() <= watch.elapsed());
    /// ```
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.started)
    }

    /// The time since [`start`](Self::start) in seconds.
    ///
    /// ```
    /// let watch = nogil::Stopwatch::start();
    /// assert!(watch.seconds() >= 0.0);
    /// ```
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.elapsed().as_secs_f64()
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.seconds(), formatter)
    }
}
