//! The project's own folder, `.ferrocell/`, in which the environment of its kernels lives.
//!
//! Everything that `ferrocell lab` installs stands there, so that nothing of the user's own set-up is touched.

use std::path::{Path, PathBuf};

const STATE_FOLDER: &str = ".ferrocell";

/// A folder with a `.ferrocell/` in it.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The nearest project around `folder`, if it lies in one.
    pub(crate) fn around(folder: &Path) -> Option<Self> {
        folder
            .ancestors()
            .find(|ancestor| ancestor.join(STATE_FOLDER).is_dir())
            .map(|root| Self { root: root.into() })
    }

    /// The project's own folder: `.ferrocell/`.
    pub(crate) fn state(&self) -> PathBuf {
        self.root.join(STATE_FOLDER)
    }

    /// The Python virtual environment in which JupyterLab and the kernelspecs stand.
    pub(crate) fn environment(&self) -> PathBuf {
        self.state().join("venv")
    }
}
