//! Finds the executable that runs cells.

use std::env;
use std::path::{Path, PathBuf};

const NAME: &str = "ferrocell-host";

/// The executable, or the places where it is not.
pub(crate) fn find(chosen: Option<&Path>) -> Result<PathBuf, Vec<PathBuf>> {
    let places: Vec<PathBuf> = match env::var_os("FERROCELL_HOST")
        .map(PathBuf::from)
        .or(chosen.map(Path::to_owned))
    {
        Some(place) => vec![place],
        None => usual_places(),
    };
    places
        .iter()
        .find(|place| place.is_file())
        .cloned()
        .ok_or(places)
}

/// Beside the running executable, in the folder above it, where a test finds it, and in `PATH`.
fn usual_places() -> Vec<PathBuf> {
    let executable = env::current_exe().unwrap_or_default();
    let beside = executable
        .ancestors()
        .skip(1)
        .take(2)
        .map(Path::to_owned)
        .collect::<Vec<_>>();
    let path = env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(env::split_paths(&path))
        .map(|dir| dir.join(NAME))
        .collect()
}
