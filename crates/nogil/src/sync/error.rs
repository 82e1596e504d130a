//! What the synchronisation types answer when they cannot do what was asked.

use thiserror::Error;

/// A [`BoundedSemaphore`](crate::BoundedSemaphore) was released more often than acquired.
///
/// Mirrors the `ValueError` of Python's `BoundedSemaphore.release`.
///
/// ```
/// # use nogil::BoundedSemaphore;
/// let error = BoundedSemaphore::new(1).release().unwrap_err();
/// assert!(error.to_string().starts_with("Semaphore released too many times"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Semaphore released too many times: release it once for each acquire")]
pub struct ReleaseError;

/// The [`Barrier`](crate::Barrier) was broken, or reset while somebody waited at it.
///
/// Mirrors [`threading.BrokenBarrierError`](https://docs.python.org/3/library/threading.html#threading.BrokenBarrierError).
///
/// ```
/// # use nogil::{Barrier, BrokenBarrierError};
/// let barrier = Barrier::new(2);
/// barrier.abort();
/// assert_eq!(barrier.wait(), Err(BrokenBarrierError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "BrokenBarrierError: a thread timed out at the barrier, aborted or reset it; `reset` mends it"
)]
pub struct BrokenBarrierError;
