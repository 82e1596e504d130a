//! Why a generator gave no value.

use super::{Exception, Stop};

/// Why [`Generator::send`](crate::Generator::send) and its like gave no value. `R` is what the body
/// returns.
///
/// ```
/// use nogil::{Generator, GeneratorError, generator};
///
/// let mut once: Generator<i32, (), &str> = generator(|mut y| async move {
///     y.yield_(1).await;
///     "done"
/// });
/// assert_eq!(once.send(()).unwrap(), 1);
/// assert!(matches!(once.send(()), Err(GeneratorError::StopIteration(Some("done")))));
/// assert!(matches!(once.send(()), Err(GeneratorError::StopIteration(None))));
/// ```
///
/// Mirrors what [generator-iterator methods](https://docs.python.org/3/reference/expressions.html#generator-iterator-methods) raise.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError<R = ()> {
    /// The body has returned: its value the first time, and `None` ever after, as in Python.
    #[error("StopIteration")]
    StopIteration(Option<R>),
    /// A value was sent before the body reached its first yield, where nobody waits for one: call
    /// `start` first.
    #[error("can't send non-None value to a just-started generator")]
    JustStarted,
    /// `start` was called on a body that waits for a value, and there is no `None` to send it: call
    /// `send`.
    #[error("generator already started: it waits for a value, so send it one")]
    AlreadyStarted,
    /// The generator was used by its own body, or by another thread at the same time, through a
    /// [`SharedGenerator`](crate::SharedGenerator).
    #[error("generator already executing")]
    AlreadyExecuting,
    /// The body yielded although it was being closed. It is suspended at that yield; the value is
    /// dropped.
    #[error("generator ignored GeneratorExit")]
    IgnoredExit,
    /// An exception left the body, which is over.
    #[error(transparent)]
    Raised(#[from] Exception),
}

impl<R> From<Stop<R>> for GeneratorError<R> {
    fn from(stop: Stop<R>) -> Self {
        match stop {
            Stop::Returned(value) => GeneratorError::StopIteration(Some(value)),
            Stop::Finished => GeneratorError::StopIteration(None),
            Stop::Raised(exception) => GeneratorError::Raised(exception),
            Stop::JustStarted => GeneratorError::JustStarted,
            Stop::AlreadyStarted => GeneratorError::AlreadyStarted,
            Stop::IgnoredExit => GeneratorError::IgnoredExit,
        }
    }
}
