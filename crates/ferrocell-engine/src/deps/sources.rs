//! Tells whether the sources of local packages have changed.

use std::io;
use std::path::PathBuf;

use crate::toolchain::cache;

/// A name for the present state of the files in some packages.
pub(crate) fn fingerprint(packages: &[PathBuf]) -> io::Result<String> {
    let states = packages
        .iter()
        .map(|package| {
            Ok(format!(
                "{}\0{}",
                package.display(),
                cache::fingerprint(package)?
            ))
        })
        .collect::<io::Result<Vec<_>>>()?;
    Ok(cache::key(states.iter().map(String::as_str)))
}
