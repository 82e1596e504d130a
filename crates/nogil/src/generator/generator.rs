//! The generator itself.

use std::fmt;
use std::future::Future;
use std::iter::FusedIterator;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::slot::{CallerEnd, slot};
use super::{Body, Driver, Exception, GeneratorError, SharedGenerator, Step, Stop, Yielder};

/// A body that is suspended at each value it yields: Python's generator.
///
/// `Y` is what it yields, `S` what it is sent, `R` what it returns. Unlike Python's, its type says
/// all three, it can be sent to another thread while it is suspended, and it needs `&mut`, so that
/// it cannot be entered twice:
///
/// ```compile_fail,E0499
/// # use nogil::{Generator, generator};
/// let mut g: Generator<i32> = generator(|mut y| async move { y.yield_(1).await });
/// let (first, second) = (&mut g, &mut g); // Python: "generator already executing", at run time
/// first.next();
/// second.next();
/// ```
///
/// A body that would use its own generator does not compile either. Where several holders are
/// wanted, [`share`](Self::share) gives Python's behaviour, run-time error included.
///
/// ```compile_fail,E0382
/// # use nogil::{Generator, generator};
/// let mut g: Generator<i32> = generator(|mut y| async move {
///     g.next();
///     y.yield_(1).await;
/// });
/// ```
///
/// A generator that receives nothing (`S` is `()`) is an [`Iterator`]; [`send`](Self::send) works
/// on all and also gives the body's return value. Dropping one closes it.
///
/// Mirrors [generator-iterator methods](https://docs.python.org/3/reference/expressions.html#generator-iterator-methods).
#[must_use = "a generator does nothing until it is asked for a value"]
pub struct Generator<Y, S: 'static = (), R = ()> {
    pub(super) driver: Driver<GeneratorBody<Y, S, R>>,
}

/// Makes a generator of a body that yields through the [`Yielder`] it is given.
///
/// The body is an `async move` block and runs only when the generator is asked for a value. It must
/// be [`Send`], so that the generator is too. What it returns is its own affair: a `Result` is a
/// return value like any other, and a `StopIteration` of another generator cannot leak out of it
/// unseen (Python's PEP 479), because it is an ordinary error value that the body has to deal with.
///
/// ```
/// use nogil::{Generator, generator};
///
/// fn countdown(mut n: i32) -> Generator<i32> {
///     generator(move |mut y| async move {
///         while n > 0 {
///             y.yield_(n).await;
///             n -= 1;
///         }
///     })
/// }
///
/// let mut g1 = countdown(10);
/// let mut g2 = countdown(20);
/// assert_eq!((g1.next(), g2.next(), g1.next(), g2.next()), (Some(10), Some(20), Some(9), Some(19)));
/// assert_eq!(countdown(3).collect::<Vec<_>>(), [3, 2, 1]);
/// ```
///
/// A body that is not `Send` is refused:
///
/// ```compile_fail,E0277
/// # use nogil::{Generator, generator};
/// let shared = std::rc::Rc::new(1);
/// let g: Generator<i32> = generator(move |mut y| async move { y.yield_(*shared).await });
/// ```
///
/// # Panics
///
/// Asking for a value panics when the body panics, and when it awaits anything but its yielder (a
/// socket, say): nobody would wake it. Either finishes the generator.
///
/// ```should_panic
/// # use nogil::{Generator, generator};
/// let mut g: Generator<i32> = generator(|_y| std::future::pending());
/// g.next();
/// ```
pub fn generator<Y, S, R, F>(body: impl FnOnce(Yielder<Y, S>) -> F) -> Generator<Y, S, R>
where
    Y: Send + 'static,
    S: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let (slot, body_end) = slot();
    let future = Box::pin(body(Yielder::new(body_end)));
    Generator {
        driver: Driver::new(GeneratorBody { slot, future }),
    }
}

