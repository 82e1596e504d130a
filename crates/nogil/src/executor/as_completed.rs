//! `as_completed`: futures in the order in which they are done.

use super::completions::Watch;
use super::error::UnfinishedError;
use super::future::Future;
use crate::time::deadline_after;
use std::fmt;
use std::time::{Duration, Instant};

/// The futures in the order in which they are done, those done already first; each one once.
///
/// Mirrors [`concurrent.futures.as_completed`](https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.as_completed).
///
/// ```
/// use nogil::{Event, ThreadPoolExecutor, as_completed};
///
/// let pool = ThreadPoolExecutor::with_max_workers(2)?;
/// let gate = Event::new();
/// let closed = gate.clone();
/// let late = pool.submit(move || {
///     closed.wait();
///     "late"
/// })?;
/// let early = pool.submit(|| "early")?;
/// let mut order = Vec::new();
/// for future in as_completed([late, early]) {
///     order.push(future.result()?);
///     gate.set();
/// }
/// assert_eq!(order, ["early", "late"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn as_completed<T>(futures: impl IntoIterator<Item = Future<T>>) -> AsCompleted<T> {
    AsCompleted(Watch::new(futures))
}

/// As [`as_completed`], but when `timeout` has passed since this call and futures are left, the next item is an error
/// that says how many, and the last.
///
/// ```
/// use nogil::{ThreadPoolExecutor, as_completed_timeout};
/// use std::time::Duration;
///
/// let pool = ThreadPoolExecutor::new();
/// let futures = [pool.submit(|| 1)?, pool.submit(|| 2)?];
/// for future in as_completed_timeout(futures, Duration::from_secs(60)) {
///     println!("{}", future?.result()?);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn as_completed_timeout<T>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: Duration,
) -> AsCompletedTimeout<T> {
    AsCompletedTimeout {
        deadline: deadline_after(timeout),
        watch: Some(Watch::new(futures)),
    }
}

/// The iterator that [`as_completed`] gives.
///
/// ```
/// use nogil::{AsCompleted, ThreadPoolExecutor, as_completed};
///
/// let pool = ThreadPoolExecutor::new();
/// let coming: AsCompleted<i32> = as_completed([pool.submit(|| 1)?, pool.submit(|| 2)?]);
/// assert_eq!(coming.len(), 2);
/// # Ok::<(), nogil::SubmitError>(())
/// ```
pub struct AsCompleted<T>(Watch<T>);

impl<T> Iterator for AsCompleted<T> {
    type Item = Future<T>;

    fn next(&mut self) -> Option<Future<T>> {
        self.0.next(None).cloned()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.remaining(), Some(self.0.remaining()))
    }
}

impl<T> ExactSizeIterator for AsCompleted<T> {}

impl<T> fmt::Debug for AsCompleted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AsCompleted({} remaining)", self.0.remaining())
    }
}

/// The iterator that [`as_completed_timeout`] gives.
///
/// ```
/// use nogil::{AsCompletedTimeout, ThreadPoolExecutor, as_completed_timeout};
/// use std::time::Duration;
///
/// let pool = ThreadPoolExecutor::new();
/// let mut coming: AsCompletedTimeout<i32> =
///     as_completed_timeout([pool.submit(|| 1)?], Duration::from_secs(60));
/// assert_eq!(coming.next().unwrap()?.result()?, 1);
/// assert!(coming.next().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AsCompletedTimeout<T> {
    deadline: Option<Instant>,
    /// None when the time was up.
    watch: Option<Watch<T>>,
}

impl<T> Iterator for AsCompletedTimeout<T> {
    type Item = Result<Future<T>, UnfinishedError>;

    fn next(&mut self) -> Option<Self::Item> {
        let watch = self.watch.as_mut()?;
        if watch.remaining() == 0 {
            return None;
        }
        if let Some(future) = watch.next(self.deadline) {
            return Some(Ok(future.clone()));
        }
        let error = UnfinishedError {
            unfinished: watch.remaining(),
            total: watch.futures().len(),
        };
        self.watch = None;
        Some(Err(error))
    }
}

impl<T> fmt::Debug for AsCompletedTimeout<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remaining = self.watch.as_ref().map_or(0, Watch::remaining);
        write!(formatter, "AsCompletedTimeout({remaining} remaining)")
    }
}
