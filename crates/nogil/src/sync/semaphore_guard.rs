//! Holding a permit of a semaphore.

use std::thread;

use super::semaphore::Semaphore;

/// A permit of a [`Semaphore`] or [`BoundedSemaphore`](crate::BoundedSemaphore); dropping it gives
/// the permit back. Any thread may do that.
///
/// ```
/// # use nogil::Semaphore;
/// let semaphore = Semaphore::new(1);
/// {
///     let _guard = semaphore.acquire();
///     assert!(semaphore.try_acquire().is_none());
/// }
/// assert!(semaphore.try_acquire().is_some());
/// ```
///
/// # Panics
/// Dropping it panics if a `BoundedSemaphore` has got all of its permits back already, as leaving
/// Python's `with` then raises the `ValueError`. A thread that is panicking is left alone.
#[derive(Debug)]
#[must_use = "dropping the guard gives the permit back at once"]
pub struct SemaphoreGuard {
    semaphore: Semaphore,
    gives_back: bool,
}

impl SemaphoreGuard {
    pub(super) fn new(semaphore: Semaphore) -> Self {
        Self {
            semaphore,
            gives_back: true,
        }
    }

    /// Keeps the permit taken: only the semaphore's `release` gives it back.
    ///
    /// ```
    /// # use nogil::Semaphore;
    /// let semaphore = Semaphore::new(1);
    /// semaphore.acquire().forget();
    /// assert!(semaphore.try_acquire().is_none());
    /// semaphore.release();
    /// assert!(semaphore.try_acquire().is_some());
    /// ```
    pub fn forget(mut self) {
        self.gives_back = false;
    }
}

impl Drop for SemaphoreGuard {
    fn drop(&mut self) {
        if !self.gives_back {
            return;
        }
        if let Err(error) = self.semaphore.try_release()
            && !thread::panicking()
        {
            panic!("{error}");
        }
    }
}
