//! Why a kernel could not be found or did not come up.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

/// A kernel that is not there or never became ready, with what mends it where that is known.
#[derive(Debug, Error)]
pub(crate) enum StartError {
    #[error(
        "no kernel named `{name}` is installed (there is: {available}); `ferrocell` needs no installation, `ferrocell setup` sets up `python3` for this project, and `ferrocell setup --evcxr` sets up `rust`"
    )]
    NotFound { name: String, available: String },
    #[error("the kernelspec {path} cannot be used: {reason}")]
    BadSpec { path: PathBuf, reason: String },
    #[error("this program cannot start itself as a kernel: {0}; name another with --kernel")]
    NotItself(anyhow::Error),
    #[error(
        "the kernel `{name}` could not be started: `{program}`: {source}; `ferrocell lab` repairs this project's kernels"
    )]
    Spawn {
        name: String,
        program: String,
        source: std::io::Error,
    },
    #[error("the kernel `{name}` ended before it was ready ({status}){last_words}")]
    Ended {
        name: String,
        status: ExitStatus,
        last_words: String,
    },
    #[error(
        "the kernel `{name}` was not ready within {} s; --start-timeout gives it longer{last_words}",
        limit.as_secs_f64()
    )]
    NotReady {
        name: String,
        limit: Duration,
        last_words: String,
    },
    #[error("the connection to the kernel `{name}` failed: {source}")]
    Connection {
        name: String,
        source: jupyter_zmq_client::RuntimeError,
    },
    #[error("the folder for the kernel's connection file could not be made: {0}")]
    ConnectionFile(#[from] std::io::Error),
}

impl StartError {
    /// Whether another program may have been given one of the kernel's ports.
    pub(super) fn may_be_a_taken_port(&self) -> bool {
        match self {
            Self::Connection { .. } => true,
            Self::Ended { last_words, .. } => last_words.contains("Address already in use"),
            _ => false,
        }
    }
}
