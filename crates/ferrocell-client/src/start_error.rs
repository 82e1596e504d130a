//! Why a kernel could not be found or did not come up.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

/// A kernel that is not there or never became ready, with what mends it where that is known.
#[derive(Debug, Error)]
pub enum StartError {
    /// No kernelspec of this name is in any of Jupyter's data folders.
    #[error(
        "no kernel named `{name}` is installed (there is: {available}); `ferrocell` needs no installation, `ferrocell setup` sets up `python3` for this project, and `ferrocell setup --evcxr` sets up `rust`"
    )]
    NotFound {
        /// The kernel's name.
        name: String,
        /// The names that are there.
        available: String,
    },
    /// The kernelspec is there and says nothing useful.
    #[error("the kernelspec {path} cannot be used: {reason}")]
    BadSpec {
        /// Its `kernel.json`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The kernel's program does not start.
    #[error(
        "the kernel `{name}` could not be started: `{program}`: {error}; `ferrocell lab` repairs this project's kernels"
    )]
    Spawn {
        /// The kernel's name.
        name: String,
        /// The program that its kernelspec names.
        program: String,
        /// Why it does not start.
        error: std::io::Error,
    },
    /// The kernel ended by itself.
    #[error("the kernel `{name}` ended before it was ready ({status}){last_words}")]
    Ended {
        /// The kernel's name.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote last, ready to be appended to a message.
        last_words: String,
    },
    /// The kernel does not answer.
    #[error(
        "the kernel `{name}` was not ready within {} s; --start-timeout gives it longer{last_words}",
        limit.as_secs_f64()
    )]
    NotReady {
        /// The kernel's name.
        name: String,
        /// How long it was waited for.
        limit: Duration,
        /// What it wrote last, ready to be appended to a message.
        last_words: String,
    },
    /// The kernel's sockets cannot be used.
    #[error("the connection to the kernel `{name}` failed: {error}")]
    Connection {
        /// The kernel's name.
        name: String,
        /// What went wrong.
        error: jupyter_zmq_client::RuntimeError,
    },
    /// There is no place for the connection file and the log.
    #[error(
        "the files of a kernel cannot be written in {}: {error}. Is the disk full? `TMPDIR` chooses another folder",
        place.display()
    )]
    Files {
        /// The folder.
        place: PathBuf,
        /// What went wrong.
        error: std::io::Error,
    },
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
