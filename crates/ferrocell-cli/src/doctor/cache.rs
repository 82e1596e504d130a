//! Whether what is built can be kept.

use std::fs;
use std::io;
use std::path::Path;
use std::process;

use super::check::Check;
use crate::cache;

pub(super) fn check() -> Check {
    const NAME: &str = "cache";
    let folder = cache::folder();
    match fs::create_dir_all(&folder).and_then(|()| probe(&folder)) {
        Ok(()) => Check::ok(NAME, cache::describe(&folder)),
        Err(error) => Check::missing(
            NAME,
            format!("{} cannot be written: {error}", folder.display()),
            "give it to yourself, or set FERROCELL_CACHE_DIR to another folder",
        ),
    }
}

/// Whether a file can be made there.
fn probe(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!(".doctor-{}", process::id()));
    fs::write(&file, "")?;
    fs::remove_file(file)
}
