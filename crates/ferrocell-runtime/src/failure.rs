//! What `?` at top level turns an error into.

use std::fmt::Debug;

/// What `?` at the top level of a cell turns any error into, so that errors of different types can be mixed.
///
/// ```
/// use ferrocell_runtime::Failure;
///
/// fn cell() -> Result<i32, Failure> {
///     let number: i32 = "7".parse()?;
///     std::str::from_utf8(&[0xff])?;
///     Ok(number)
/// }
/// assert!(cell().unwrap_err().message().contains("Utf8Error"));
/// ```
// It does not implement `Debug`: then the conversion below would overlap with `From<T> for T`.
#[allow(missing_debug_implementations)]
pub struct Failure(String);

impl Failure {
    /// The error, as its `Debug` writes it.
    pub fn message(&self) -> &str {
        &self.0
    }
}

impl<E: Debug> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(format!("{error:?}"))
    }
}
