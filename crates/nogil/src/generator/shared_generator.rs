//! A generator with several holders.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, PoisonError, TryLockError};

use super::{Generator, GeneratorError};
use crate::sync::primitives::{Mutex, MutexGuard};

/// A handle to a generator that several holders, threads, or even its own body use: what every
/// Python generator is.
///
/// Made by [`Generator::share`]; clones are handles to the same generator. Unlike a `Mutex` around
/// it, a handle never waits and never deadlocks: using a generator that runs at this moment is an
/// error, as in Python.
///
/// ```
/// use nogil::{Generator, GeneratorError, SharedGenerator, generator};
/// use std::sync::{Arc, OnceLock};
///
/// let own: Arc<OnceLock<SharedGenerator<String>>> = Arc::default();
/// let seen = own.clone();
/// let g: Generator<String> = generator(move |mut y| async move {
///     let error = seen.get().unwrap().next().unwrap_err();
///     y.yield_(error.to_string()).await;
/// });
/// let g = own.get_or_init(|| g.share());
/// assert_eq!(g.next().unwrap(), "generator already executing");
/// assert!(matches!(g.next(), Err(GeneratorError::StopIteration(Some(())))));
/// # g.close().unwrap();
/// ```
///
/// Mirrors [generator-iterator methods](https://docs.python.org/3/reference/expressions.html#generator-iterator-methods).
pub struct SharedGenerator<Y, S: 'static = (), R = ()>(Arc<Mutex<Generator<Y, S, R>>>);

impl<Y, S: 'static, R> SharedGenerator<Y, S, R> {
    pub(super) fn new(generator: Generator<Y, S, R>) -> Self {
        SharedGenerator(Arc::new(Mutex::new(generator)))
    }

    /// Like [`Generator::start`].
    ///
    /// # Errors
    ///
    /// [`GeneratorError::AlreadyExecuting`] while it runs; otherwise the same as there.
    ///
    /// ```
    /// # use nogil::{Generator, generator};
    /// let g: Generator<i32, i32> = generator(|mut y| async move { y.yield_(1).await; });
    /// assert_eq!(g.share().start().unwrap(), 1);
    /// ```
    pub fn start(&self) -> Result<Y, GeneratorError<R>> {
        self.enter()?.start()
    }

    /// Like [`Generator::send`].
    ///
    /// # Errors
    ///
    /// [`GeneratorError::AlreadyExecuting`] while it runs; otherwise the same as there.
    ///
    /// ```
    /// # use nogil::{Generator, generator};
    /// let g: Generator<i32, i32> = generator(|mut y| async move {
    ///     let sent = y.yield_(1).await;
    ///     y.yield_(sent + 1).await;
    /// });
    /// let g = g.share();
    /// g.start().unwrap();
    /// assert_eq!(g.send(41).unwrap(), 42);
    /// ```
    pub fn send(&self, value: S) -> Result<Y, GeneratorError<R>> {
        self.enter()?.send(value)
    }

    /// Like [`Generator::throw`].
    ///
    /// # Errors
    ///
    /// [`GeneratorError::AlreadyExecuting`] while it runs; otherwise the same as there.
    ///
    /// ```
    /// # use nogil::{Generator, generator};
    /// let g: Generator<i32> = generator(|mut y| async move { y.yield_(1).await });
    /// assert_eq!(g.share().throw("stop").unwrap_err().to_string(), "stop");
    /// ```
    pub fn throw(
        &self,
        error: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Result<Y, GeneratorError<R>> {
        self.enter()?.throw(error)
    }

    /// Like [`Generator::close`].
    ///
    /// # Errors
    ///
    /// [`GeneratorError::AlreadyExecuting`] while it runs; otherwise the same as there.
    ///
    /// ```
    /// # use nogil::{Generator, generator};
    /// let g: Generator<i32> = generator(|mut y| async move { y.yield_(1).await });
    /// assert_eq!(g.share().close().unwrap(), None);
    /// ```
    pub fn close(&self) -> Result<Option<R>, GeneratorError<R>> {
        self.enter()?.close()
    }

    fn enter(&self) -> Result<MutexGuard<'_, Generator<Y, S, R>>, GeneratorError<R>> {
        match self.0.try_lock() {
            Ok(generator) => Ok(generator),
            // A panic in the body has finished the generator, which is a sound state to find it in.
            Err(TryLockError::Poisoned(poisoned)) => Ok(PoisonError::into_inner(poisoned)),
            Err(TryLockError::WouldBlock) => Err(GeneratorError::AlreadyExecuting),
        }
    }
}

impl<Y, R> SharedGenerator<Y, (), R> {
    /// Asks for the next value: Python's `next(g)`.
    ///
    /// # Errors
    ///
    /// Like [`send`](Self::send); [`GeneratorError::StopIteration`] at the end.
    ///
    /// ```
    /// # use nogil::{Generator, generator};
    /// let g: Generator<i32> = generator(|mut y| async move { y.yield_(1).await });
    /// let g = g.share();
    /// assert_eq!(g.next().unwrap(), 1);
    /// assert_eq!(g.next().unwrap_err().to_string(), "StopIteration");
    /// ```
    pub fn next(&self) -> Result<Y, GeneratorError<R>> {
        self.send(())
    }
}

impl<Y, S, R> Clone for SharedGenerator<Y, S, R> {
    fn clone(&self) -> Self {
        SharedGenerator(Arc::clone(&self.0))
    }
}

impl<Y, S, R> fmt::Debug for SharedGenerator<Y, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.try_lock() {
            Ok(generator) => generator.fmt(f),
            Err(_) => f.write_str("<generator object, executing>"),
        }
    }
}
