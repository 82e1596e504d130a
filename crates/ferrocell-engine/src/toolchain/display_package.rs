//! The crate `ferrocell`, which every cell has, for programs that need it as a package.

use std::path::Path;
use std::{fs, io};

const MANIFEST: &str = "[package]\nname = \"ferrocell\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";

/// Writes the crate `ferrocell`, which every cell has, as a package into a folder, which is made if it is not there.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// ferrocell_engine::write_display_package(folder.path())?;
/// assert!(folder.path().join("src/lib.rs").exists());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// What the system says of a file that cannot be written.
pub fn write_display_package(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    for (name, source) in ferrocell::SOURCES {
        fs::write(folder.join("src").join(name), source)?;
    }
    Ok(())
}
