//! `ferrocell doctor`, on this machine and on ones where something is missing; and what shells and `man` are told.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn doctor(arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
    command.arg("doctor").args(arguments);
    prepare(&mut command);
    command.output().expect("the command runs")
}

/// The checks of this name.
fn checks(output: &Output, name: &str) -> Vec<Value> {
    let checks: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a list");
    let checks = checks.into_iter().filter(|check| check["name"] == name);
    checks.collect()
}

#[test]
fn cells_run_where_the_tests_do() {
    let output = doctor(&["--json"], |_| {});
    for name in ["rustc", "cargo", "linker", "a cell", "ports", "cache"] {
        let [check] = &checks(&output, name)[..] else {
            panic!("{name} is looked at once: {output:?}");
        };
        assert_eq!(
            (&check["status"], &check["fix"]),
            (&json!("ok"), &Value::Null),
            "{check}"
        );
    }
    assert!(output.status.success());
}

#[test]
fn what_is_missing_is_named_with_what_mends_it() {
    let nowhere = TempDir::new().unwrap();
    let output = doctor(&[], |command| {
        command.env("PATH", nowhere.path());
    });
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    for line in [
        "rustc        missing  rustc cannot be started: ",
        "cargo        missing  cargo cannot be started: ",
        "linker       missing  cc cannot be started: ",
        "→ install Rust from https://rustup.rs",
        "→ sudo apt install build-essential",
        "a cell       missing  ToolchainError: ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn shells_and_man_know_all_commands() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        for name in ["compare", "doctor", "install"] {
            assert!(script.contains(name), "{name} is not in {shell}'s");
        }
    }
    let folder = TempDir::new().unwrap();
    run(&["man", folder.path().to_str().unwrap()]);
    for page in ["ferrocell.1", "ferrocell-run.1", "ferrocell-doctor.1"] {
        assert!(folder.path().join(page).is_file(), "{page}");
    }
}

#[test]
fn kernelspecs_that_point_nowhere_are_found() {
    let data = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let folder = data.path().join("kernels").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("kernel.json"), text).unwrap();
    };
    let spec = json!({ "argv": ["/nowhere/kernel"], "display_name": "Ghost", "language": "rust" });
    write("ghost", &spec.to_string());
    write("ferrocell", &spec.to_string());
    write("broken", "no JSON");
    let output = doctor(&["--json"], |command| {
        // Outside of the project, whose own kernelspec would come first.
        command
            .env("JUPYTER_PATH", data.path())
            .current_dir(data.path());
    });
    let found = checks(&output, "kernelspec");
    let fix = |part: &str| {
        let check = found
            .iter()
            .find(|check| check["detail"].to_string().contains(part));
        check.map(|check| (check["status"].clone(), check["fix"].clone()))
    };
    let warning = |fix: &str| Some((json!("warning"), json!(fix)));
    assert_eq!(
        fix("`ghost` names /nowhere/kernel"),
        warning("jupyter kernelspec remove ghost")
    );
    assert_eq!(
        fix("`ferrocell` names /nowhere/kernel"),
        warning("ferrocell install")
    );
    assert_eq!(fix("broken"), warning("remove its folder"));
    // Cells run all the same.
    assert!(output.status.success());
}
