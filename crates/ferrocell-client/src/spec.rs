//! Kernelspecs: where they are looked for, and how one becomes a command line.
//!
//! Mirrors [Kernel specs](https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs) of jupyter_client.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use jupyter_protocol::JupyterKernelspec;
use jupyter_zmq_client::dirs;

use super::start_error::StartError;

/// A kernel to start: its name, the folder of its `kernel.json` if it is an installed one, and what stands in it.
#[derive(Clone, Debug)]
pub struct KernelSpec {
    name: String,
    folder: Option<PathBuf>,
    spec: JupyterKernelspec,
}

impl KernelSpec {
    /// A kernel that needs no installation: its name and what would stand in its `kernel.json`.
    pub fn new(name: impl Into<String>, spec: JupyterKernelspec) -> Self {
        Self {
            name: name.into(),
            folder: None,
            spec,
        }
    }

    /// Finds the kernel called `name` in the data folder `first`, if there is one, or in Jupyter's usual places.
    ///
    /// # Errors
    ///
    /// When no kernelspec has this name, or when the first that has it cannot be used.
    pub fn find(name: &str, first: Option<PathBuf>) -> Result<Self, StartError> {
        let data_folders = data_folders(first);
        for data in &data_folders {
            let kernel_folder = data.join("kernels").join(name);
            let path = kernel_folder.join("kernel.json");
            if !path.is_file() {
                continue;
            }
            return Self::read(name, kernel_folder);
        }
        Err(StartError::NotFound {
            name: name.into(),
            available: match installed(&data_folders) {
                names if names.is_empty() => "none".into(),
                names => names.join(", "),
            },
        })
    }

    /// All kernels, in the order of their names, as [`find`](Self::find) finds them.
    pub fn all(first: Option<PathBuf>) -> Vec<Result<Self, StartError>> {
        let names = installed(&data_folders(first.clone())).into_iter();
        names.map(|name| Self::find(&name, first.clone())).collect()
    }

    /// Reads the kernelspec in a folder.
    fn read(name: &str, folder: PathBuf) -> Result<Self, StartError> {
        let path = folder.join("kernel.json");
        let unusable = |reason: String| StartError::BadSpec {
            path: path.clone(),
            reason,
        };
        let text = fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
        let spec: JupyterKernelspec =
            serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        if spec.argv.is_empty() {
            return Err(unusable("its argv is empty".into()));
        }
        Ok(Self {
            name: name.into(),
            folder: Some(folder),
            spec,
        })
    }

    /// The name by which notebooks ask for it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kernel's language, in lower case (`python`, `rust`).
    pub fn language(&self) -> String {
        self.spec.language.to_lowercase()
    }

    /// What stands in its `kernel.json`.
    pub fn spec(&self) -> &JupyterKernelspec {
        &self.spec
    }

    /// Whether an interrupt goes over the control channel instead of by signal.
    pub(crate) fn interrupts_by_message(&self) -> bool {
        self.spec.interrupt_mode.as_deref() == Some("message")
    }

    /// The command line, with the placeholders of the specification filled in.
    pub(crate) fn argv(&self, connection_file: &Path) -> Vec<String> {
        let connection_file = connection_file.to_string_lossy();
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        let folder = folder.to_string_lossy();
        self.spec
            .argv
            .iter()
            .map(|argument| {
                argument
                    .replace("{connection_file}", &connection_file)
                    .replace("{resource_dir}", &folder)
            })
            .collect()
    }

    /// The variables that the kernel's environment adds to ours.
    ///
    /// A kernelspec inside an environment (`ENV/share/jupyter/kernels/NAME`) may name its program without a folder
    /// (`python`): the environment's own `bin` therefore comes first in `PATH`.
    pub(crate) fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = Vec::new();
        let environment = self.folder.iter().flat_map(|folder| folder.ancestors());
        if let Some(bin) = environment.skip(4).map(|env| env.join("bin")).next()
            && bin.is_dir()
        {
            let inherited = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths([bin].into_iter().chain(env::split_paths(&inherited)));
            // A folder with a colon in its name cannot stand in PATH; the inherited PATH then has to do.
            variables.extend(path.ok().map(|path| ("PATH".into(), path)));
        }
        let own = self.spec.env.iter().flatten();
        variables.extend(own.map(|(name, value)| (name.into(), value.into())));
        variables
    }
}

/// Jupyter's data folders in the order in which they are searched.
fn data_folders(first: Option<PathBuf>) -> Vec<PathBuf> {
    let in_environment = |prefix: PathBuf| prefix.join("share").join("jupyter");
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());

    let mut folders = Vec::from_iter(first);
    folders.extend(
        variable("JUPYTER_PATH")
            .iter()
            .flat_map(env::split_paths)
            .collect::<Vec<_>>(),
    );
    folders.extend(
        ["VIRTUAL_ENV", "CONDA_PREFIX"]
            .into_iter()
            .filter_map(variable)
            .map(|prefix| in_environment(prefix.into())),
    );
    folders.extend(
        variable("JUPYTER_DATA_DIR")
            .map(PathBuf::from)
            .or_else(|| dirs::user_data_dir().ok()),
    );
    folders.extend(dirs::system_data_dirs());
    folders
}

/// The names of all kernels in them.
fn installed(data_folders: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = data_folders
        .iter()
        .filter_map(|data| fs::read_dir(data.join("kernels")).ok())
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("kernel.json").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}
