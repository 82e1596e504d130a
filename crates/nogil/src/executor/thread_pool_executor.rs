//! `ThreadPoolExecutor`: the handle to a pool.

use super::builder::ThreadPoolExecutorBuilder;
use super::error::{ExecutorError, SubmitError};
use super::future::Future;
use super::map::Map;
use super::pool::Pool;
use super::task::{Task, Work};
use crate::interrupt;
use crate::schedule;
use crate::thread::{Context, Target};
use std::fmt;
use std::sync::Arc;

/// A pool of threads that run submitted functions, each with a [`Future`] of its result.
///
/// Unlike rayon's, its threads may block: it is made for waiting as much as for computing. Unlike Python's, two workers
/// compute at the same time on two cores. Its scope is Python's `with`: when it is dropped, it waits for all tasks.
/// Threads are started when tasks come and no worker is free, and stay.
///
/// Mirrors [`concurrent.futures.ThreadPoolExecutor`](https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor).
///
/// ```
/// use nogil::ThreadPoolExecutor;
///
/// {
///     let pool = ThreadPoolExecutor::with_max_workers(2)?;
///     pool.submit(|| println!("complex_calculation"))?;
///     pool.submit(|| println!("ask_user"))?;
/// } // both have ended here
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A task cannot borrow what may be gone before it runs:
///
/// ```compile_fail,E0373
/// let name = "Ada".to_owned();
/// nogil::ThreadPoolExecutor::new().submit(|| println!("{name}"));
/// ```
pub struct ThreadPoolExecutor {
    pool: Arc<Pool>,
}

impl ThreadPoolExecutor {
    /// A pool of at most `min(32, cores + 4)` workers.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// assert_eq!(pool.submit(|| 1 + 1)?.result()?, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::builder()
            .build()
            .expect("the default number of workers is not zero")
    }

    /// A pool of at most `max_workers` workers.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::NoWorkers`] for zero.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::with_max_workers(2)?;
    /// # Ok::<(), nogil::ExecutorError>(())
    /// ```
    pub fn with_max_workers(max_workers: usize) -> Result<Self, ExecutorError> {
        Self::builder().max_workers(max_workers).build()
    }

    /// A pool with names or an initializer of its own: finish with [`ThreadPoolExecutorBuilder::build`].
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::builder().thread_name_prefix("oven").build()?;
    /// # Ok::<(), nogil::ExecutorError>(())
    /// ```
    pub fn builder() -> ThreadPoolExecutorBuilder {
        ThreadPoolExecutorBuilder::default()
    }

    pub(super) fn with_pool(pool: Pool) -> Self {
        Self {
            pool: Arc::new(pool),
        }
    }

    /// Has a worker run `function` and gives the future of its result.
    ///
    /// # Errors
    ///
    /// [`SubmitError::ShutDown`] after [`shutdown`](Self::shutdown), [`SubmitError::Broken`] when an initializer has
    /// panicked, [`SubmitError::Spawn`] when the system has no thread for the first worker.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| 2 + 3)?;
    /// assert_eq!(future.result()?, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn submit<T: Send + 'static>(
        &self,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, SubmitError> {
        let task = self.task(function);
        self.pool.submit([Arc::clone(&task) as Arc<dyn Work>])?;
        Ok(Future::new(task))
    }

    /// Submits `function(argument)` for all `arguments` now and gives the results in the order of the arguments.
    ///
    /// A pool that takes no tasks says so in the first result. See [`Map`] for how it ends early.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// for (model, greeting) in ["Catherine", "Nicole"].iter().zip(pool.map(
    ///     ["Catherine", "Nicole"],
    ///     |model| format!("Hello {model}"),
    /// )) {
    ///     assert_eq!(greeting?, format!("Hello {model}"));
    /// }
    /// # Ok::<(), nogil::FutureError>(())
    /// ```
    pub fn map<A, R>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        function: impl Fn(A) -> R + Send + Sync + 'static,
    ) -> Map<R>
    where
        A: Send + 'static,
        R: Send + 'static,
    {
        let function = Arc::new(function);
        let tasks: Vec<_> = arguments
            .into_iter()
            .map(|argument| {
                let function = Arc::clone(&function);
                self.task(move || function(argument))
            })
            .collect();
        let works = tasks.iter().map(|task| Arc::clone(task) as Arc<dyn Work>);
        match self.pool.submit(works) {
            Ok(()) => Map::new(tasks.into_iter().map(Future::new).collect(), None),
            // Without arguments there was nothing to refuse.
            Err(refusal) => Map::new(Vec::new(), (!tasks.is_empty()).then(|| refusal.into())),
        }
    }

    fn task<T: Send + 'static>(
        &self,
        function: impl FnOnce() -> T + Send + 'static,
    ) -> Arc<Task<T>> {
        let desk = &self.pool.desk;
        let context = Context::at_desk(desk);
        Arc::new(Task::new(Target::new(context, function), Arc::clone(desk)))
    }

    /// Takes no further tasks and waits until all that were submitted have ended. In a task of this pool it does not
    /// wait, because the task would wait for itself.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| 1)?;
    /// pool.shutdown();
    /// assert!(future.done());
    /// # Ok::<(), nogil::SubmitError>(())
    /// ```
    pub fn shutdown(&self) {
        self.pool.shut_down(false);
        self.pool.join();
    }

    /// As [`shutdown`](Self::shutdown), but cancels the tasks that no worker has begun: Python's
    /// `shutdown(cancel_futures=True)`.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::with_max_workers(1)?;
    /// let futures = [pool.submit(|| 1)?, pool.submit(|| 2)?];
    /// pool.shutdown_now();
    /// assert!(futures.iter().all(|future| future.done()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shutdown_now(&self) {
        self.pool.shut_down(true);
        self.pool.join();
    }

    /// Takes no further tasks and does not wait: Python's `shutdown(wait=False)`. What was submitted is still run.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::new();
    /// let future = pool.submit(|| 1)?;
    /// pool.shutdown_nowait();
    /// assert_eq!(future.result()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shutdown_nowait(&self) {
        self.pool.shut_down(false);
    }
}

impl Default for ThreadPoolExecutor {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ThreadPoolExecutor {
    fn drop(&mut self) {
        // Whoever interrupts the wait for a task does not want to wait for it here, and at the end of a schedule nobody
        // can.
        let is_stopped =
            || interrupt::is_requested() || schedule::place().is_some_and(|place| place.is_over());
        if std::thread::panicking() && is_stopped() {
            return self.shutdown_nowait();
        }
        self.shutdown();
    }
}

impl fmt::Debug for ThreadPoolExecutor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<ThreadPoolExecutor {}>", self.pool.describe())
    }
}
