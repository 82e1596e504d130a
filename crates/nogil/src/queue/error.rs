//! What the queues answer when they cannot do what was asked.

use std::fmt;

use thiserror::Error;

/// The item could not be put; it comes back in the error.
///
/// Mirrors [`queue.Full`](https://docs.python.org/3/library/queue.html#queue.Full) and
/// [`queue.ShutDown`](https://docs.python.org/3/library/queue.html#queue.ShutDown).
///
/// ```
/// use nogil::{PutError, Queue};
///
/// let queue = Queue::with_maxsize(1);
/// queue.put_nowait("first")?;
/// let error = queue.put_nowait("second").unwrap_err();
/// assert!(matches!(error, PutError::Full(_)));
/// assert_eq!(error.into_inner(), "second");
/// # Ok::<(), PutError<&str>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Error)]
pub enum PutError<T> {
    /// The queue held `maxsize` items, and no slot became free in the time allowed.
    #[error("Full: the queue holds `maxsize` items; get one first, or wait with `put`")]
    Full(T),
    /// The queue was shut down and takes nothing any more.
    #[error("ShutDown: the queue was shut down; put into a new one")]
    ShutDown(T),
}

impl<T> PutError<T> {
    /// The item that was not put.
    ///
    /// ```
    /// # use nogil::PutError;
    /// assert_eq!(PutError::Full("spam").into_inner(), "spam");
    /// ```
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::ShutDown(item) => item,
        }
    }
}

/// Written by hand so that a `Result` can be unwrapped whatever the item is.
impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::ShutDown(_) => "ShutDown(..)",
        })
    }
}

/// There is no item to get.
///
/// Mirrors [`queue.Empty`](https://docs.python.org/3/library/queue.html#queue.Empty) and
/// [`queue.ShutDown`](https://docs.python.org/3/library/queue.html#queue.ShutDown).
///
/// ```
/// use nogil::{GetError, Queue};
///
/// let queue: Queue<i32> = Queue::new();
/// assert_eq!(queue.get_nowait(), Err(GetError::Empty));
/// queue.shutdown();
/// assert_eq!(queue.get(), Err(GetError::ShutDown));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GetError {
    /// No item came in the time allowed.
    #[error("Empty: the queue holds no item; put one first, or wait with `get`")]
    Empty,
    /// The queue was shut down and its last item is gone.
    #[error("ShutDown: the queue was shut down and is empty; nothing will ever come")]
    ShutDown,
}

/// [`task_done`](crate::QueueCore::task_done) was called more often than items were put.
///
/// Mirrors the `ValueError` of
/// [`Queue.task_done`](https://docs.python.org/3/library/queue.html#queue.Queue.task_done).
///
/// ```
/// # use nogil::Queue;
/// let error = Queue::<i32>::new().task_done().unwrap_err();
/// assert!(error.to_string().starts_with("task_done() called too many times"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("task_done() called too many times: call it once for each item got")]
pub struct TaskDoneError;

/// The [`SimpleQueue`](crate::SimpleQueue) holds no item.
///
/// Mirrors [`queue.Empty`](https://docs.python.org/3/library/queue.html#queue.Empty).
///
/// ```
/// # use nogil::{Empty, SimpleQueue};
/// assert_eq!(SimpleQueue::<i32>::new().get_nowait(), Err(Empty));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Empty: the queue holds no item; put one first, or wait with `get`")]
pub struct Empty;
