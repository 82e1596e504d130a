//! A semaphore that notices when it is released too often.

use std::ops::Deref;

use super::error::ReleaseError;
use super::semaphore::Semaphore;

/// A [`Semaphore`] that never has more permits than it began with.
///
/// Mirrors [`threading.BoundedSemaphore`](https://docs.python.org/3/library/threading.html#threading.BoundedSemaphore);
/// what Python's class inherits from `Semaphore`, this one reaches by dereferencing to it.
///
/// ```
/// use nogil::{BoundedSemaphore, ReleaseError};
///
/// let semaphore = BoundedSemaphore::new(1);
/// semaphore.acquire().forget();
/// assert_eq!(semaphore.release(), Ok(()));
/// assert_eq!(semaphore.release(), Err(ReleaseError));
/// ```
#[derive(Clone, Debug)]
pub struct BoundedSemaphore(Semaphore);

impl BoundedSemaphore {
    /// Creates a semaphore with `value` permits, which is also the most it will ever have.
    ///
    /// ```
    /// # use nogil::BoundedSemaphore;
    /// assert!(BoundedSemaphore::new(1).try_acquire().is_some());
    /// ```
    pub fn new(value: usize) -> Self {
        Self(Semaphore::with_limit(value, value))
    }

    /// Gives a permit back and lets one waiting thread in.
    ///
    /// # Errors
    /// [`ReleaseError`], if all permits are there already.
    ///
    /// ```
    /// # use nogil::{BoundedSemaphore, ReleaseError};
    /// assert_eq!(BoundedSemaphore::new(2).release(), Err(ReleaseError));
    /// ```
    pub fn release(&self) -> Result<(), ReleaseError> {
        self.0.try_release()
    }
}

impl Deref for BoundedSemaphore {
    type Target = Semaphore;

    fn deref(&self) -> &Semaphore {
        &self.0
    }
}
