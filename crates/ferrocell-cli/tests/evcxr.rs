//! `ferrocell run` against a real evcxr_jupyter, which keeps to the protocol in its own way: its first execution count
//! is 2, its error replies name no error, a panic is no error to it, and late output comes with the next cell.

mod common;

use common::{RunOf, ferrocell_with_evcxr};
use serde_json::json;

#[test]
fn a_rust_notebook_runs() {
    let run = RunOf::notebook(ferrocell_with_evcxr(), "rust", &["--kernel", "rust"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.cell("spawn-thread")["execution_count"], 2);
    assert_eq!(run.stream("spawn-thread", "stdout"), "thread is up\n");
    assert_eq!(run.stream("join-thread", "stdout"), "late words\njoined\n");
    assert_eq!(
        run.cell("value")["outputs"][0]["data"]["text/plain"],
        json!(["2"])
    );
    assert_eq!(run.stream("ask-user", "stdout"), "Hello Ada!\n");
    assert_eq!(run.cell("data-race")["outputs"][0]["output_type"], "error");
    assert!(run.stream("panics", "stderr").contains("as foretold"));
}

#[test]
fn a_compile_error_is_told_with_its_line() {
    let run = RunOf::notebook(ferrocell_with_evcxr(), "rust_fails", &["--kernel", "rust"]);
    assert_eq!(run.code, Some(1));
    for part in [
        "cell `mistyped`",
        "mismatched types",
        "line 2: let text: String = number;",
    ] {
        assert!(run.stderr.contains(part), "no {part:?} in {}", run.stderr);
    }
}
