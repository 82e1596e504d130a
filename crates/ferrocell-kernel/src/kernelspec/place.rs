//! Where kernelspecs belong.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where a kernelspec is to be installed.
///
/// Specification: [Kernel specs](https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs) (the table
/// of locations).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// For this user alone, whatever environment they are in.
    User,
    /// Below a prefix such as `/usr/local`.
    Prefix(PathBuf),
    /// In the Python environment (venv or conda) that is active.
    SysPrefix,
}

/// Why there is no such place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// Nothing says where the user's files are.
    #[error("no home folder is known: set HOME, or JUPYTER_DATA_DIR")]
    Home,
    /// No environment is active.
    #[error("no Python environment is active: activate one, or give its folder as the prefix")]
    Environment,
}

impl Place {
    /// The folder that holds one folder for each kernel.
    ///
    /// # Errors
    ///
    /// [`NoPlace`] if the environment of this process does not tell.
    pub fn kernels(&self) -> Result<PathBuf, NoPlace> {
        Ok(self.data()?.join("kernels"))
    }

    /// The folder of Jupyter's data, which holds that of kernels and of JupyterLab's extensions.
    ///
    /// # Errors
    ///
    /// [`NoPlace`] if the environment of this process does not tell.
    pub fn data(&self) -> Result<PathBuf, NoPlace> {
        self.data_with(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn data_with(&self, variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, NoPlace> {
        let path = |name| variable(name).map(PathBuf::from);
        match self {
            Place::User => path("JUPYTER_DATA_DIR")
                .or_else(|| {
                    path("HOME")
                        .filter(|_| cfg!(target_os = "macos"))
                        .map(|home| home.join("Library/Jupyter"))
                })
                .or_else(|| path("XDG_DATA_HOME").map(|data| data.join("jupyter")))
                .or_else(|| path("HOME").map(|home| home.join(".local/share/jupyter")))
                .ok_or(NoPlace::Home),
            Place::Prefix(prefix) => Ok(prefix.join("share/jupyter")),
            Place::SysPrefix => path("VIRTUAL_ENV")
                .or_else(|| path("CONDA_PREFIX"))
                .map(|prefix| prefix.join("share/jupyter"))
                .ok_or(NoPlace::Environment),
        }
    }
}

#[cfg(all(test, not(target_os = "macos")))]
mod tests {
    use super::*;

    type Environment = &'static [(&'static str, &'static str)];

    #[test]
    fn places_by_environment() {
        let cases: [(Place, Environment, Result<&str, NoPlace>); 8] = [
            (
                Place::User,
                &[("HOME", "/h")],
                Ok("/h/.local/share/jupyter"),
            ),
            (
                Place::User,
                &[("HOME", "/h"), ("XDG_DATA_HOME", "/x")],
                Ok("/x/jupyter"),
            ),
            (
                Place::User,
                &[("HOME", "/h"), ("JUPYTER_DATA_DIR", "/j")],
                Ok("/j"),
            ),
            (Place::User, &[], Err(NoPlace::Home)),
            (Place::Prefix("/p".into()), &[], Ok("/p/share/jupyter")),
            (
                Place::SysPrefix,
                &[("VIRTUAL_ENV", "/v"), ("CONDA_PREFIX", "/c")],
                Ok("/v/share/jupyter"),
            ),
            (
                Place::SysPrefix,
                &[("CONDA_PREFIX", "/c")],
                Ok("/c/share/jupyter"),
            ),
            (
                Place::SysPrefix,
                &[("HOME", "/h")],
                Err(NoPlace::Environment),
            ),
        ];
        for (place, environment, expected) in cases {
            let variable = |name: &str| {
                environment
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.into())
            };
            assert_eq!(
                place.data_with(variable),
                expected.map(PathBuf::from),
                "{place:?} in {environment:?}"
            );
        }
    }
}
