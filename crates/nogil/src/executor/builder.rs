//! What is said about a pool before it is made.

use super::error::ExecutorError;
use super::pool::{Initializer, Pool};
use super::thread_pool_executor::ThreadPoolExecutor;
use crate::thread::{Cell, Context};
use std::fmt;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What can be said about a [`ThreadPoolExecutor`] before it is made: by [`ThreadPoolExecutor::builder`], finished by
/// [`build`](Self::build).
///
/// ```
/// use nogil::ThreadPoolExecutor;
///
/// let pool = ThreadPoolExecutor::builder()
///     .max_workers(2)
///     .thread_name_prefix("oven")
///     .initializer(|| println!("preheating"))
///     .build()?;
/// let name = pool.submit(|| std::thread::current().name().map(str::to_owned))?;
/// assert_eq!(name.result()?.as_deref(), Some("oven_0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder makes a pool when it is built"]
pub struct ThreadPoolExecutorBuilder {
    max_workers: Option<usize>,
    thread_name_prefix: Option<String>,
    initializer: Option<Initializer>,
}

impl ThreadPoolExecutorBuilder {
    /// How many tasks run at a time at most; the default is `min(32, cores + 4)`.
    ///
    /// ```
    /// let builder = nogil::ThreadPoolExecutor::builder().max_workers(0);
    /// assert_eq!(builder.build().unwrap_err(), nogil::ExecutorError::NoWorkers);
    /// ```
    pub fn max_workers(self, max_workers: usize) -> Self {
        Self {
            max_workers: Some(max_workers),
            ..self
        }
    }

    /// What the workers' names begin with; a number follows.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::builder().thread_name_prefix("oven").build()?;
    /// # Ok::<(), nogil::ExecutorError>(())
    /// ```
    pub fn thread_name_prefix(self, prefix: impl Into<String>) -> Self {
        Self {
            thread_name_prefix: Some(prefix.into()),
            ..self
        }
    }

    /// What each worker does before its first task. When it panics, the pool is broken: it takes no further tasks, and
    /// those that are queued fail with [`SubmitError::Broken`](crate::SubmitError::Broken).
    ///
    /// ```
    /// use nogil::{SubmitError, ThreadPoolExecutor};
    ///
    /// let pool = ThreadPoolExecutor::builder().initializer(|| panic!("no gas")).build()?;
    /// let error = pool.submit(|| ())?.result().unwrap_err();
    /// assert_eq!(error, SubmitError::Broken.into());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn initializer(self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
        let (cell, context) = (Cell::current(), Context::inherit());
        let initialize = move || {
            cell.during(|| {
                let initialized = context.clone().run(&initializer);
                initialized.inspect_err(|panicked| {
                    panicked.report(format_args!("Exception in initializer"));
                })
            })
        };
        Self {
            initializer: Some(Arc::new(initialize)),
            ..self
        }
    }

    /// The pool. Its threads are started when tasks come.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::NoWorkers`] for a pool of zero workers.
    ///
    /// ```
    /// let pool = nogil::ThreadPoolExecutor::builder().max_workers(2).build()?;
    /// # Ok::<(), nogil::ExecutorError>(())
    /// ```
    pub fn build(self) -> Result<ThreadPoolExecutor, ExecutorError> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let max_workers = self.max_workers.unwrap_or_else(default_workers);
        if max_workers == 0 {
            return Err(ExecutorError::NoWorkers);
        }
        let prefix = self.thread_name_prefix.unwrap_or_else(|| {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            format!("ThreadPoolExecutor-{number}")
        });
        let desk = Context::inherit().desk;
        let pool = Pool::new(
            desk,
            max_workers,
            prefix.replace('\0', ""),
            self.initializer,
        );
        Ok(ThreadPoolExecutor::with_pool(pool))
    }
}

fn default_workers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    (cores + 4).min(32)
}

impl fmt::Debug for ThreadPoolExecutorBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ThreadPoolExecutorBuilder")
            .field("max_workers", &self.max_workers)
            .field("thread_name_prefix", &self.thread_name_prefix)
            .finish_non_exhaustive()
    }
}
