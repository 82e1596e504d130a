//! What a parent asks of a child and what the child answers. Both travel as JSON in anonymous files that the child
//! inherits, so neither stdout nor the size of a pipe comes into it.

use crate::thread::Panicked;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::path::PathBuf;

/// The variable that makes a freshly executed program a child: the file descriptor of its [`Request`].
pub(super) const REQUEST: &str = "NOGIL_PROCESS_REQUEST";

/// The variable that names the objects which the dynamic linker loads before the program.
pub(super) const PRELOAD: &str = "LD_PRELOAD";

/// The variable that marks a daemonic process: its own process id, so that no descendant is taken for it.
pub(super) const DAEMONIC: &str = "NOGIL_PROCESS_DAEMONIC";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) name: String,
    pub(super) daemon: bool,
    /// The code that knows the function's types.
    pub(super) trampoline: Place,
    pub(super) function: Place,
    /// The function's argument, as JSON of its own.
    pub(super) argument: String,
    /// Where the [`Answer`] belongs.
    pub(super) answer: RawFd,
    /// The objects that were preloaded for this.
    pub(super) preloaded: Vec<RawFd>,
    /// The value of [`PRELOAD`] as it was, to be put back.
    pub(super) preload: Option<OsString>,
}

/// A function's place in a file that the child has loaded too.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) object: PathBuf,
    /// What [`file_at`](super::address::file_at) says of it: at the path there may be another file by now.
    pub(super) file: String,
    pub(super) offset: usize,
}

/// What becomes of the function: its value, or the panic that ended it.
pub(super) type Answer<R> = Result<R, Panicked>;

/// An anonymous file, closed on execution unless [`inherit`] is called for it.
pub(super) fn anonymous_file() -> io::Result<File> {
    // SAFETY: the name is a C string, and the call has no other preconditions.
    let descriptor = unsafe { libc::memfd_create(c"nogil-process".as_ptr(), libc::MFD_CLOEXEC) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

/// Lets the program that this process is about to execute have `file`. Safe between fork and execution.
pub(super) fn inherit(file: RawFd) -> io::Result<()> {
    // SAFETY: the call changes a flag of a descriptor and touches no memory.
    match unsafe { libc::fcntl(file, libc::F_SETFD, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

pub(super) fn write(mut file: &File, value: &impl Serialize) -> io::Result<()> {
    file.write_all(&serde_json::to_vec(value)?)
}

/// What was written, whoever wrote it; nothing is consumed.
pub(super) fn read(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn parse<T: DeserializeOwned>(file: &File) -> io::Result<T> {
    Ok(serde_json::from_slice(&read(file)?)?)
}

/// The path under which a child finds an inherited `file`, whatever the file's own path is by then.
pub(super) fn inherited_path(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}
