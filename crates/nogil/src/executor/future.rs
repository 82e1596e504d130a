//! `Future`: the handle to a task's result.

use super::error::FutureError;
use super::task::{Callback, Task, Work};
use crate::thread::{Cell, Context, Panicked};
use crate::time::deadline_after;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A handle to what a pool's task will have been: its value, its failure, or nothing because it was cancelled.
///
/// Unlike a [`std::future::Future`], it makes progress by itself, on a thread of its pool, and waiting for it blocks.
/// Unlike Python's, its value is moved out and not shared, so any value will do: of several clones, the first one that
/// asks gets it ([`FutureError::Taken`] tells the others). Dropping every handle cancels nothing.
///
/// Mirrors [`concurrent.futures.Future`](https://docs.python.org/3/library/concurrent.futures.html#future-objects).
///
/// ```
/// use nogil::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::with_max_workers(2)?;
/// let future = pool.submit(|| 6 * 7)?;
/// assert_eq!(future.result()?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A result cannot be asked for twice through one handle:
///
/// ```compile_fail,E0382
/// let pool = nogil::ThreadPoolExecutor::new();
/// let future = pool.submit(|| 1).unwrap();
/// future.result().unwrap();
/// future.result().unwrap();
/// ```
pub struct Future<T> {
    task: Arc<Task<T>>,
}

impl<T> Future<T> {
    pub(super) fn new(task: Arc<Task<T>>) -> Self {
        Self { task }
    }

    pub(super) fn task(&self) -> &Task<T> {
        &self.task
    }

    /// The same for all handles of one future and for no other's.
    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.task).addr()
    }

    /// Waits until the task is done and takes its value.
    ///
    /// # Errors
    ///
    /// [`FutureError::Panicked`], [`FutureError::Cancelled`], [`FutureError::Rejected`] when the pool broke before it
    /// ran the task, [`FutureError::Taken`] when another handle was faster.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// assert_eq!(pool.submit(|| "done")?.result()?, "done");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn result(self) -> Result<T, FutureError> {
        self.task.take_result(None)
    }

    /// As [`result`](Self::result), but waits for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`FutureError::Timeout`] when the task is not done by then, and as [`result`](Self::result)'s.
    ///
    /// ```
    /// use nogil::{Event, FutureError, ThreadPoolExecutor};
    /// use std::time::Duration;
    ///
    /// let pool = ThreadPoolExecutor::new();
    /// let gate = Event::new();
    /// let closed = gate.clone();
    /// let future = pool.submit(move || closed.wait())?;
    /// assert_eq!(future.result_timeout(Duration::from_millis(1)), Err(FutureError::Timeout));
    /// gate.set();
    /// future.result()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn result_timeout(&self, timeout: Duration) -> Result<T, FutureError> {
        self.task.take_result(deadline_after(timeout))
    }

    /// Waits until the task is done and tells the panic that ended it, if one did. The value stays where it is.
    ///
    /// # Errors
    ///
    /// [`FutureError::Cancelled`] and [`FutureError::Rejected`]: such a task has neither a value nor a panic.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let fine = pool.submit(|| 1)?;
    /// let failing = pool.submit(|| -> i32 { panic!("boom") })?;
    /// assert!(fine.exception()?.is_none());
    /// assert_eq!(failing.exception()?.unwrap().message(), "boom");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exception(&self) -> Result<Option<Panicked>, FutureError> {
        self.panic_by(None)
    }

    /// As [`exception`](Self::exception), but waits for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`FutureError::Timeout`] when the task is not done by then, and as [`exception`](Self::exception)'s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| 1)?;
    /// assert!(future.exception_timeout(Duration::from_secs(60))?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exception_timeout(&self, timeout: Duration) -> Result<Option<Panicked>, FutureError> {
        self.panic_by(deadline_after(timeout))
    }

    fn panic_by(&self, deadline: Option<Instant>) -> Result<Option<Panicked>, FutureError> {
        match self.task.failure(deadline)? {
            None => Ok(None),
            Some(FutureError::Panicked(panicked)) => Ok(Some(panicked)),
            Some(error) => Err(error),
        }
    }

    /// Whether the task is over: it has a value, it has failed, or it was cancelled.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| ())?;
    /// pool.shutdown();
    /// assert!(future.done());
    /// # Ok::<(), nogil::SubmitError>(())
    /// ```
    #[must_use]
    pub fn done(&self) -> bool {
        self.task.is_done()
    }

    /// Whether a worker is running the task now.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| ())?;
    /// pool.shutdown();
    /// assert!(!future.running());
    /// # Ok::<(), nogil::SubmitError>(())
    /// ```
    #[must_use]
    pub fn running(&self) -> bool {
        self.task.is_running()
    }

    /// Whether the task was cancelled.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| ())?;
    /// pool.shutdown();
    /// assert!(!future.cancelled());
    /// # Ok::<(), nogil::SubmitError>(())
    /// ```
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.task.is_cancelled()
    }
}

impl<T: Send + 'static> Future<T> {
    /// Cancels the task if no worker has begun it. The answer says whether it is cancelled now.
    ///
    /// ```
    /// use nogil::{Event, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::with_max_workers(1)?;
    /// let (begun, gate) = (Event::new(), Event::new());
    /// let (told, closed) = (begun.clone(), gate.clone());
    /// let running = pool.submit(move || {
    ///     told.set();
    ///     closed.wait();
    /// })?;
    /// let pending = pool.submit(|| unreachable!())?;
    /// begun.wait();
    /// assert!(!running.cancel());
    /// assert!(pending.cancel());
    /// gate.set();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cancel(&self) -> bool {
        Arc::clone(&self.task).cancel()
    }

    /// Has `callback` called with this future when its task is over: by the thread that ends it, in the order of
    /// adding, or by this one at once if it is over. A panic in it is printed on stderr and the next one is called.
    ///
    /// ```
    /// use nogil::{Queue, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::new();
    /// let results = Queue::new();
    /// let told = results.clone();
    /// pool.submit(|| 6 * 7)?.add_done_callback(move |future| {
    ///     told.put(future.clone().result()).expect("the queue is open");
    /// });
    /// assert_eq!(results.get()?, Ok(42));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_done_callback(&self, callback: impl FnOnce(&Self) + Send + 'static) {
        let (cell, context) = (Cell::current(), Context::inherit());
        let callback: Callback<T> = Box::new(move |future| {
            cell.during(|| {
                if let Err(panicked) = context.run(|| callback(future)) {
                    panicked.report(format_args!("exception calling callback"));
                }
            });
        });
        if let Err(callback) = self.task.add_callback(callback) {
            callback(self);
        }
    }
}

impl<T> Clone for Future<T> {
    /// Another handle to the same future.
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.task))
    }
}

/// Python's `<Future at 0x7f… state=finished>` without the address.
impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<Future state={}>", self.task.state_name())
    }
}
