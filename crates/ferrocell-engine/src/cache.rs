//! Names and folders in the cache that all sessions share.

use std::fs::DirBuilder;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io, process};

/// A name for whatever was made from `parts`.
pub(crate) fn key<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

const SCRATCH: &str = ".making-";

/// The id of the process that made a scratch folder.
pub(crate) fn maker(scratch: &Path) -> Option<&str> {
    scratch
        .file_name()?
        .to_str()?
        .strip_prefix(SCRATCH)?
        .split('-')
        .next()
}

/// A new folder in `parent`, in which something can be made before it is moved to its place. Only the user may look into it.
pub(crate) fn scratch_dir(parent: &Path) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!(
        "{SCRATCH}{}-{}",
        process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let path = parent.join(name);
    // A process that had this id before may have left one behind.
    if path.exists() {
        fs::remove_dir_all(&path)?;
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&path)?;
    Ok(path)
}
