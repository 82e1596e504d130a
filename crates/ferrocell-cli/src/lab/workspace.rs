//! The JupyterLab workspace that shows a pair of notebooks side by side.
//!
//! A workspace is the file in which JupyterLab keeps what is open and where (JupyterLab documentation, "Workspaces").
//! Each pair has one, checked in as `notebooks/NAME.jupyterlab-workspace`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::environment::Environment;

/// The workspace of one pair.
pub(super) struct Workspace {
    name: String,
    file: PathBuf,
}

impl Workspace {
    /// The workspace of the pair called `name`.
    ///
    /// # Errors
    ///
    /// When the project has no such pair.
    pub(super) fn of_pair(environment: &Environment, name: &str) -> Result<Self> {
        let name = name.strip_suffix(".ipynb").unwrap_or(name).to_owned();
        let file = environment
            .root()
            .join(format!("notebooks/{name}.jupyterlab-workspace"));
        if !file.is_file() {
            bail!(
                "{} is missing: give the name of a pair in notebooks/",
                file.display()
            );
        }
        Ok(Self { name, file })
    }

    /// Hands the workspace to JupyterLab. Needed before each start: JupyterLab saves what the user changed over its copy.
    pub(super) fn import(&self, environment: &Environment) -> Result<()> {
        let import = environment
            .python()
            .args(["-m", "jupyterlab", "workspaces", "import"])
            .arg(&self.file)
            .output()?;
        if !import.status.success() {
            bail!(
                "JupyterLab does not take {}: {}",
                self.file.display(),
                String::from_utf8_lossy(&import.stderr).trim()
            );
        }
        Ok(())
    }

    /// The workspace's path on the server.
    pub(super) fn page(&self) -> String {
        format!("/lab/workspaces/{}", self.name)
    }
}
