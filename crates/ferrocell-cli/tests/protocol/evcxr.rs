//! Cells with which stock evcxr_jupyter 0.22 fails or falls silent, beside those that the other files have already.

use serde_json::{Value, json};

use crate::rust::Expected::{Prints, Quiet, Value as Is};
use crate::rust::{check, start};
use scripted_frontend::{Channel, execute};

/// evcxr cuts it at the first colon.
#[test]
fn a_prompt_is_shown_whole() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "println!(\"EVCXR_INPUT_REQUEST:Enter your name: \");\n\
                std::io::stdin().lines().next().unwrap()?";
    let cell = frontend.begin(code, 1);
    let question = frontend.recv_input_request(&cell, "Enter your name: ");
    frontend.send_input_reply(&question, "Ada");
    frontend.recv_result(&cell, "\"Ada\"", 1);
    frontend.end(&cell, 1);
}

/// On evcxr the kernel is never idle again.
#[test]
fn a_flush_without_a_line_end() {
    check(&[(
        "use std::io::Write;\nprint!(\"abc\");\nstd::io::stdout().flush()?;",
        Prints("abc"),
    )]);
}

/// evcxr shows it with the next line end.
#[test]
fn a_progress_line_moves_while_the_cell_runs() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "print!(\"\\r10 %\");\nstd::io::stdin().lines().next();\nprint!(\"\\r90 %\");";
    let cell = frontend.begin(code, 1);
    frontend.recv_stream(&cell, "stdout", "\r10 %");
    let question = frontend.recv_input_request(&cell, "");
    frontend.send_input_reply(&question, "go on");
    frontend.recv_stream(&cell, "stdout", "\r90 %");
    frontend.end(&cell, 1);
}

/// evcxr can keep neither.
#[test]
fn what_has_no_name_is_kept() {
    check(&[
        (
            "fn countdown(from: u32) -> impl Iterator<Item = u32> { (1..=from).rev() }",
            Quiet,
        ),
        ("let mut three = countdown(3);", Quiet),
        ("three.next()", Is("Some(3)")),
        ("let step = 2;\nlet add = move |n: u32| n + step;", Quiet),
        ("three.next().map(&add)", Is("Some(4)")),
    ]);
}

/// To evcxr it is a success, and Run All goes on.
#[test]
fn a_panic_aborts_what_waits_behind_it() {
    let kernel = start();
    let mut frontend = kernel.connect();
    // The question holds the cell until the next one waits.
    let code = "std::io::stdin().lines().next();\npanic!(\"on purpose\");";
    let panicking = frontend.begin(code, 1);
    let question = frontend.recv_input_request(&panicking, "");
    let waiting = frontend.send_execute("1 + 1");
    frontend.ask(Channel::Shell, "comm_info_request", json!({}));
    frontend.send_input_reply(&question, "");
    let error = frontend.recv_failure(&panicking, "Panic");
    assert!(
        error["traceback"].to_string().contains("cell [1], line 2"),
        "{error}"
    );
    frontend.recv_busy(&waiting);
    frontend.recv_idle(&waiting);
    let reply = frontend.recv_reply(Channel::Shell, &waiting).content;
    assert_eq!(reply["status"], "aborted");
}

/// On evcxr the answer is an empty line.
#[test]
fn a_question_that_nobody_can_answer_gets_no_line() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = "std::io::stdin().lines().next().is_none()";
    let mut request = execute(code);
    request["allow_stdin"] = Value::Bool(false);
    let cell = frontend.send(Channel::Shell, "execute_request", request);
    frontend.recv_busy(&cell);
    frontend.recv_execute_input(&cell, code, 1);
    frontend.recv_result(&cell, "true", 1);
    frontend.end(&cell, 1);
}
