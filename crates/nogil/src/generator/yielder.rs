//! The hand with which a body yields.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::task::Poll;

use super::slot::BodyEnd;
use super::{Exception, Generator, GeneratorError, Stop, poll_fn};

/// What a generator's body yields through: Python's `yield`, which is an expression that gives back
/// what was sent.
///
/// Every method is awaited, and there the body is suspended until the caller goes on. What the
/// caller throws, or a `close`, arrives at the same place; [`yield_`](Self::yield_) lets it pass,
/// which ends the body right there and drops its locals (destructors are Python's `finally`), while
/// [`try_yield`](Self::try_yield) catches it.
///
/// A yielder belongs to one body: it cannot be cloned, and it is borrowed mutably while it yields,
/// so one body cannot yield twice at a time.
///
/// ```compile_fail,E0599
/// # use nogil::{Generator, generator};
/// let g: Generator<i32> = generator(|y| async move { let second = y.clone(); });
/// ```
///
/// Mirrors [yield expressions](https://docs.python.org/3/reference/expressions.html#yield-expressions).
pub struct Yielder<Y, S = ()>(BodyEnd<Y, S>);

impl<Y, S: 'static> Yielder<Y, S> {
    pub(super) fn new(end: BodyEnd<Y, S>) -> Self {
        Yielder(end)
    }

    /// Yields a value and gives back what the caller sends: Python's `reply = yield value`.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut adder: Generator<i32, i32> = generator(|mut y| async move {
    ///     let mut total = 0;
    ///     loop {
    ///         total += y.yield_(total).await;
    ///     }
    /// });
    /// assert_eq!(adder.start().unwrap(), 0);
    /// assert_eq!(adder.send(5).unwrap(), 5);
    /// assert_eq!(adder.send(2).unwrap(), 7);
    /// ```
    #[inline]
    pub fn yield_(&mut self, value: Y) -> impl Future<Output = S> {
        let mut value = Some(value);
        poll_fn(move |_| self.0.exchange_or_raise(&mut value))
    }

    /// Yields a value and gives back what the caller sends, or what it throws: a `yield` inside
    /// Python's `try`.
    ///
    /// # Errors
    ///
    /// What the caller threw; [`Exception::GeneratorExit`] when the generator is being closed or
    /// dropped.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut patient: Generator<String> = generator(|mut y| async move {
    ///     let mut word = "first".to_owned();
    ///     while let Err(exception) = y.try_yield(word).await {
    ///         word = format!("caught {exception}");
    ///     }
    /// });
    /// assert_eq!(patient.next().unwrap(), "first");
    /// assert_eq!(patient.throw("a ball").unwrap(), "caught a ball");
    /// ```
    #[inline]
    pub fn try_yield(&mut self, value: Y) -> impl Future<Output = Result<S, Exception>> {
        let mut value = Some(value);
        poll_fn(move |_| self.0.exchange(&mut value))
    }

    /// Ends the body with an exception, which goes to the caller: Python's `raise`.
    ///
    /// The body is dropped here and now. `T` is whatever type the place needs, for there is no
    /// value.
    ///
    /// ```
    /// use nogil::{Generator, GeneratorError, generator};
    ///
    /// let mut picky: Generator<i32, i32> = generator(|mut y| async move {
    ///     let mut reply = y.yield_(0).await;
    ///     loop {
    ///         reply = if reply < 0 { y.raise("negative").await } else { y.yield_(reply * 2).await };
    ///     }
    /// });
    /// picky.start().unwrap();
    /// assert_eq!(picky.send(4).unwrap(), 8);
    /// assert_eq!(picky.send(-1).unwrap_err().to_string(), "negative");
    /// assert!(matches!(picky.send(1), Err(GeneratorError::StopIteration(None))));
    /// ```
    pub fn raise<T>(
        &mut self,
        error: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> impl Future<Output = T> {
        self.leave(Exception::new(error))
    }

    /// Yields every item of an iterator: Python's `yield from iterable`. What the caller sends is
    /// dropped.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    /// use std::collections::VecDeque;
    ///
    /// let models = VecDeque::from(["Catherine", "Elizabeth", "Nicole"]);
    /// let mut g: Generator<&str> = generator(move |mut y| async move { y.yield_all(models).await });
    /// assert_eq!(g.next(), Some("Catherine"));
    /// ```
    pub async fn yield_all(&mut self, items: impl IntoIterator<Item = Y>) {
        for item in items {
            self.yield_(item).await;
        }
    }

    /// Lets another generator yield in this one's place until it returns: Python's `value = yield
    /// from inner`.
    ///
    /// What the caller sends or throws goes to `inner`, and a `close` closes it. An exception that
    /// leaves `inner` ends this body too. So does an `inner` that is used up (its value is
    /// gone), and one that already waits for a value (`S` is not `()` and it was started),
    /// because there is none to send it yet.
    ///
    /// ```
    /// use nogil::{Generator, GeneratorError, generator};
    ///
    /// let inner: Generator<i32, (), &str> = generator(|mut y| async move {
    ///     y.yield_all([1, 2]).await;
    ///     "three"
    /// });
    /// let mut outer: Generator<i32, (), String> = generator(|mut y| async move {
    ///     let last = y.yield_from(inner).await;
    ///     format!("and {last}")
    /// });
    /// assert_eq!((outer.next(), outer.next()), (Some(1), Some(2)));
    /// let Err(GeneratorError::StopIteration(Some(value))) = outer.send(()) else { panic!() };
    /// assert_eq!(value, "and three");
    /// ```
    pub async fn yield_from<T>(&mut self, inner: Generator<Y, S, T>) -> T {
        match self.try_yield_from(inner).await {
            Ok(value) => value,
            Err(exception) => self.leave(exception).await,
        }
    }

    /// Like [`yield_from`](Self::yield_from), inside Python's `try`.
    ///
    /// # Errors
    ///
    /// The exception that left `inner`; a [`GeneratorError`] as an exception if `inner` was unfit
    /// to be continued.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let inner: Generator<i32> = generator(|mut y| async move { y.yield_all(0..9).await });
    /// let mut outer: Generator<i32> = generator(|mut y| async move {
    ///     if let Err(exception) = y.try_yield_from(inner).await {
    ///         assert_eq!(exception.to_string(), "enough");
    ///         y.yield_(-1).await;
    ///     }
    /// });
    /// assert_eq!(outer.next(), Some(0));
    /// assert_eq!(outer.throw("enough").unwrap(), -1);
    /// ```
    pub async fn try_yield_from<T>(
        &mut self,
        mut inner: Generator<Y, S, T>,
    ) -> Result<T, Exception> {
        let inner = &mut inner.driver;
        let mut step = inner.start();
        loop {
            let value = match step {
                Ok(value) => value,
                Err(Stop::Returned(value)) => return Ok(value),
                Err(stop) => return Err(stop.into_exception()),
            };
            step = match self.try_yield(value).await {
                Ok(sent) => inner.send(sent),
                Err(Exception::GeneratorExit) => {
                    inner.close().map_err(Stop::into_exception)?;
                    return Err(Exception::GeneratorExit);
                }
                Err(exception) => inner.throw(exception),
            };
        }
    }

    fn leave<T>(&mut self, exception: Exception) -> impl Future<Output = T> {
        let mut exception = Some(exception);
        poll_fn(move |_| {
            self.0.raise(&mut exception);
            Poll::Pending
        })
    }
}

impl<Y, S> fmt::Debug for Yielder<Y, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yielder").finish_non_exhaustive()
    }
}

impl<R> Stop<R> {
    /// The exception that this is inside a body which drives another one.
    fn into_exception(self) -> Exception {
        Exception::new(match self {
            Stop::Raised(exception) => return exception,
            Stop::Returned(_) | Stop::Finished => GeneratorError::StopIteration(None::<()>),
            Stop::JustStarted => GeneratorError::JustStarted,
            Stop::AlreadyStarted => GeneratorError::AlreadyStarted,
            Stop::IgnoredExit => GeneratorError::IgnoredExit,
        })
    }
}
