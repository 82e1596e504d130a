//! A counter of permits that threads take and give back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::error::ReleaseError;
use super::semaphore_guard::SemaphoreGuard;
use crate::sync::monitor::Monitor;

const AVAILABLE: usize = 0;

/// Lets a limited number of threads in at a time.
///
/// Mirrors [`threading.Semaphore`](https://docs.python.org/3/library/threading.html#threading.Semaphore).
///
/// Where Python writes `with semaphore:`, hold the guard that [`acquire`](Self::acquire) returns. For
/// Python's `acquire()` without `with`, [`forget`](SemaphoreGuard::forget) the guard and call
/// [`release`](Self::release) wherever the permit is to be given back.
///
/// ```
/// use nogil::Semaphore;
///
/// let semaphore = Semaphore::new(1);
/// let guard = semaphore.acquire();
/// assert!(semaphore.try_acquire().is_none());
/// drop(guard);
/// assert!(semaphore.try_acquire().is_some());
/// ```
///
/// Python's `ValueError` for a negative value is a type error here:
///
/// ```compile_fail,E0600
/// nogil::Semaphore::new(-1);
/// ```
#[derive(Clone)]
pub struct Semaphore(Arc<Permits>);

struct Permits {
    available: Monitor<usize>,
    limit: usize,
}

impl Semaphore {
    /// Creates a semaphore with `value` permits.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// assert!(Semaphore::new(1).try_acquire().is_some());
    /// ```
    pub fn new(value: usize) -> Self {
        Self::with_limit(value, usize::MAX)
    }

    /// Creates a semaphore that has `value` permits and never gets more than `limit`.
    pub(super) fn with_limit(value: usize, limit: usize) -> Self {
        Self(Arc::new(Permits {
            available: Monitor::new(value, &["a permit"]),
            limit,
        }))
    }

    /// Takes a permit, waiting until there is one, and gives it back when the guard is dropped.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// let semaphore = Semaphore::new(2);
    /// let _first = semaphore.acquire();
    /// let _second = semaphore.acquire();
    /// assert!(semaphore.try_acquire().is_none());
    /// ```
    pub fn acquire(&self) -> SemaphoreGuard {
        self.acquire_within(None)
            .expect("waiting without a timeout ends only with a permit")
    }

    /// Takes a permit if there is one now. Python's `acquire(blocking=False)`.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// assert!(Semaphore::new(0).try_acquire().is_none());
    /// ```
    pub fn try_acquire(&self) -> Option<SemaphoreGuard> {
        self.acquire_within(Some(Duration::ZERO))
    }

    /// Takes a permit, waiting at most `timeout` for one. Python's `acquire(timeout=…)`.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// # use std::time::Duration;
    /// assert!(Semaphore::new(0).acquire_timeout(Duration::from_millis(5)).is_none());
    /// ```
    pub fn acquire_timeout(&self, timeout: Duration) -> Option<SemaphoreGuard> {
        self.acquire_within(Some(timeout))
    }

    fn acquire_within(&self, timeout: Option<Duration>) -> Option<SemaphoreGuard> {
        let available = self.0.available.enter();
        let (mut available, in_time) =
            available.wait_while(AVAILABLE, timeout, |available| *available == 0);
        in_time.then(|| {
            *available -= 1;
            self.0.available.tell_held(AVAILABLE, true);
            SemaphoreGuard::new(self.clone())
        })
    }

    /// Adds a permit, whether or not one was acquired before, and lets one waiting thread in.
    ///
    /// # Panics
    /// If there are `usize::MAX` permits already, or if this is the inside of a
    /// [`BoundedSemaphore`](crate::BoundedSemaphore) that has all of its permits.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// let semaphore = Semaphore::new(0);
    /// semaphore.release();
    /// assert!(semaphore.try_acquire().is_some());
    /// ```
    pub fn release(&self) {
        if let Err(error) = self.try_release() {
            panic!("{error}");
        }
    }

    pub(super) fn try_release(&self) -> Result<(), ReleaseError> {
        let mut available = self.0.available.enter();
        if *available == self.0.limit {
            return Err(ReleaseError);
        }
        *available += 1;
        self.0.available.tell_let_go(AVAILABLE);
        available.leave_notifying(AVAILABLE, 1);
        Ok(())
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let available = self.0.available.enter();
        f.debug_struct("Semaphore")
            .field("available", &*available)
            .field("waiting", &available.waiting())
            .finish()
    }
}
