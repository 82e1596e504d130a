//! The coroutine itself.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use super::CoroutineError;
use super::frame::Frame;
use crate::generator::{Body, Driver, Exception, Slot, Step, Stop};

/// A future that is driven by hand: Python's coroutine object, with `send`, `throw` and `close`.
///
/// `Y` is what it hands to its driver at each [`suspend`](crate::suspend), `S` what it is sent
/// there, `R` what it returns. A Python coroutine that is awaited twice raises "coroutine is being
/// awaited already" or "cannot reuse already awaited coroutine"; awaiting a future moves it, so a
/// second `await` does not compile:
///
/// ```compile_fail,E0382
/// # use nogil::{Coroutine, coroutine, suspend};
/// let inner = suspend::<i32, i32>(1);
/// let c: Coroutine<i32, i32> = coroutine(async {
///     inner.await;
///     inner.await;
/// });
/// ```
///
/// Nor can one be entered twice at a time, for that needs `&mut`:
///
/// ```compile_fail,E0499
/// # use nogil::{Coroutine, coroutine, suspend};
/// let mut c: Coroutine<i32> = coroutine(async { suspend(1).await });
/// let (first, second) = (&mut c, &mut c);
/// first.start().unwrap();
/// second.start().unwrap();
/// ```
///
/// Python warns at run time about a coroutine that was never awaited, the compiler about one that
/// is never used.
///
/// ```compile_fail
/// # #![deny(unused_must_use)]
/// # use nogil::{coroutine, suspend};
/// coroutine::<i32, (), _>(async { suspend::<i32, ()>(1).await });
/// ```
///
/// Mirrors [coroutine objects](https://docs.python.org/3/reference/datamodel.html#coroutine-objects).
#[must_use = "a coroutine that is never awaited does nothing: start it"]
pub struct Coroutine<Y = (), S: 'static = (), R = ()> {
    driver: Driver<CoroutineBody<Y, S, R>>,
}

/// Makes a coroutine of a future, which runs only when the coroutine is started.
///
/// ```
/// use nogil::{Coroutine, CoroutineError, coroutine, suspend};
///
/// async fn model_upper(models: Vec<&'static str>) -> usize {
///     for model in &models {
///         let greeting: String = suspend(()).await;
///         assert_eq!((greeting.as_str(), model.to_uppercase().as_str()), ("Hello", "CATHERINE"));
///     }
///     models.len()
/// }
///
/// async fn greet_async(inner: impl Future<Output = usize>) -> usize {
///     inner.await
/// }
///
/// let mut greeter: Coroutine<(), String, usize> = coroutine(greet_async(model_upper(vec!["Catherine"])));
/// greeter.start().unwrap();
/// assert!(matches!(greeter.send("Hello".to_owned()), Err(CoroutineError::StopIteration(1))));
/// ```
///
/// # Panics
///
/// Running it panics when the future panics, and when it awaits anything but
/// [`suspend`](crate::suspend) (a socket, say): nobody would wake it. Either finishes the
/// coroutine.
///
/// ```should_panic
/// # use nogil::{Coroutine, coroutine};
/// let mut c: Coroutine = coroutine(std::future::pending());
/// let _ = c.start();
/// ```
pub fn coroutine<Y, S, F>(future: F) -> Coroutine<Y, S, F::Output>
where
    Y: 'static,
    S: 'static,
    F: Future + Send + 'static,
{
    Coroutine {
        driver: Driver::new(CoroutineBody(Box::pin(future))),
    }
}

