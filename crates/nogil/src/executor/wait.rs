//! `wait`: until the first, all, or the first failure of several futures.

use super::completions::Watch;
use super::future::Future;
use crate::time::deadline_after;
use std::time::{Duration, Instant};

/// When [`wait`] returns.
///
/// Mirrors [`concurrent.futures.wait`](https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.wait)'s
/// `return_when`.
///
/// ```
/// use nogil::{ReturnWhen, ThreadPoolExecutor, wait};
///
/// let pool = ThreadPoolExecutor::with_max_workers(1)?;
/// let failing = pool.submit(|| panic!("no luck"))?;
/// let found = wait([failing, pool.submit(|| ())?], ReturnWhen::FirstException);
/// assert!(found.done[0].exception()?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnWhen {
    /// As soon as one future is done or was cancelled.
    FirstCompleted,
    /// As soon as one future has failed; when none does, as [`AllCompleted`](Self::AllCompleted). Being cancelled is
    /// not failing.
    FirstException,
    /// When all futures are done.
    #[default]
    AllCompleted,
}

/// What [`wait`] found: each future once, in the order given.
///
/// ```
/// use nogil::{ReturnWhen, ThreadPoolExecutor, Wait, wait};
///
/// let pool = ThreadPoolExecutor::new();
/// let Wait { done, not_done, .. } = wait([pool.submit(|| 1)?], ReturnWhen::default());
/// assert_eq!((done.len(), not_done.len()), (1, 0));
/// # Ok::<(), nogil::SubmitError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Wait<T> {
    /// Those that are done or were cancelled.
    pub done: Vec<Future<T>>,
    /// The others.
    pub not_done: Vec<Future<T>>,
}

/// Waits until the futures are as far as `return_when` says, and sorts them into done and not done.
///
/// Mirrors [`concurrent.futures.wait`](https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.wait).
///
/// ```
/// use nogil::{ReturnWhen, ThreadPoolExecutor, wait};
///
/// let pool = ThreadPoolExecutor::new();
/// let futures = [pool.submit(|| 1)?, pool.submit(|| 2)?];
/// let found = wait(futures, ReturnWhen::AllCompleted);
/// assert_eq!((found.done.len(), found.not_done.len()), (2, 0));
/// # Ok::<(), nogil::SubmitError>(())
/// ```
pub fn wait<T>(futures: impl IntoIterator<Item = Future<T>>, return_when: ReturnWhen) -> Wait<T> {
    wait_until(futures, None, return_when)
}

/// As [`wait`], but for at most `timeout`. What is not done by then is in `not_done`.
///
/// ```
/// use nogil::{Event, ReturnWhen, ThreadPoolExecutor, wait_timeout};
/// use std::time::Duration;
///
/// let pool = ThreadPoolExecutor::new();
/// let gate = Event::new();
/// let closed = gate.clone();
/// let future = pool.submit(move || closed.wait())?;
/// let found = wait_timeout([future], Duration::from_millis(1), ReturnWhen::AllCompleted);
/// assert_eq!((found.done.len(), found.not_done.len()), (0, 1));
/// gate.set();
/// # Ok::<(), nogil::SubmitError>(())
/// ```
pub fn wait_timeout<T>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: Duration,
    return_when: ReturnWhen,
) -> Wait<T> {
    wait_until(futures, deadline_after(timeout), return_when)
}

fn wait_until<T>(
    futures: impl IntoIterator<Item = Future<T>>,
    deadline: Option<Instant>,
    return_when: ReturnWhen,
) -> Wait<T> {
    let mut watch = Watch::new(futures);
    while let Some(future) = watch.next(deadline) {
        let enough = match return_when {
            ReturnWhen::FirstCompleted => true,
            ReturnWhen::FirstException => future.task().has_failed(),
            ReturnWhen::AllCompleted => false,
        };
        if enough {
            break;
        }
    }
    let (done, not_done) = watch
        .futures()
        .iter()
        .cloned()
        .partition(|future| future.done());
    Wait { done, not_done }
}
