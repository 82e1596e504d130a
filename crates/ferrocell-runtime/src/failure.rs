//! What `?` at top level turns an error into.

use std::fmt::{Debug, Display};
use std::marker::PhantomData;

/// What `?` at the top level of a cell turns any error into, so that errors of different types can be mixed. `By` says
/// how they are written.
///
/// ```
/// use ferrocell_runtime::{ByDisplay, Failure};
///
/// fn cell() -> Result<i32, Failure> {
///     let number: i32 = "7".parse()?;
///     std::str::from_utf8(&[0xff])?;
///     Ok(number)
/// }
/// assert!(cell().unwrap_err().message().contains("Utf8Error"));
///
/// fn readable() -> Result<i32, Failure<ByDisplay>> {
///     Ok("seven".parse()?)
/// }
/// assert_eq!(readable().unwrap_err().message(), "invalid digit found in string");
/// ```
// It does not implement `Debug` or `Display`: then the conversions below would overlap with `From<T> for T`.
#[allow(missing_debug_implementations)]
pub struct Failure<By = ByDebug>(String, PhantomData<By>);

/// As `{:?}` does.
#[derive(Debug)]
pub enum ByDebug {}

/// As `{:#?}` does.
#[derive(Debug)]
pub enum ByPretty {}

/// As `{}` does.
#[derive(Debug)]
pub enum ByDisplay {}

impl<By> Failure<By> {
    /// The error's text.
    pub fn message(&self) -> &str {
        &self.0
    }

    /// The same text, whatever wrote it.
    pub(crate) fn forget_format(self) -> Failure {
        Failure(self.0, PhantomData)
    }
}

impl<E: Debug> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(format!("{error:?}"), PhantomData)
    }
}

impl<E: Debug> From<E> for Failure<ByPretty> {
    fn from(error: E) -> Self {
        Self(format!("{error:#?}"), PhantomData)
    }
}

impl<E: Display> From<E> for Failure<ByDisplay> {
    fn from(error: E) -> Self {
        Self(format!("{error}"), PhantomData)
    }
}
