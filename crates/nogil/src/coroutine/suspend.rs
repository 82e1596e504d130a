//! The leaves at which a coroutine is suspended.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::frame::Frame;
use crate::generator::{Exception, Outgoing, Reply};

/// Suspends the coroutine that awaits this, and gives back what its driver sends: a `yield` in
/// Python's `@types.coroutine` function, at the bottom of a chain of `await`s.
///
/// The value goes to whoever called [`start`](crate::Coroutine::start) or
/// [`send`](crate::Coroutine::send). If the driver throws or closes, the coroutine is dropped here;
/// [`try_suspend`] catches that.
///
/// ```
/// use nogil::{Coroutine, coroutine, suspend};
///
/// async fn ask(question: &'static str) -> String {
///     suspend(question).await
/// }
///
/// let mut c: Coroutine<&str, String, String> = coroutine(async { ask("name?").await + " " + &ask("town?").await });
/// assert_eq!(c.start().unwrap(), "name?");
/// assert_eq!(c.send("Ada".to_owned()).unwrap(), "town?");
/// ```
///
/// # Panics
///
/// Awaiting it panics outside of a coroutine (under another executor), in a coroutine of other
/// value types, and on another thread than its coroutine runs on.
///
/// ```should_panic
/// // A generator is no coroutine: its body yields through its yielder.
/// let mut g: nogil::Generator<i32> = nogil::generator(|_y| nogil::suspend::<i32, ()>(1));
/// g.next();
/// ```
///
/// Mirrors Python's `types.coroutine` and “The Python Language Reference”, “Await expression”.
pub async fn suspend<Y: 'static, S: 'static>(value: Y) -> S {
    match try_suspend(value).await {
        Ok(sent) => sent,
        Err(exception) => {
            let _reply =
                Suspend::<Y, S>(Some(Outgoing::Raised(exception)), std::marker::PhantomData).await;
            unreachable!("the coroutine drops its future when an exception leaves it")
        }
    }
}

/// Like [`suspend`], inside Python's `try`.
///
/// # Errors
///
/// What the driver threw; [`Exception::GeneratorExit`] when the coroutine is being closed or
/// dropped.
///
/// # Panics
///
/// Like [`suspend`].
///
/// ```
/// use nogil::{Coroutine, Exception, coroutine, try_suspend};
///
/// let mut c: Coroutine<&str, ()> = coroutine(async {
///     let caught: Result<(), Exception> = try_suspend("working").await;
///     assert_eq!(caught.unwrap_err().to_string(), "out of time");
///     let _: Result<(), Exception> = try_suspend("cleaning up").await;
/// });
/// assert_eq!(c.start().unwrap(), "working");
/// assert_eq!(c.throw("out of time").unwrap(), "cleaning up");
/// ```
pub fn try_suspend<Y: 'static, S: 'static>(value: Y) -> impl Future<Output = Result<S, Exception>> {
    Suspend(Some(Outgoing::Yielded(value)), std::marker::PhantomData)
}

/// Leaves something in the coroutine's frame when polled, then waits for the reply.
struct Suspend<Y, S>(Option<Outgoing<Y>>, std::marker::PhantomData<fn() -> S>);

// Nothing in a leaf is pinned: the value is moved out.
impl<Y, S> Unpin for Suspend<Y, S> {}

impl<Y: 'static, S: 'static> Future for Suspend<Y, S> {
    type Output = Reply<S>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Reply<S>> {
        let frame = Frame::<Y, S>::find(context);
        match self.0.take() {
            // When another leaf of the same future has suspended it already, this one waits for its
            // turn.
            Some(outgoing) => self.0 = frame.put(outgoing),
            None => return frame.take().map_or(Poll::Pending, Poll::Ready),
        }
        Poll::Pending
    }
}
