//! The caller's half, common to generators and coroutines: which calls a body may get in which
//! state.
//!
//! How values travel to and from the body is the [`Body`]'s affair. A body is stored as a trait
//! object made where the generator was created, so whoever drives it runs the code that it was
//! compiled with.

use std::any::Any;
use std::fmt::Display;
use std::pin::Pin;

use super::Exception;

/// What a resumed body receives at the point where it was suspended.
pub(crate) enum Reply<S> {
    /// The first resumption comes with nothing.
    Nothing,
    Sent(S),
    Thrown(Exception),
}

/// What a resumption or a call gives.
pub(crate) type Step<Y, R> = Result<Y, Stop<R>>;

/// A suspended computation.
pub(crate) trait Body<Y, S, R> {
    /// Runs up to the next suspension or the end, which is [`Stop::Returned`] or [`Stop::Raised`].
    ///
    /// # Panics
    ///
    /// When the body waits for something that its caller cannot provide. The body cannot go on
    /// afterwards.
    fn resume(self: Pin<&mut Self>, reply: Reply<S>) -> Step<Y, R>;
}

/// Why there is no next value.
pub(crate) enum Stop<R> {
    Returned(R),
    Finished,
    Raised(Exception),
    JustStarted,
    AlreadyStarted,
    IgnoredExit,
}

type BoxedBody<Y, S, R> = Pin<Box<dyn Body<Y, S, R> + Send>>;

/// A body and where it stands.
pub(crate) struct Driver<Y, S, R> {
    /// `None` when the body is over, however it ended.
    body: Option<BoxedBody<Y, S, R>>,
    fresh: bool,
}

impl<Y, S: 'static, R> Driver<Y, S, R> {
    pub(crate) fn new(body: impl Body<Y, S, R> + Send + 'static) -> Self {
        Driver {
            body: Some(Box::pin(body)),
            fresh: true,
        }
    }

    /// Runs to the first suspension, or on from one that waits for nothing: Python's `send(None)`.
    pub(crate) fn start(&mut self) -> Step<Y, R> {
        match none() {
            _ if self.fresh => self.resume(Reply::Nothing),
            Some(nothing) => self.resume(Reply::Sent(nothing)),
            None if self.is_over() => Err(Stop::Finished),
            None => Err(Stop::AlreadyStarted),
        }
    }

    #[inline]
    pub(crate) fn send(&mut self, value: S) -> Step<Y, R> {
        if self.fresh && none::<S>().is_none() {
            return Err(Stop::JustStarted);
        }
        self.resume(Reply::Sent(value))
    }

    pub(crate) fn throw(&mut self, exception: Exception) -> Step<Y, R> {
        if std::mem::take(&mut self.fresh) {
            self.body = None;
        }
        match self.body {
            Some(_) => self.resume(Reply::Thrown(exception)),
            None => Err(Stop::Raised(exception)),
        }
    }

    pub(crate) fn close(&mut self) -> Result<Option<R>, Stop<R>> {
        match self.throw(Exception::GeneratorExit) {
            Ok(_) => Err(Stop::IgnoredExit),
            Err(Stop::Returned(value)) => Ok(Some(value)),
            Err(Stop::Raised(Exception::GeneratorExit)) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.body.is_none()
    }

    /// Closes it for an owner that is being dropped, so that a body which catches `GeneratorExit`
    /// gets its chance, as when Python collects one. During a panic the body is only dropped.
    pub(crate) fn close_at_drop<E: From<Stop<R>> + Display>(&mut self, owner: &'static str) {
        if std::thread::panicking() {
            return;
        }
        // Python, too, has nobody to raise this to and prints it.
        if let Err(stop) = self.close() {
            eprintln!("Exception ignored in: <{owner} object>\n{}", E::from(stop));
        }
    }

    #[inline(always)]
    fn resume(&mut self, reply: Reply<S>) -> Step<Y, R> {
        self.fresh = false;
        let running = Running(&mut self.body);
        let step = match running.0 {
            Some(body) => body.as_mut().resume(reply),
            None => Err(Stop::Finished),
        };
        if step.is_ok() {
            std::mem::forget(running);
        }
        step
    }
}

/// Drops a body that does not come back suspended, be it by its end or by a panic.
struct Running<'a, B>(&'a mut Option<B>);

impl<B> Drop for Running<'_, B> {
    fn drop(&mut self) {
        *self.0 = None;
    }
}

impl<Y, S, R> Driver<Y, S, R> {
    /// The word of Python's `inspect.getgeneratorstate`, lowercase.
    pub(crate) fn state(&self) -> &'static str {
        match self.body {
            _ if self.fresh => "created",
            Some(_) => "suspended",
            None => "closed",
        }
    }
}

/// What Python calls sending `None` exists where the body receives nothing, that is where `S` is
/// `()`.
#[inline]
fn none<S: 'static>() -> Option<S> {
    let mut unit = Some(());
    (&mut unit as &mut dyn Any)
        .downcast_mut::<Option<S>>()?
        .take()
}
