//! `ferrocell run` on the kernel that this program is, and the kernel's registration.

mod common;

use common::{RunOf, ferrocell};
use serde_json::{Value, json};
use tempfile::TempDir;

fn run(name: &str) -> RunOf {
    RunOf::notebook(ferrocell(), name, &[])
}

#[test]
fn a_notebook_written_for_evcxr_runs() {
    let run = run("rust");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.cell("spawn-thread")["execution_count"], 1);
    assert_eq!(
        run.stream("spawn-thread", "stdout"),
        "thread is up\nlate words\n"
    );
    assert_eq!(run.stream("join-thread", "stdout"), "joined\n");
    assert_eq!(
        run.cell("value")["outputs"][0]["data"]["text/plain"],
        json!(["2"])
    );
    assert_eq!(run.stream("ask-user", "stdout"), "Hello Ada!\n");
    for (cell, name) in [("data-race", "CompileError"), ("panics", "Panic")] {
        assert_eq!(run.cell(cell)["outputs"][0]["ename"], name);
    }
}

#[test]
fn a_run_gives_parameters() {
    let run = |arguments: &[&str]| RunOf::notebook(ferrocell(), "parameters", arguments);
    let usual = run(&[]);
    assert_eq!(
        usual.stream("uses", "stdout"),
        "Ada: 100\n",
        "{}",
        usual.stderr
    );
    let given = run(&["-p", "rounds=3", "--parameter", "name=Grace Hopper"]);
    assert_eq!(
        given.stream("uses", "stdout"),
        "Grace Hopper: 9\n",
        "{}",
        given.stderr
    );
    let injected = given.cell("injected-parameters");
    assert_eq!(injected["metadata"]["tags"], json!(["injected-parameters"]));
    assert_eq!(
        injected["source"],
        json!(["let rounds: u64 = 3;\n", "let name = \"Grace Hopper\";"])
    );
    let wrong = run(&["-p", "5=3"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.stderr.contains("`5` is no name of a variable"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_compile_error_is_told_with_its_line() {
    let run = run("rust_fails");
    assert_eq!(run.code, Some(1));
    for part in [
        "cell `mistyped`",
        "mismatched types",
        "line 2: let text: String = number;",
    ] {
        assert!(run.stderr.contains(part), "no {part:?} in {}", run.stderr);
    }
}

#[test]
fn threads_ask_under_their_own_cell_and_processes_call_functions_of_other_cells() {
    let run = run("rust_nogil");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stream("ask-later", "stdout"), "Hello, Ada\n");
    assert_eq!(run.stream("process", "stdout"), "in the child\n");
    let outputs = run.cell("process")["outputs"].as_array();
    let result = outputs
        .and_then(|outputs| outputs.last())
        .expect("a result");
    assert_eq!(result["data"]["text/plain"], json!(["145"]));
}

#[test]
fn a_crate_with_evcxrs_display_convention_shows_its_plot() {
    let run = run("rust_plot");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let plot = &run.cell("plot")["outputs"][0];
    assert_eq!(plot["output_type"], "execute_result");
    let html = plot["data"]["text/html"].to_string();
    assert!(
        html.contains("<svg") && html.contains("a parabola"),
        "{html}"
    );
}

#[test]
fn installing_registers_this_program() {
    let prefix = TempDir::new().expect("a folder");
    let installed = ferrocell()
        .args(["install", "--prefix"])
        .arg(prefix.path())
        .output()
        .expect("ferrocell can be started");
    assert!(installed.status.success());
    let folder = prefix.path().join("share/jupyter/kernels/ferrocell");
    let told = String::from_utf8_lossy(&installed.stdout).into_owned();
    assert!(told.contains(&folder.display().to_string()), "{told}");
    let spec = std::fs::read(folder.join("kernel.json")).expect("a kernelspec");
    let spec: Value = serde_json::from_slice(&spec).expect("JSON");
    assert_eq!(
        spec["argv"],
        json!([
            env!("CARGO_BIN_EXE_ferrocell"),
            "kernel",
            "--connection-file",
            "{connection_file}"
        ])
    );
}
