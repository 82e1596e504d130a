//! The folder for what one session makes.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::cache;

/// A folder that goes with its session.
#[derive(Debug)]
pub(crate) struct SessionDir(PathBuf);

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
        remove_abandoned(&parent)?;
        Ok(Self(cache::scratch_dir(&parent)?))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SessionDir {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of temporary files.
        let _ = fs::remove_dir_all(&self.0);
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

/// Removes what processes left behind that were killed.
fn remove_abandoned(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let is_abandoned =
            cache::maker(&path).is_some_and(|process| !Path::new("/proc").join(process).exists());
        if is_abandoned {
            // Another session may be about to remove it as well.
            let _ = fs::remove_dir_all(path);
        }
    }
    Ok(())
}
