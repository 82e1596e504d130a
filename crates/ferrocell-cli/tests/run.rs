//! `ferrocell run` against a real ipykernel.

mod common;

use common::{RunOf, ferrocell};
use serde_json::json;

fn run(name: &str, arguments: &[&str]) -> RunOf {
    RunOf::notebook(ferrocell(), name, arguments)
}

#[test]
fn late_output_stands_under_the_cell_that_caused_it() {
    let run = run("late_output", &["--settle", "15"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.stream("start-thread", "stdout"),
        "thread is up\nlate words\n"
    );
    assert_eq!(run.stream("let-it-speak", "stdout"), "the next cell\n");
    assert_eq!(
        run.stream("after-the-end", "stdout"),
        "after the last cell\n"
    );
}

#[test]
fn a_notebook_without_code_is_run() {
    let run = run("prose", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.notebook["cells"][0]["source"],
        json!(["Nothing to run"])
    );
}

#[test]
fn streams_displays_updates_and_clearing_are_honoured() {
    let run = run("displays", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stream("streams", "stdout"), "a\nb\nd\n");
    assert_eq!(run.stream("streams", "stderr"), "c\n");
    assert_eq!(run.stream("cleared", "stdout"), "kept\n");
    let output = |cell: &str| run.cell(cell)["outputs"][0].clone();
    assert_eq!(
        output("updated"),
        json!({"output_type": "display_data", "data": {"text/plain": ["'after'"]}, "metadata": {}})
    );
    assert_eq!(output("updates")["data"]["text/plain"], json!(["'result'"]));
}

#[test]
fn the_written_notebook_keeps_ids_and_counts() {
    let run = run("displays", &[]);
    assert_eq!(run.notebook["nbformat"], 4);
    assert_eq!(run.notebook["nbformat_minor"], 5);
    let cells = run.notebook["cells"].as_array().expect("cells");
    let counts: Vec<_> = cells
        .iter()
        .map(|cell| {
            (
                cell["id"].as_str().expect("an id"),
                &cell["execution_count"],
            )
        })
        .collect();
    let expected = [
        ("streams", &json!(1)),
        ("cleared", &json!(2)),
        ("updated", &json!(3)),
        ("updates", &json!(4)),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn prompts_are_answered_from_the_metadata() {
    let run = run("prompts", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stream("ask-user", "stdout"), "Hello Ada!\n");
    assert_eq!(run.stream("ask-twice", "stdout"), "['one', 'two']\n");
    assert_eq!(
        run.stream("ask-in-thread", "stdout"),
        "Thread hears Grace\n"
    );
}

#[test]
fn a_threads_late_prompt_is_answered_too() {
    let run = run("late_prompt", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let heard = ["ask-later", "join-asker"].map(|cell| run.stream(cell, "stdout"));
    assert_eq!(heard.concat(), "Thread hears Grace\n");
}

#[test]
fn failures_are_told_with_cell_and_reason() {
    let cases: [(&str, &[&str], &[&str]); 7] = [
        (
            "unanswered",
            &[],
            &["cell `ask-nobody`", "\"Who is there? \"", "answers"],
        ),
        (
            "fails",
            &[],
            &[
                "cell `divide`",
                "ZeroDivisionError: division by zero",
                "line 3: divide(x, y)",
            ],
        ),
        (
            "wrong_error",
            &[],
            &["cell `wrong`", "\"ValueError\"", "ZeroDivisionError"],
        ),
        (
            "no_error",
            &[],
            &["cell `tame`", "\"ValueError\"", "raised none"],
        ),
        (
            "never_ends",
            &["--timeout", "0.5"],
            &["cell `endless`", "0.5 s", "--timeout"],
        ),
        ("dies", &[], &["cell `abort`", "the kernel died", "SIGABRT"]),
        (
            "no_kernel",
            &[],
            &["`no-such-kernel`", "python3", "ferrocell setup"],
        ),
    ];
    for (notebook, arguments, expected) in cases {
        let run = run(notebook, arguments);
        assert_eq!(run.code, Some(1), "{notebook}: {}", run.stderr);
        for part in expected {
            assert!(
                run.stderr.contains(part),
                "{notebook}: no {part:?} in {}",
                run.stderr
            );
        }
    }
}

#[test]
fn what_was_put_out_before_a_failure_is_kept() {
    let cases = [
        ("never_ends", "endless", "begun\n", vec!["--timeout", "3"]),
        // What the dying cell prints may be lost inside ipykernel, so the one before it is looked at.
        ("dies", "fine", "here\n", vec![]),
    ];
    for (notebook, cell, expected, arguments) in cases {
        let run = run(notebook, &arguments);
        assert_eq!(
            run.stream(cell, "stdout"),
            expected,
            "{notebook}: {}",
            run.stderr
        );
    }
}

#[test]
fn cells_behind_a_failing_one_run_only_with_allow_errors() {
    let stopped = run("fails", &[]);
    assert_eq!(stopped.code, Some(1));
    assert_eq!(stopped.stream("behind", "stdout"), "");

    let went_on = run("fails", &["--allow-errors"]);
    assert_eq!(went_on.code, Some(0), "{}", went_on.stderr);
    assert_eq!(went_on.stream("behind", "stdout"), "behind the error\n");
    assert_eq!(
        went_on.cell("divide")["outputs"][0]["ename"],
        "ZeroDivisionError"
    );

    let unanswered = run("unanswered", &["--allow-errors"]);
    assert_eq!(
        unanswered.code,
        Some(1),
        "a prompt without an answer always fails"
    );
}

#[test]
fn expected_errors_and_skipped_cells_let_the_run_go_on() {
    let run = run("raises", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.cell("tagged")["outputs"][0]["ename"],
        "ZeroDivisionError"
    );
    assert_eq!(run.cell("skipped")["outputs"], json!([]));
    assert_eq!(run.cell("skipped")["execution_count"], json!(null));
    assert_eq!(run.stream("last", "stdout"), "went on\n");
    assert!(run.stderr.contains("shown elsewhere"), "{}", run.stderr);
}

#[test]
fn a_cell_is_interrupted_when_its_metadata_says_so() {
    let run = run("interrupted", &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        run.cell("waits")["outputs"][1]["ename"],
        "KeyboardInterrupt"
    );
    assert_eq!(run.stream("after", "stdout"), "kept\n");
}

#[test]
fn kernels_that_do_not_start_are_told() {
    let cases: [(&str, &[&str], &[&str]); 3] = [
        (
            r#"["false"]"#,
            &[],
            &["`broken` ended before it was ready", "exit status: 1"],
        ),
        (
            r#"["sleep", "1000"]"#,
            &["--start-timeout", "0.5"],
            &["`broken` was not ready within 0.5 s", "--start-timeout"],
        ),
        (
            r#"["no-such-program"]"#,
            &[],
            &["`broken` could not be started", "no-such-program"],
        ),
    ];
    for (argv, arguments, expected) in cases {
        let folder = tempfile::TempDir::new().expect("a folder for the kernelspec");
        let kernel = folder.path().join("kernels/broken");
        std::fs::create_dir_all(&kernel).expect("the kernelspec's folder");
        let spec = format!(r#"{{"argv": {argv}, "display_name": "Broken", "language": "none"}}"#);
        std::fs::write(kernel.join("kernel.json"), spec).expect("the kernelspec");
        let mut command = ferrocell();
        command.env("JUPYTER_PATH", folder.path());
        let arguments = [&["--kernel", "broken"], arguments].concat();
        let run = RunOf::notebook(command, "displays", &arguments);
        assert_eq!(run.code, Some(1), "{argv}: {}", run.stderr);
        for part in expected {
            assert!(
                run.stderr.contains(part),
                "{argv}: no {part:?} in {}",
                run.stderr
            );
        }
    }
}

#[test]
fn quiet_says_nothing_unless_something_failed() {
    let quiet = run("displays", &["--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let failed = run("fails", &["--quiet"]);
    assert!(
        failed.stderr.starts_with("error: cell `divide`"),
        "{}",
        failed.stderr
    );
}
