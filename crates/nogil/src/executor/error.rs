//! Why a pool is not made, a task not taken, a result not there.

use crate::thread::Panicked;
use std::io;

/// Why a pool cannot be made. Python raises `ValueError` with this message.
///
/// ```
/// let error = nogil::ThreadPoolExecutor::with_max_workers(0).unwrap_err();
/// assert_eq!(error.to_string(), "max_workers must be greater than 0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// A pool without workers would never run anything.
    #[error("max_workers must be greater than 0")]
    NoWorkers,
}

/// Why a pool does not take a task. Python raises `RuntimeError` and `BrokenThreadPool` with these messages.
///
/// ```
/// let pool = nogil::ThreadPoolExecutor::new();
/// pool.shutdown();
/// assert_eq!(
///     pool.submit(|| ()).unwrap_err().to_string(),
///     "cannot schedule new futures after shutdown"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The pool has been shut down.
    #[error("cannot schedule new futures after shutdown")]
    ShutDown,
    /// A worker's initializer has panicked.
    #[error("A thread initializer failed, the thread pool is not usable anymore")]
    Broken,
    /// The system gave no thread for the pool's first worker. Submit again when other threads have ended.
    #[error("can't start new thread: {0}")]
    Spawn(io::ErrorKind),
}

/// Why a [`Future`](crate::Future) has no result.
///
/// ```
/// use nogil::{FutureError, ThreadPoolExecutor};
///
/// let pool = ThreadPoolExecutor::with_max_workers(1)?;
/// let future = pool.submit(|| -> i32 { panic!("no {}", "luck") })?;
/// let error = future.result().unwrap_err();
/// assert!(matches!(error, FutureError::Panicked(_)));
/// assert_eq!(error.to_string(), "no luck");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FutureError {
    /// The task was cancelled before it ran: Python's `CancelledError`.
    #[error("the future was cancelled before its task ran")]
    Cancelled,
    /// The task was not done in time: Python's `TimeoutError`. The future is as it was; wait again.
    #[error("the future was not done in time; it can be waited for again")]
    Timeout,
    /// The task panicked, with this message.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// The pool never ran the task: Python's `BrokenThreadPool`, or what it says to a task that comes too late.
    #[error(transparent)]
    Rejected(#[from] SubmitError),
    /// The result, which is not cloned, was taken through another handle of the same future.
    #[error("the result has been taken through another handle of this future")]
    Taken,
}

/// How many futures were not done when the time of [`as_completed_timeout`](crate::as_completed_timeout) was up.
/// Python raises `TimeoutError` with this message.
///
/// ```
/// use nogil::{Event, ThreadPoolExecutor, as_completed_timeout};
/// use std::time::Duration;
///
/// let pool = ThreadPoolExecutor::with_max_workers(1)?;
/// let gate = Event::new();
/// let closed = gate.clone();
/// let future = pool.submit(move || closed.wait())?;
/// let error = as_completed_timeout([future], Duration::ZERO).next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "1 (of 1) futures unfinished");
/// gate.set();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{unfinished} (of {total}) futures unfinished")]
#[non_exhaustive]
pub struct UnfinishedError {
    /// How many were not done.
    pub unfinished: usize,
    /// How many there were.
    pub total: usize,
}
