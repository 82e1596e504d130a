//! Names and folders in the cache that all sessions share.
//!
//! A folder in the cache is made aside, sealed, and moved to its place as a whole. The seal tells later whether its files
//! are still those that were made: a disk may have been full, a cleaner busy, a machine switched off. Each folder has a
//! lock. Whoever makes it holds the lock, alone, and whoever uses it may hold it together with others; a folder whose lock
//! nobody holds may go. Numbers of processes would not tell: another container has the same ones.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A name for whatever was made from `parts`. It stays the same in all versions of this program and of its compiler.
pub(crate) fn key<'a, P>(parts: impl IntoIterator<Item = &'a P>) -> String
where
    P: AsRef<[u8]> + ?Sized + 'a,
{
    let mut hasher = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let hash = hasher.finalize();
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

const SCRATCH: &str = ".scratch-";
const SEAL: &str = ".seal";
const LOCK: &str = ".lock";

/// A folder in which something is made. Only the user may look into it, and it goes with this value.
#[derive(Debug)]
pub(crate) struct Scratch {
    // Before the lock, so that nobody finds the folder without one.
    dir: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes one in `parent`, and removes those that processes left behind there which were killed.
    pub(crate) fn new(parent: &Path) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)?;
        // Until its own lock is held, a new folder looks like one that was left behind.
        let turn = lock_file(parent)?;
        turn.lock()?;
        remove_abandoned(parent)?;
        let dir = tempfile::Builder::new()
            .prefix(SCRATCH)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let lock = lock_file(dir.path())?;
        lock.lock()?;
        Ok(Self { dir, _lock: lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Seals the folder and moves it to its place, unless another session was faster.
    pub(crate) fn put(self, place: &Path) -> io::Result<()> {
        fs::write(self.path().join(SEAL), fingerprint(self.path())?)?;
        if is_whole(place) {
            return Ok(());
        }
        if place.exists() {
            fs::remove_dir_all(place)?;
        }
        match fs::rename(self.path(), place) {
            Err(_) if is_whole(place) => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                // Nothing is left to be removed under the old name.
                let _ = self.dir.keep();
                Ok(())
            }
        }
    }
}

fn lock_file(dir: &Path) -> io::Result<File> {
    File::options()
        .create(true)
        .append(true)
        .open(dir.join(LOCK))
}

fn remove_abandoned(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let is_scratch = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(SCRATCH.as_bytes()));
        if is_scratch && !is_in_use(&path) {
            // It may be another user's, who shares the folder.
            let _ = fs::remove_dir_all(path);
        }
    }
    Ok(())
}

/// Whether somebody makes or uses this folder, as far as its lock tells. Where a cleaner has taken that, nothing does.
pub(crate) fn is_in_use(dir: &Path) -> bool {
    let lock = File::open(dir.join(LOCK));
    lock.map_or(true, |lock| lock.try_lock().is_err())
}

/// Removes a folder, if it is there.
pub(crate) fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Keeps a folder from being removed while the returned file is open.
pub(crate) fn hold(dir: &Path) -> io::Result<File> {
    let lock = File::open(dir.join(LOCK))?;
    lock.lock_shared()?;
    Ok(lock)
}

/// Whether a folder is there and nothing in it has changed since it was sealed.
pub(crate) fn is_whole(place: &Path) -> bool {
    let sealed = fs::read_to_string(place.join(SEAL));
    sealed.is_ok_and(|sealed| fingerprint(place).is_ok_and(|now| now == sealed))
}

/// A name for the present state of the files in a folder. What cargo has built there and hidden files do not count.
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
        let path = within.join(&name);
        if name.as_encoded_bytes().starts_with(b".") || is_cargos(dir, &path) {
            continue;
        }
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

/// Whether a folder in a package is what cargo has built of it, or of a package inside: cargo tags such folders. Modules
/// may be called `target` as well.
fn is_cargos(package: &Path, path: &Path) -> bool {
    path == Path::new("target")
        || (path.ends_with("target") && package.join(path).join("CACHEDIR.TAG").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_for_ever() {
        assert_eq!(key(["a", "bc"]), "9a8acca1b6c6c0befd3fbc756aed625d");
        assert_ne!(key(["a", "bc"]), key(["ab", "c"]));
    }

    #[test]
    fn what_nobody_holds_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let held = Scratch::new(parent.path()).unwrap();
        // As of a process that was killed, and of one that only another container knows.
        let left = parent.path().join(".scratch-left");
        let others = parent.path().join(".scratch-others");
        for dir in [&left, &others] {
            fs::create_dir(dir).unwrap();
            lock_file(dir).unwrap();
        }
        let _other = hold(&others).unwrap();
        let next = Scratch::new(parent.path()).unwrap();
        assert!(held.path().exists() && next.path().exists() && others.exists());
        assert!(!left.exists());
        let place = parent.path().join("place");
        fs::write(next.path().join("file"), "text").unwrap();
        next.put(&place).unwrap();
        assert!(is_whole(&place) && !is_in_use(&place));
        let using = hold(&place).unwrap();
        assert!(is_in_use(&place));
        drop((using, held));
        assert!(!is_in_use(&place));
    }

    #[test]
    fn only_what_cargo_has_built_does_not_count() {
        let package = tempfile::tempdir().unwrap();
        let write = |file: &str| {
            let path = package.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
            fingerprint(package.path()).unwrap()
        };
        let first = write("src/lib.rs");
        assert_eq!(write("target/debug/lib.rlib"), first);
        assert_eq!(write(".git/index"), first);
        let second = write("src/target/mod.rs");
        assert_ne!(second, first);
        let third = write("inner/src/lib.rs");
        assert_eq!(write("inner/target/CACHEDIR.TAG"), third);
        assert_eq!(write("inner/target/debug/lib.rlib"), third);
    }
}
