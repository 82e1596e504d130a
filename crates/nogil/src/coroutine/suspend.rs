//! The leaves at which a coroutine is suspended.

use std::future::Future;

use super::frame::Frame;
use crate::generator::{Exception, poll_fn};

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
/// Mirrors `yield` in a [`types.coroutine`](https://docs.python.org/3/library/types.html#types.coroutine).
#[inline]
pub fn suspend<Y: 'static, S: 'static>(value: Y) -> impl Future<Output = S> {
    let mut value = Some(value);
    poll_fn(move |context| Frame::<Y, S>::find(context).exchange_or_raise(&mut value))
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
#[inline]
pub fn try_suspend<Y: 'static, S: 'static>(value: Y) -> impl Future<Output = Result<S, Exception>> {
    let mut value = Some(value);
    poll_fn(move |context| Frame::<Y, S>::find(context).exchange(&mut value))
}
