//! `ferrocell deps` and `ferrocell cache`: crates that are built before a notebook is run, and what is kept.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use tempfile::TempDir;

/// A folder with a crate, and a cache of its own.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("answer/src");
    fs::create_dir_all(&source).unwrap();
    fs::write(source.join("lib.rs"), "pub fn answer() -> u8 { 42 }").unwrap();
    let manifest = "[package]\nname = \"answer\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";
    fs::write(folder.path().join("answer/Cargo.toml"), manifest).unwrap();
    folder
}

fn notebook(folder: &Path, name: &str, cells: &[&str]) {
    let cell = |(number, source): (usize, &&str)| {
        json!({ "cell_type": "code", "id": format!("c{number}"), "metadata": {}, "source": [source],
                "outputs": [], "execution_count": null })
    };
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    let notebook = json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 });
    fs::write(folder.join(name), notebook.to_string()).unwrap();
}

fn deps(folder: &Path, notebooks: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
    command.arg("deps").args(notebooks).current_dir(folder);
    command.env("FERROCELL_CACHE_DIR", folder.join("cache"));
    command.output().expect("the command runs")
}

#[test]
fn crates_are_built_and_nothing_is_run() {
    let folder = folder();
    let folder = folder.path();
    let run = "std::fs::write(\"ran\", \"\").unwrap();";
    notebook(
        folder,
        "uses.ipynb",
        &[run, &format!(":dep ./answer\n{run}"), "!touch ran"],
    );
    notebook(folder, "none.ipynb", &[run]);
    let output = deps(folder, &["uses.ipynb", "none.ipynb"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "uses.ipynb: what its 1 `:dep` lines ask for is at hand\nnone.ipynb asks for no crates\n"
    );
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("compiled answer (1 of 1)"), "{told}");
    assert!(!folder.join("ran").exists());
    // A second time there is nothing to do.
    let output = deps(folder, &["uses.ipynb"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && !told.contains("compiled"),
        "{told}"
    );
}

#[test]
fn what_is_kept_is_shown_and_cleared() {
    let folder = folder();
    let folder = folder.path();
    notebook(folder, "uses.ipynb", &[":dep ./answer"]);
    assert!(deps(folder, &["uses.ipynb"]).status.success());
    let cache = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
        command.arg("cache").args(arguments).current_dir(folder);
        let output = command
            .env("FERROCELL_CACHE_DIR", folder.join("cache"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = cache(&[]);
    let place = folder.join("cache").display().to_string();
    assert!(
        !shown.starts_with("0 MB") && shown.ends_with(&format!(" in {place}\n")),
        "{shown}"
    );
    let shown = cache(&["--shrink", "1"]);
    assert!(shown.contains(" MB of compiled cells"), "{shown}");
    let shown = cache(&["--clear"]);
    assert!(
        shown.starts_with("0 MB of dependencies, 0 MB of compiled cells"),
        "{shown}"
    );
}

#[test]
fn what_cannot_be_built_is_said() {
    let folder = folder();
    let folder = folder.path();
    notebook(folder, "wrong.ipynb", &[":dep ./missing"]);
    let output = deps(folder, &["wrong.ipynb"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("wrong.ipynb: DependencyError: "), "{told}");
    let output = deps(folder, &["nowhere.ipynb"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("error: nowhere.ipynb cannot be read"),
        "{told}"
    );
}
