//! Which executable runs cells.

use std::path::{Path, PathBuf};
use std::{env, io};

/// The executable of the environment, the chosen one, or the running one.
pub(crate) fn find(chosen: Option<&Path>) -> io::Result<PathBuf> {
    env::var_os("FERROCELL_HOST")
        .map(PathBuf::from)
        .or(chosen.map(Path::to_owned))
        .map_or_else(env::current_exe, Ok)
}
