//! The folder for what one session makes.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::toolchain::cache::Scratch;

/// A folder that goes with its session.
#[derive(Debug)]
pub(crate) struct SessionDir(Scratch);

impl SessionDir {
    /// Makes one in the system's folder for temporary files, which other users may share.
    pub(crate) fn create() -> io::Result<Self> {
        let parent = parent();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&parent)?;
        if fs::symlink_metadata(&parent)?.uid() != user() {
            let place = parent.display();
            return Err(io::Error::other(format!("{place} is another user's")));
        }
        Ok(Self(Scratch::new(&parent)?))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The folder for all that the user's sessions make.
pub(crate) fn parent() -> PathBuf {
    env::temp_dir().join(format!("ferrocell-{}", user()))
}

fn user() -> libc::uid_t {
    // SAFETY: geteuid has no preconditions.
    unsafe { libc::geteuid() }
}
