//! Why a thread or a timer is not started, or not waited for.

use super::Panicked;
use std::io;

/// Why a [`Thread`](crate::Thread) or [`Timer`](crate::Timer) refused. Python raises `RuntimeError` with these messages.
///
/// ```
/// let thread = nogil::Thread::new(|| ());
/// assert_eq!(
///     thread.join().unwrap_err().to_string(),
///     "cannot join thread before it is started"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ThreadError {
    /// `start` was called a second time.
    #[error("threads can only be started once")]
    AlreadyStarted,
    /// The thread was waited for before `start`.
    #[error("cannot join thread before it is started")]
    NotStarted,
    /// A thread waited for itself, which would never end.
    #[error("cannot join current thread")]
    CurrentThread,
    /// The daemon flag was set after `start`.
    #[error("cannot set daemon status of active thread")]
    Active,
    /// The operating system gave no thread. The thread can be started again when others have ended.
    #[error("can't start new thread: {0}")]
    Spawn(#[source] io::Error),
    /// The thread's function panicked, so it has no result.
    #[error(transparent)]
    Panicked(#[from] Panicked),
}
