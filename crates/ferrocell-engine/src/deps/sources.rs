//! Tells whether the sources of local packages have changed.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use std::{fs, io};

use crate::cache;

/// A name for the present state of the files in some packages. Build results and hidden files do not count.
pub(crate) fn fingerprint(packages: &[PathBuf]) -> io::Result<String> {
    let mut files = Vec::new();
    for package in packages {
        collect(package, &mut files)?;
    }
    files.sort();
    Ok(cache::key(files.iter().map(String::as_str)))
}

fn collect(dir: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "target" || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            let changed = metadata
                .modified()?
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            files.push(format!(
                "{}\0{}\0{}",
                entry.path().display(),
                metadata.len(),
                changed.as_nanos()
            ));
        }
    }
    Ok(())
}
