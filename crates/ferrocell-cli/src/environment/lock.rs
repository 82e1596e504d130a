//! One set-up at a time: two that ran in the same folder would undo each other's work.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

use anyhow::{Context, Result};

/// Held for the length of a set-up; the operating system lets go of it when the file closes, however the process ends.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until no other process holds the lock on `path`.
    pub(super) fn take(path: &Path) -> Result<Self> {
        let file =
            File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        if flock(&file, libc::LOCK_EX | libc::LOCK_NB).is_err() {
            eprintln!("Waiting for another set-up of this folder to end");
            flock(&file, libc::LOCK_EX)
                .with_context(|| format!("{} cannot be locked", path.display()))?;
        }
        Ok(Self { _file: file })
    }
}

fn flock(file: &File, operation: i32) -> io::Result<()> {
    // SAFETY: the descriptor is open for the whole call, because `file` is borrowed.
    match unsafe { libc::flock(file.as_raw_fd(), operation) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
