//! Names and folders in the cache that all sessions share.
//!
//! A folder in the cache is made aside, sealed, and moved to its place as a whole. The seal tells later whether its files
//! are still those that were made: a disk may have been full, a cleaner busy, a machine switched off.

use std::fs::DirBuilder;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;
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
const SEAL: &str = ".seal";

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

/// Seals a scratch folder and moves it to its place, unless another session was faster.
pub(crate) fn put(scratch: &Path, place: &Path) -> io::Result<()> {
    fs::write(scratch.join(SEAL), fingerprint(scratch)?)?;
    if is_whole(place) {
        return fs::remove_dir_all(scratch);
    }
    if place.exists() {
        fs::remove_dir_all(place)?;
    }
    match fs::rename(scratch, place) {
        Err(_) if is_whole(place) => fs::remove_dir_all(scratch),
        result => result,
    }
}

/// Whether a folder is there and nothing in it has changed since it was sealed.
pub(crate) fn is_whole(place: &Path) -> bool {
    let sealed = fs::read_to_string(place.join(SEAL));
    sealed.is_ok_and(|sealed| fingerprint(place).is_ok_and(|now| now == sealed))
}

/// A name for the present state of the files in a folder. Build results and hidden files do not count.
pub(crate) fn fingerprint(dir: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(dir, Path::new(""), &mut files)?;
    files.sort();
    Ok(key(files.iter().map(String::as_str)))
}

fn collect(dir: &Path, within: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir.join(within))? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "target" || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = within.join(name);
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            collect(dir, &path, files)?;
        } else {
            // Only compared with itself, so it does not matter what the clock said.
            let changed = match metadata.modified()?.duration_since(UNIX_EPOCH) {
                Ok(after) => after.as_nanos().to_string(),
                Err(before) => format!("-{}", before.duration().as_nanos()),
            };
            let (path, len) = (path.display(), metadata.len());
            files.push(format!("{path}\0{len}\0{changed}"));
        }
    }
    Ok(())
}
