//! Why a process is not closed.

use super::Process;
use std::fmt;

/// The process that [`Process::close`] refused to close because it still runs, given back.
///
/// ```
/// fn nap(milliseconds: u64) {
///     nogil::sleep(std::time::Duration::from_millis(milliseconds));
/// }
/// let process = nogil::Process::new(nap, 60_000);
/// process.start()?;
/// let refusal = process.close().unwrap_err();
/// assert!(refusal.to_string().starts_with("Cannot close a process while it is still running"));
/// refusal.into_inner().kill()?;
/// # Ok::<(), nogil::ProcessError>(())
/// ```
#[derive(thiserror::Error)]
#[error(
    "Cannot close a process while it is still running. You should first call join() or terminate()."
)]
pub struct CloseError<R>(pub(super) Process<R>);

impl<R> CloseError<R> {
    /// The process.
    ///
    /// ```
    /// fn nap(milliseconds: u64) {
    ///     nogil::sleep(std::time::Duration::from_millis(milliseconds));
    /// }
    /// let process = nogil::Process::new(nap, 60_000);
    /// process.start()?;
    /// let process = process.close().unwrap_err().into_inner();
    /// process.terminate()?;
    /// # Ok::<(), nogil::ProcessError>(())
    /// ```
    #[must_use]
    pub fn into_inner(self) -> Process<R> {
        self.0
    }
}

impl<R> fmt::Debug for CloseError<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CloseError({:?})", self.0)
    }
}
