//! What the tests of the `ferrocell` command share: the command itself, the notebooks, the environment.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

use serde_json::Value;
use tempfile::TempDir;

/// The folder with the notebooks of these tests.
pub(crate) fn notebooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notebooks")
}

/// The `ferrocell` command, ready to run notebooks on `python3` and on its own kernel.
///
/// The first call sets the project's environment up, which takes a moment on a fresh clone.
pub(crate) fn ferrocell() -> Command {
    static SET_UP: Once = Once::new();
    SET_UP.call_once(|| set_up(&[]));
    command()
}

/// The `ferrocell` command, ready to run notebooks on `rust` too, which is evcxr_jupyter.
pub(crate) fn ferrocell_with_evcxr() -> Command {
    static SET_UP: Once = Once::new();
    SET_UP.call_once(|| set_up(&["--evcxr"]));
    command()
}

/// What `ferrocell run` did with one notebook of these tests.
pub(crate) struct RunOf {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The notebook that it wrote, if it wrote one.
    pub(crate) notebook: Value,
}

impl RunOf {
    /// Runs the notebook `name` with further arguments, writing the result into a folder of its own.
    pub(crate) fn notebook(mut command: Command, name: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder for the result");
        let out = folder.path().join("out.ipynb");
        command
            .arg("run")
            .arg(notebooks().join(name).with_extension("ipynb"))
            .arg("--out")
            .arg(&out)
            .args(arguments);
        let output = command.output().expect("ferrocell can be started");
        let notebook = std::fs::read(out).map_or(Value::Null, |text| {
            serde_json::from_slice(&text).expect("a written notebook is JSON")
        });
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            notebook,
        }
    }

    /// The text of a cell's stream, as written into the notebook.
    pub(crate) fn stream(&self, cell: &str, name: &str) -> String {
        let outputs = self.cell(cell)["outputs"].as_array().expect("outputs");
        let streams = outputs.iter().filter(|output| output["name"] == name);
        streams
            .flat_map(|output| output["text"].as_array().expect("lines"))
            .map(|line| line.as_str().expect("a line"))
            .collect()
    }

    /// A cell of the written notebook.
    pub(crate) fn cell(&self, id: &str) -> &Value {
        let cells = self.notebook["cells"].as_array();
        let mut cells = cells
            .unwrap_or_else(|| panic!("no notebook was written: {}", self.stderr))
            .iter();
        cells.find(|cell| cell["id"] == id).expect("the cell")
    }
}

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_ferrocell"))
}

fn set_up(arguments: &[&str]) {
    let output = command().arg("setup").args(arguments).output();
    let output = output.expect("ferrocell can be started");
    assert!(
        output.status.success(),
        "the environment cannot be set up: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
