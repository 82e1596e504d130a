//! What is kept on disk.

use std::env;
use std::fs;
use std::path::Path;

use ferrocell_engine::SessionOptions;

use super::check::Check;

/// The folders in the cache, and what is in them.
const FOLDERS: [(&str, &str); 3] = [
    ("deps", "dependencies"),
    ("cells", "compiled cells"),
    ("runtime", "runtime libraries"),
];

pub(super) fn check() -> Check {
    const NAME: &str = "cache";
    let folder = env::current_dir().unwrap_or_default();
    let cache = SessionOptions::new(folder).cache_dir;
    let parts = FOLDERS.map(|(folder, what)| {
        let megabytes = size(&cache.join(folder)).div_ceil(1_000_000);
        format!("{megabytes} MB of {what}")
    });
    let detail = format!("{} in {}", parts.join(", "), cache.display());
    let writable = fs::create_dir_all(&cache).and_then(|()| probe(&cache));
    match writable {
        Ok(()) => Check::ok(NAME, detail),
        Err(error) => Check::missing(
            NAME,
            format!("{} cannot be written: {error}", cache.display()),
            "give it to yourself, or set FERROCELL_CACHE_DIR to another folder",
        ),
    }
}

/// Whether a file can be made there.
fn probe(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&file, "")?;
    fs::remove_file(file)
}

/// The bytes of all files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
