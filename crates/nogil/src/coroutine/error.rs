//! Why a coroutine gave no value.

use crate::generator::{Exception, Stop};

/// Why [`Coroutine::send`](crate::Coroutine::send) and its like gave no value. `R` is what the
/// future returns.
///
/// ```
/// use nogil::{Coroutine, CoroutineError, coroutine};
///
/// let mut answer: Coroutine<(), (), i32> = coroutine(async { 42 });
/// assert!(matches!(answer.start(), Err(CoroutineError::StopIteration(42))));
/// assert_eq!(answer.start().unwrap_err().to_string(), "cannot reuse already awaited coroutine");
/// ```
///
/// Mirrors what [coroutine objects](https://docs.python.org/3/reference/datamodel.html#coroutine-objects) raise.
#[derive(Debug, thiserror::Error)]
pub enum CoroutineError<R = ()> {
    /// The coroutine has returned this.
    #[error("StopIteration")]
    StopIteration(R),
    /// It had returned, or ended otherwise, before: make a new one.
    #[error("cannot reuse already awaited coroutine")]
    AlreadyAwaited,
    /// A value was sent before the first suspension, where nobody waits for one: call `start`
    /// first.
    #[error("can't send non-None value to a just-started coroutine")]
    JustStarted,
    /// `start` was called on a coroutine that waits for a value, and there is no `None` to send it:
    /// call `send`.
    #[error("coroutine already started: it waits for a value, so send it one")]
    AlreadyStarted,
    /// The coroutine suspended itself although it was being closed. The value is dropped.
    #[error("coroutine ignored GeneratorExit")]
    IgnoredExit,
    /// An exception was thrown that the coroutine did not catch. It is over.
    #[error(transparent)]
    Raised(#[from] Exception),
}

impl<R> From<Stop<R>> for CoroutineError<R> {
    fn from(stop: Stop<R>) -> Self {
        match stop {
            Stop::Returned(value) => CoroutineError::StopIteration(value),
            Stop::Finished => CoroutineError::AlreadyAwaited,
            Stop::Raised(exception) => CoroutineError::Raised(exception),
            Stop::JustStarted => CoroutineError::JustStarted,
            Stop::AlreadyStarted => CoroutineError::AlreadyStarted,
            Stop::IgnoredExit => CoroutineError::IgnoredExit,
        }
    }
}
