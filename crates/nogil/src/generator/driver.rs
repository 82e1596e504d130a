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
pub(crate) type Reply<S> = Result<S, Exception>;

/// What a body leaves behind when it suspends itself.
pub(crate) enum Outgoing<Y> {
    Yielded(Y),
    Raised(Exception),
}

/// How one resumption ended.
pub(crate) enum Step<Y, R> {
    Suspended(Outgoing<Y>),
    Returned(R),
}

/// A suspended computation.
pub(crate) trait Body<Y, S, R> {
    /// Runs up to the next suspension or the end. The first resumption has no reply.
    ///
    /// # Panics
    ///
    /// When the body waits for something that its caller cannot provide. The body cannot go on
    /// afterwards.
    fn resume(self: Pin<&mut Self>, reply: Option<Reply<S>>) -> Step<Y, R>;
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
    /// `None` when the body is over, however it ended. While the body runs it is taken out, so a
    /// panic in it finishes the generator and drops the body.
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
    #[inline]
    pub(crate) fn start(&mut self) -> Result<Y, Stop<R>> {
        let reply = match none() {
            _ if self.fresh => None,
            None if self.body.is_some() => return Err(Stop::AlreadyStarted),
            nothing => nothing.map(Ok),
        };
        self.resume(reply)
    }

    #[inline]
    pub(crate) fn send(&mut self, value: S) -> Result<Y, Stop<R>> {
        if self.fresh && none::<S>().is_none() {
            return Err(Stop::JustStarted);
        }
        self.resume(Some(Ok(value)))
    }

    pub(crate) fn throw(&mut self, exception: Exception) -> Result<Y, Stop<R>> {
        if std::mem::take(&mut self.fresh) {
            self.body = None;
        }
        match self.body {
            Some(_) => self.resume(Some(Err(exception))),
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

    #[inline]
    fn resume(&mut self, reply: Option<Reply<S>>) -> Result<Y, Stop<R>> {
        let mut body = self.body.take().ok_or(Stop::Finished)?;
        self.fresh = false;
        match body.as_mut().resume(reply) {
            Step::Suspended(Outgoing::Yielded(value)) => {
                self.body = Some(body);
                Ok(value)
            }
            Step::Suspended(Outgoing::Raised(exception)) => Err(Stop::Raised(exception)),
            Step::Returned(value) => Err(Stop::Returned(value)),
        }
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