impl<Y, S: 'static, R> Coroutine<Y, S, R> {
    /// Runs to the first suspension: Python's `c.send(None)`.
    ///
    /// On a coroutine that receives nothing it may be repeated, and then goes on as `send(None)`
    /// does.
    ///
    /// # Errors
    ///
    /// [`CoroutineError::AlreadyStarted`] if it waits for a value; otherwise like
    /// [`send`](Self::send).
    ///
    /// ```
    /// # use nogil::{Coroutine, coroutine, suspend};
    /// let mut c: Coroutine<i32, ()> = coroutine(async { suspend(1).await });
    /// assert_eq!(c.start().unwrap(), 1);
    /// ```
    #[inline]
    pub fn start(&mut self) -> Result<Y, CoroutineError<R>> {
        Ok(self.driver.start()?)
    }

    /// Resumes it with a value and runs it to its next suspension: Python's `c.send(value)`.
    ///
    /// # Errors
    ///
    /// [`CoroutineError::JustStarted`] before the first suspension,
    /// [`CoroutineError::StopIteration`] when it returns, and
    /// [`CoroutineError::AlreadyAwaited`] ever after.
    ///
    /// ```
    /// # use nogil::{Coroutine, coroutine, suspend};
    /// let mut c: Coroutine<i32, i32> = coroutine(async {
    ///     let mut n = 0;
    ///     loop {
    ///         n = suspend::<i32, i32>(n + 1).await;
    ///     }
    /// });
    /// assert_eq!(c.send(1).unwrap_err().to_string(), "can't send non-None value to a just-started coroutine");
    /// assert_eq!(c.start().unwrap(), 1);
    /// assert_eq!(c.send(41).unwrap(), 42);
    /// ```
    #[inline]
    pub fn send(&mut self, value: S) -> Result<Y, CoroutineError<R>> {
        Ok(self.driver.send(value)?)
    }

    /// Raises an exception where it is suspended: Python's `c.throw(error)`.
    ///
    /// A coroutine that catches it ([`try_suspend`](crate::try_suspend)) goes on. Any other is
    /// dropped there, its locals' destructors run, and the exception comes back.
    ///
    /// # Errors
    ///
    /// [`CoroutineError::Raised`] with the exception; [`CoroutineError::AlreadyAwaited`] if the
    /// coroutine was over; otherwise like [`send`](Self::send).
    ///
    /// ```
    /// # use nogil::{Coroutine, coroutine, suspend};
    /// let mut c: Coroutine<i32, ()> = coroutine(async { suspend(1).await });
    /// c.start().unwrap();
    /// assert_eq!(c.throw("no more").unwrap_err().to_string(), "no more");
    /// assert_eq!(c.throw("again").unwrap_err().to_string(), "cannot reuse already awaited coroutine");
    /// ```
    pub fn throw(
        &mut self,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<Y, CoroutineError<R>> {
        if self.driver.is_over() {
            return Err(CoroutineError::AlreadyAwaited);
        }
        Ok(self.driver.throw(Exception::new(error))?)
    }

    /// Ends it where it is suspended: Python's `c.close()`.
    ///
    /// It throws [`Exception::GeneratorExit`]. The result is what the coroutine returned if it
    /// caught that, and `None` if it was dropped, or was over, or never started.
    ///
    /// # Errors
    ///
    /// [`CoroutineError::IgnoredExit`] if it suspends itself again.
    ///
    /// ```
    /// # use nogil::{Coroutine, coroutine, suspend};
    /// let mut c: Coroutine<i32, ()> = coroutine(async { suspend(1).await });
    /// c.start().unwrap();
    /// assert_eq!(c.close().unwrap(), None);
    /// ```
    pub fn close(&mut self) -> Result<Option<R>, CoroutineError<R>> {
        Ok(self.driver.close()?)
    }
}

impl<Y, S, R> fmt::Debug for Coroutine<Y, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<coroutine object, {}>", self.driver.state())
    }
}

impl<Y, S: 'static, R> Drop for Coroutine<Y, S, R> {
    fn drop(&mut self) {
        self.driver.close_at_drop::<CoroutineError<R>>("coroutine");
    }
}

struct CoroutineBody<Y, S, R>(Pin<Box<dyn Suspended<Y, S, R> + Send>>);

impl<Y, S, R> CoroutineBody<Y, S, R> {
    /// Runs it with a slot that `pass` hands the turn in.
    #[inline]
    fn run(&mut self, pass: impl FnOnce(&Slot<Y, S>)) -> Step<Y, R> {
        let slot = Slot::new();
        pass(&slot);
        match self.0.as_mut().poll_with(&slot) {
            Poll::Ready(value) => Err(Stop::Returned(value)),
            // SAFETY: nobody else has this slot as a caller.
            Poll::Pending => unsafe { slot.collect() }
                .expect("a coroutine awaited something else than suspend, so nobody can resume it"),
        }
    }
}

impl<Y, S: 'static, R> Body for CoroutineBody<Y, S, R> {
    type Yield = Y;
    type Send = S;
    type Return = R;

    fn start(&mut self) -> Step<Y, R> {
        // SAFETY: nobody else has this slot.
        self.run(|slot| unsafe { slot.start() })
    }

    #[inline]
    fn send(&mut self, value: S) -> Step<Y, R> {
        // SAFETY: nobody else has this slot.
        self.run(|slot| unsafe { slot.send(value) })
    }

    fn throw(&mut self, exception: Exception) -> Step<Y, R> {
        // SAFETY: nobody else has this slot.
        self.run(|slot| unsafe { slot.throw(exception) })
    }
}

/// A future as a trait object whose code was compiled where the coroutine was created, so that its
/// leaves meet [frames](super::frame) of their own kind, whoever drives it.
trait Suspended<Y, S, R> {
    fn poll_with(self: Pin<&mut Self>, slot: &Slot<Y, S>) -> Poll<R>;
}

impl<F: Future, Y: 'static, S: 'static> Suspended<Y, S, F::Output> for F {
    fn poll_with(self: Pin<&mut Self>, slot: &Slot<Y, S>) -> Poll<F::Output> {
        Frame::poll(self, slot)
    }
}
