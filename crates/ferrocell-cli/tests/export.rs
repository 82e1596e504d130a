//! `ferrocell export`: notebooks as programs, which are built and run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn export(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
    command.arg("export").args(arguments).current_dir(folder);
    command.output().expect("the command runs")
}

/// Has cargo do something with the package in a folder; what it and the program print.
fn cargo(package: &Path, command: &str) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo
        .args([command, "--quiet"])
        .current_dir(package)
        .output();
    let output = output.expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

fn write(folder: &Path, cells: &[(&str, Value)]) {
    let cell = |(number, (source, metadata)): (usize, &(&str, Value))| {
        let id = format!("c{number}");
        match source.strip_prefix("# ") {
            Some(_) => {
                json!({ "cell_type": "markdown", "id": id, "metadata": {}, "source": [source] })
            }
            None => {
                json!({ "cell_type": "code", "id": id, "metadata": metadata, "source": [source],
                            "outputs": [], "execution_count": null })
            }
        }
    };
    let cells: Vec<_> = cells.iter().enumerate().map(cell).collect();
    let notebook = json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 });
    fs::write(folder.join("my notes.ipynb"), notebook.to_string()).unwrap();
}

#[test]
fn a_program_prints_what_the_notebook_prints() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let none = || json!({});
    write(
        folder,
        &[
            ("# A title\nand prose", none()),
            (
                "use std::collections::BTreeMap;\nfn next(n: i32) -> i32 { n + 1 }\nstruct Silent;",
                none(),
            ),
            (
                ":vars\nlet text = String::from(\"a b\"); let words: Vec<&str> = text.split(' ').collect();",
                none(),
            ),
            ("words", none()),
            ("next(1)", none()),
            // Defined again, and so is what is imported again.
            (
                "use std::collections::BTreeMap;\nfn next(n: i32) -> i32 { n + 10 }\nnext(1)",
                none(),
            ),
            (
                "let map = BTreeMap::from([(1, \"one\")]);\nmap.len();\nmap[&1]",
                none(),
            ),
            (
                "panic!(\"left out\")",
                json!({ "tags": ["raises-exception"] }),
            ),
            ("Silent", none()),
            ("println!(\"{}\", \"5\".parse::<i32>()? + 1)", none()),
            ("{ let block = 1; }", none()),
        ],
    );
    let output = export(folder, &["my notes.ipynb"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "left out: `:vars` of cell `c2`\nleft out: cell `c7`: it is meant to fail, and would end the program\n\
         The program is in my-notes: cargo run --manifest-path my-notes/Cargo.toml\n"
    );
    let package = folder.join("my-notes");
    let code = fs::read_to_string(package.join("src/main.rs")).unwrap();
    for part in [
        "// # A title\n",
        "// and prose\n",
        "// Cell `c3`\n",
        "// left out: :vars\n",
        "// panic!(\"left out\")\n",
    ] {
        assert!(code.contains(part), "{part} is not in\n{code}");
    }
    assert_eq!(
        cargo(&package, "run"),
        "[\"a\", \"b\"]\n2\n11\n\"one\"\n<my_notes::main::Silent>\n6\n"
    );
    // A second time only if it is meant so.
    let again = export(folder, &["my notes.ipynb"]);
    let error = String::from_utf8(again.stderr).unwrap();
    assert!(
        error.starts_with("error: my-notes is a package already; --force writes over it"),
        "{error}"
    );
    assert!(
        export(folder, &["my notes.ipynb", "--force"])
            .status
            .success()
    );
}

#[test]
fn what_awaits_has_a_runtime_and_what_is_wrong_is_named() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    write(folder, &[("std::future::ready(1).await", json!({}))]);
    assert!(
        export(folder, &["my notes.ipynb", "--out", "program"])
            .status
            .success()
    );
    let manifest = fs::read_to_string(folder.join("program/Cargo.toml")).unwrap();
    assert!(
        manifest.contains("tokio = { version = \"1\", features = [\"full\"] }"),
        "{manifest}"
    );
    let code = fs::read_to_string(folder.join("program/src/main.rs")).unwrap();
    assert!(code.contains("#[tokio::main]\nasync fn main()"), "{code}");
    write(folder, &[("let = 1;", json!({}))]);
    let output = export(folder, &["my notes.ipynb", "--out", "other"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("error: cell `c0` cannot be exported: "),
        "{error}"
    );
    assert!(!folder.join("other").exists());
}

/// Those that need no crates but this repository's and tokio.
#[test]
fn the_repositorys_notebooks_become_programs() {
    let folder = TempDir::new().unwrap();
    let notebooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks/rust");
    for name in ["concurrency", "asyncio", "threads", "exercises"] {
        let notebook = notebooks.join(name).with_extension("ipynb");
        let output = export(folder.path(), &[notebook.to_str().unwrap(), "--out", name]);
        assert!(output.status.success(), "{output:?}");
        cargo(&folder.path().join(name), "check");
        fs::remove_dir_all(folder.path().join(name).join("target")).unwrap();
    }
}

#[test]
fn the_crate_that_every_cell_has_comes_along() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let cells = [
        "use ferrocell::{display, text};",
        "display(&text(\"shown\"));\n1 + 1",
    ];
    write(folder, &cells.map(|cell| (cell, json!({}))));
    let output = export(folder, &["my notes.ipynb", "--out", "program"]);
    assert!(output.status.success(), "{output:?}");
    let printed = cargo(&folder.join("program"), "run");
    assert_eq!(printed, "shown\n2\n");
}