impl<Y, S: 'static, R> Generator<Y, S, R> {
    /// Runs to the first yield: Python's `next(g)` or `g.send(None)`.
    ///
    /// On a generator that receives nothing it may be repeated, and then goes on as `next(g)` does.
    ///
    /// # Errors
    ///
    /// [`GeneratorError::AlreadyStarted`] if the body waits for a value; otherwise like
    /// [`send`](Self::send).
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut greeter: Generator<(), String> = generator(|mut y| async move {
    ///     let greeting = y.yield_(()).await;
    ///     assert_eq!(greeting, "Hello");
    /// });
    /// greeter.start().unwrap();
    /// assert_eq!(
    ///     greeter.start().unwrap_err().to_string(),
    ///     "generator already started: it waits for a value, so send it one"
    /// );
    /// assert_eq!(greeter.send("Hello".to_owned()).unwrap_err().to_string(), "StopIteration");
    /// ```
    #[inline]
    pub fn start(&mut self) -> Result<Y, GeneratorError<R>> {
        Ok(self.driver.start()?)
    }

    /// Resumes the body with a value and runs it to its next yield: Python's `g.send(value)`.
    ///
    /// Sending `()` is Python's `send(None)`, so it also starts a generator that receives nothing.
    ///
    /// # Errors
    ///
    /// [`GeneratorError::JustStarted`] before the first yield, [`GeneratorError::StopIteration`]
    /// when the body returns or has returned, and [`GeneratorError::Raised`] when it raises.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut upper: Generator<String, &str> = generator(|mut y| async move {
    ///     let mut word: &str = y.yield_(String::new()).await;
    ///     loop {
    ///         word = y.yield_(word.to_uppercase()).await;
    ///     }
    /// });
    /// assert_eq!(
    ///     upper.send("too early").unwrap_err().to_string(),
    ///     "can't send non-None value to a just-started generator"
    /// );
    /// upper.start().unwrap();
    /// assert_eq!(upper.send("nicole").unwrap(), "NICOLE");
    /// ```
    #[inline]
    pub fn send(&mut self, value: S) -> Result<Y, GeneratorError<R>> {
        Ok(self.driver.send(value)?)
    }

    /// Raises an exception where the body is suspended: Python's `g.throw(error)`.
    ///
    /// A body that catches it ([`Yielder::try_yield`]) goes on to its next yield. Any other is
    /// dropped there, its locals' destructors run, and the exception comes back. Nothing of a
    /// body runs that was not started.
    ///
    /// # Errors
    ///
    /// [`GeneratorError::Raised`] with the exception, also when the body was over before; otherwise
    /// like [`send`](Self::send).
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut g: Generator<i32> = generator(|mut y| async move { y.yield_all(0..9).await });
    /// assert_eq!(g.next(), Some(0));
    /// assert_eq!(g.throw("no more").unwrap_err().to_string(), "no more");
    /// assert_eq!(g.next(), None);
    /// ```
    pub fn throw(
        &mut self,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<Y, GeneratorError<R>> {
        Ok(self.driver.throw(Exception::new(error))?)
    }

    /// Ends the body where it is suspended: Python's `g.close()`.
    ///
    /// It throws [`Exception::GeneratorExit`]. The result is what the body returned if it caught
    /// that, and `None` if it was dropped, or was over, or never started.
    ///
    /// # Errors
    ///
    /// [`GeneratorError::IgnoredExit`] if the body yields again; [`GeneratorError::Raised`] if it
    /// raises something else.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let mut counter: Generator<i32, (), i32> = generator(|mut y| async move {
    ///     let mut n = 0;
    ///     while y.try_yield(n).await.is_ok() {
    ///         n += 1;
    ///     }
    ///     n
    /// });
    /// assert_eq!(counter.by_ref().take(5).count(), 5);
    /// assert_eq!(counter.close().unwrap(), Some(4));
    /// assert_eq!(counter.close().unwrap(), None);
    /// ```
    pub fn close(&mut self) -> Result<Option<R>, GeneratorError<R>> {
        Ok(self.driver.close()?)
    }

    /// Makes it a handle that can be cloned, and used through a shared reference, as Python's
    /// generators are.
    ///
    /// ```
    /// use nogil::{Generator, generator};
    ///
    /// let g: Generator<i32> = generator(|mut y| async move { y.yield_all(1..).await });
    /// let (here, there) = { let g = g.share(); (g.clone(), g) };
    /// assert_eq!((here.next().unwrap(), there.next().unwrap()), (1, 2));
    /// ```
    pub fn share(self) -> SharedGenerator<Y, S, R> {
        SharedGenerator::new(self)
    }
}

/// Asks for the next value: Python's `next(g)` and `for value in g`. What the body returns is
/// dropped, as there.
///
/// # Panics
///
/// When the body [raises](Yielder::raise), because an iterator has no place for an exception;
/// [`send(())`](Generator::send) returns it instead.
impl<Y, R> Iterator for Generator<Y, (), R> {
    type Item = Y;

    #[inline]
    fn next(&mut self) -> Option<Y> {
        match self.driver.send(()) {
            Ok(value) => Some(value),
            Err(Stop::Raised(exception)) => panic!("exception raised in a generator: {exception}"),
            Err(_) => None,
        }
    }
}

impl<Y, R> FusedIterator for Generator<Y, (), R> {}

impl<Y, S, R> fmt::Debug for Generator<Y, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<generator object, {}>", self.driver.state())
    }
}

impl<Y, S: 'static, R> Drop for Generator<Y, S, R> {
    fn drop(&mut self) {
        self.driver.close_at_drop::<GeneratorError<R>>("generator");
    }
}

/// A body that yields through a slot. It is a trait object of the code that was compiled where the
/// generator was created, whoever drives it.
pub(super) struct GeneratorBody<Y, S, R> {
    slot: CallerEnd<Y, S>,
    future: Pin<Box<dyn Future<Output = R> + Send>>,
}

impl<Y, S, R> GeneratorBody<Y, S, R> {
    #[inline]
    fn run(&mut self) -> Step<Y, R> {
        let mut context = Context::from_waker(Waker::noop());
        match self.future.as_mut().poll(&mut context) {
            Poll::Ready(value) => Err(Stop::Returned(value)),
            Poll::Pending => self.slot.collect().expect(
                "a generator's body awaited something else than its yielder, so nobody can resume it",
            ),
        }
    }
}

impl<Y, S: 'static, R> Body for GeneratorBody<Y, S, R> {
    type Yield = Y;
    type Send = S;
    type Return = R;

    fn start(&mut self) -> Step<Y, R> {
        self.slot.start();
        self.run()
    }

    #[inline]
    fn send(&mut self, value: S) -> Step<Y, R> {
        self.slot.send(value);
        self.run()
    }

    fn throw(&mut self, exception: Exception) -> Step<Y, R> {
        self.slot.throw(exception);
        self.run()
    }
}
