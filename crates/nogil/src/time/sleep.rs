use std::time::Duration;

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
    std::thread::sleep(duration);
}
