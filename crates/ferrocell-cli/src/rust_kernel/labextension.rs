//! What JupyterLab itself has of Rust notebooks: the extension that sends drafts and underlines what is wrong.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::NAME;

/// Its files. JupyterLab reads them as they stand.
const FILES: [(&str, &str); 3] = [
    (
        "static/remoteEntry.js",
        include_str!("../../labextension/static/remoteEntry.js"),
    ),
    (
        "schemas/ferrocell/drafts.json",
        include_str!("../../labextension/schemas/ferrocell/drafts.json"),
    ),
    // The file that makes the folder an extension comes last, so that no server finds half of one.
    (
        "package.json",
        include_str!("../../labextension/package.json"),
    ),
];

/// Writes the extension into Jupyter's data folder, over an earlier one, and returns where it is.
pub(crate) fn write(data: &Path) -> io::Result<PathBuf> {
    let folder = data.join("labextensions").join(NAME);
    for (name, text) in FILES {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap_or(&folder))?;
        fs::write(file, text)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_of_this_version() {
        let data = tempfile::tempdir().unwrap();
        let folder = write(data.path()).unwrap();
        assert_eq!(write(data.path()).unwrap(), folder);
        let package = fs::read_to_string(folder.join("package.json")).unwrap();
        let package: serde_json::Value = serde_json::from_str(&package).unwrap();
        assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(package["name"], NAME);
        let load = &package["jupyterlab"]["_build"]["load"];
        assert!(folder.join(load.as_str().unwrap()).is_file());
    }
}
