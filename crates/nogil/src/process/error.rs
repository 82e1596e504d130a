//! Why a process is not started, or has no result.

use crate::thread::Panicked;
use std::io;
use std::sync::Arc;

/// Why a [`Process`](crate::Process) refused or has no result. Python raises `AssertionError` and `ValueError` with the
/// messages of the first ones.
///
/// ```
/// fn answer((): ()) -> i32 {
///     42
/// }
/// let process = nogil::Process::new(answer, ());
/// assert_eq!(process.join().unwrap_err().to_string(), "can only join a started process");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// `start` was called a second time.
    #[error("cannot start a process twice")]
    AlreadyStarted,
    /// The process was waited for, or sent a signal, before `start`.
    #[error("can only join a started process")]
    NotStarted,
    /// The daemon flag was set after `start`.
    #[error("process has already started")]
    Active,
    /// A daemonic process tried to start another one.
    #[error("daemonic processes are not allowed to have children")]
    DaemonicParent,
    /// The argument cannot be written as JSON.
    #[error("the argument cannot be sent to the process as JSON: {0}")]
    Argument(#[source] Arc<serde_json::Error>),
    /// The function's machine code is in no file that another process could load.
    #[error(
        "the function is not in the program's file or a shared library's, so no other process can load it"
    )]
    NotInFile,
    /// The system did not start the process, or lost it.
    #[error("can't start new process: {0}")]
    Spawn(#[source] io::Error),
    /// The system did not deliver a signal.
    #[error("can't signal the process: {0}")]
    Signal(#[source] io::Error),
    /// The function panicked in its process.
    #[error(transparent)]
    Panicked(#[from] Panicked),
    /// The process ended before its function did: it exited, or a signal ended it.
    #[error("the process ended with exit code {exitcode} before its function returned")]
    NoResult {
        /// What [`Process::exitcode`](crate::Process::exitcode) says.
        exitcode: i32,
    },
    /// The result cannot be read back from JSON.
    #[error("the function's result cannot be read back from JSON: {0}")]
    Result(#[source] io::Error),
}
