//! What is thrown into a suspended body, or raised by it.

use std::error::Error;

/// An exception on its way into a body (`throw`, `close`) or out of it
/// ([`Yielder::raise`](crate::Yielder::raise)).
///
/// Python throws any object of a class derived from `BaseException`; here it is any error type. One
/// exception has a meaning of its own: [`GeneratorExit`](Exception::GeneratorExit), with which
/// `close` asks a body to end.
///
/// ```
/// use nogil::Exception;
///
/// let exception = Exception::new("out of tea");
/// assert_eq!(exception.to_string(), "out of tea");
///
/// let exception = Exception::new("7x".parse::<i32>().unwrap_err());
/// assert!(exception.downcast_ref::<std::num::ParseIntError>().is_some());
/// ```
///
/// Mirrors [`GeneratorExit`](https://docs.python.org/3/library/exceptions.html#GeneratorExit) and what
/// [`generator.throw`](https://docs.python.org/3/reference/expressions.html#generator.throw) takes.
#[derive(Debug, thiserror::Error)]
pub enum Exception {
    /// The body is being closed. A body that catches it may clean up, but must not yield again.
    #[error("GeneratorExit")]
    GeneratorExit,
    /// Any other error.
    #[error(transparent)]
    Thrown(Box<dyn Error + Send + Sync>),
}

impl Exception {
    /// Wraps an error, or a message; an `Exception` stays what it is.
    ///
    /// ```
    /// use nogil::Exception;
    ///
    /// let exception = Exception::new(Exception::GeneratorExit);
    /// assert!(matches!(exception, Exception::GeneratorExit));
    /// ```
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        match error.into().downcast() {
            Ok(exception) => *exception,
            Err(error) => Exception::Thrown(error),
        }
    }

    /// The error inside if it is an `E`: Python's `except E as error`.
    ///
    /// ```
    /// use nogil::Exception;
    ///
    /// let exception = Exception::new(std::fmt::Error);
    /// assert_eq!(exception.downcast_ref(), Some(&std::fmt::Error));
    /// assert_eq!(Exception::GeneratorExit.downcast_ref::<std::fmt::Error>(), None);
    /// ```
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        match self {
            Exception::GeneratorExit => None,
            Exception::Thrown(error) => error.downcast_ref(),
        }
    }
}
