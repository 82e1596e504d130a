//! Why the process for the user's code does not do its part.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why the process for the user's code does not do its part.
#[derive(Debug, Error)]
pub(crate) enum HostError {
    /// It does not start.
    #[error(
        "cannot start {host}, which runs cells: {error}. Free some of the machine's memory or processes"
    )]
    Start {
        /// The executable.
        host: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What it is told does not reach it.
    #[error("the process for the user's code cannot be told what to do: {0}. Restart the kernel")]
    Command(io::Error),
    /// Nobody can read what it says.
    #[error(
        "no thread can be started that reads what the program prints: {0}. Free some of the machine's threads, and \
         restart the kernel"
    )]
    Reader(io::Error),
    /// It does not end.
    #[error("cannot tell how the program's processes ended: {0}. Restart the kernel")]
    End(io::Error),
}
