//! The caller's half, common to generators and coroutines: which calls a body may get in which
//! state.
//!
//! How values travel to and from the body is the [`Body`]'s affair.

use std::any::Any;
use std::fmt::Display;
use std::mem;

use super::Exception;

/// What a resumption or a call gives.
pub(crate) type Step<Y, R> = Result<Y, Stop<R>>;

/// A suspended computation.
///
/// Each method runs it up to the next suspension or the end, which is [`Stop::Returned`] or
/// [`Stop::Raised`]. They are three, and not one that takes an enum, because a resumption costs so
/// little that building and taking apart the enum would be felt.
///
/// # Panics
///
/// When the body waits for something that its caller cannot provide. The body cannot go on
/// afterwards.
pub(crate) trait Body {
    type Yield;
    type Send: 'static;
    type Return;

    /// The first resumption, which comes with nothing.
    fn start(&mut self) -> Step<Self::Yield, Self::Return>;

    fn send(&mut self, value: Self::Send) -> Step<Self::Yield, Self::Return>;

    fn throw(&mut self, exception: Exception) -> Step<Self::Yield, Self::Return>;
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

/// A body and where it stands.
pub(crate) struct Driver<B> {
    /// `None` when the body is over, however it ended.
    body: Option<B>,
    fresh: bool,
}

impl<B: Body> Driver<B> {
    pub(crate) fn new(body: B) -> Self {
        Driver {
            body: Some(body),
            fresh: true,
        }
    }

    /// Runs to the first suspension, or on from one that waits for nothing: Python's `send(None)`.
    pub(crate) fn start(&mut self) -> Step<B::Yield, B::Return> {
        match none() {
            _ if mem::take(&mut self.fresh) => self.resume(B::start),
            Some(nothing) => self.resume(|body| body.send(nothing)),
            None if self.is_over() => Err(Stop::Finished),
            None => Err(Stop::AlreadyStarted),
        }
    }

    #[inline]
    pub(crate) fn send(&mut self, value: B::Send) -> Step<B::Yield, B::Return> {
        if self.fresh {
            if none::<B::Send>().is_none() {
                return Err(Stop::JustStarted);
            }
            self.fresh = false;
        }
        self.resume(|body| body.send(value))
    }

    pub(crate) fn throw(&mut self, exception: Exception) -> Step<B::Yield, B::Return> {
        if mem::take(&mut self.fresh) {
            self.body = None;
        }
        match self.body {
            Some(_) => self.resume(|body| body.throw(exception)),
            None => Err(Stop::Raised(exception)),
        }
    }

    pub(crate) fn close(&mut self) -> Result<Option<B::Return>, Stop<B::Return>> {
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
    pub(crate) fn close_at_drop<E: From<Stop<B::Return>> + Display>(
        &mut self,
        owner: &'static str,
    ) {
        if std::thread::panicking() {
            return;
        }
        // Python, too, has nobody to raise this to and prints it.
        if let Err(stop) = self.close() {
            eprintln!("Exception ignored in: <{owner} object>\n{}", E::from(stop));
        }
    }

    #[inline(always)]
    fn resume(
        &mut self,
        run: impl FnOnce(&mut B) -> Step<B::Yield, B::Return>,
    ) -> Step<B::Yield, B::Return> {
        let running = Running(&mut self.body);
        let step = match running.0 {
            Some(body) => run(body),
            None => Err(Stop::Finished),
        };
        if step.is_ok() {
            mem::forget(running);
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

impl<B> Driver<B> {
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
