//! The JupyterLab workspace that shows a pair of notebooks side by side.
//!
//! A workspace is the file in which JupyterLab keeps what is open and where (JupyterLab documentation, "Workspaces").

use std::{fs, path::Path};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::environment::Environment;

/// A notebook in Python on the left, its port to Rust on the right.
pub(super) struct Workspace {
    name: String,
    /// The notebooks' paths from the project's root, left to right.
    notebooks: [String; 2],
}

impl Workspace {
    /// The workspace of the pair called `name`.
    ///
    /// # Errors
    ///
    /// When one of the two notebooks is missing.
    pub(super) fn of_pair(root: &Path, name: &str) -> Result<Self> {
        let name = name.strip_suffix(".ipynb").unwrap_or(name);
        let notebooks =
            ["python", "rust"].map(|language| format!("notebooks/{language}/{name}.ipynb"));
        if let Some(missing) = notebooks
            .iter()
            .find(|notebook| !root.join(notebook).is_file())
        {
            bail!(
                "there is no {missing} in {}: give the name of a notebook that is in both folders",
                root.display()
            );
        }
        Ok(Self {
            name: name.to_owned(),
            notebooks,
        })
    }

    /// Hands the workspace to JupyterLab. Needed before each start: JupyterLab saves what the user changed over it.
    pub(super) fn import(&self, environment: &Environment) -> Result<()> {
        let file = environment.folder().join("workspace.json");
        fs::write(&file, self.content().to_string())?;
        let import = environment
            .python()
            .args(["-m", "jupyterlab", "workspaces", "import"])
            .arg(&file)
            .output()?;
        if !import.status.success() {
            bail!(
                "JupyterLab did not take the workspace: {}",
                String::from_utf8_lossy(&import.stderr).trim()
            );
        }
        Ok(())
    }

    /// The workspace's path on the server.
    pub(super) fn address(&self) -> String {
        format!("/lab/workspaces/{}", self.name)
    }

    fn content(&self) -> Value {
        let [left, right] = self
            .notebooks
            .each_ref()
            .map(|notebook| format!("notebook:{notebook}"));
        let tab = |notebook: &str| json!({ "type": "tab-area", "currentIndex": 0, "widgets": [notebook] });
        let mut data = json!({
            "layout-restorer:data": {
                "main": {
                    "dock": {
                        "type": "split-area",
                        "orientation": "horizontal",
                        "sizes": [0.5, 0.5],
                        "children": [tab(&left), tab(&right)],
                    },
                    "current": left,
                },
                "left": { "collapsed": true, "widgets": [] },
                "right": { "collapsed": true, "widgets": [] },
            },
        });
        for (key, notebook) in [left, right].into_iter().zip(&self.notebooks) {
            data[key] = json!({ "data": { "path": notebook, "factory": "Notebook" } });
        }
        json!({ "data": data, "metadata": { "id": self.name } })
    }
}
