//! `history_request`, within a session and across sessions.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Value, json};

use crate::language::Echo;
use scripted_frontend::{Channel, Frontend, Running};

fn recall(frontend: &mut Frontend, request: Value) -> Value {
    let reply = frontend.ask(Channel::Shell, "history_request", request);
    assert_eq!(reply["status"], "ok");
    reply["history"].clone()
}

/// Runs cells whose value is their own text.
fn execute(frontend: &mut Frontend, codes: &[&str]) {
    for (code, count) in codes.iter().zip(1..) {
        let cell = frontend.begin(code, count);
        frontend.recv_result(&cell, code, count);
        frontend.end(&cell, count);
    }
}

#[test]
fn inputs_are_kept_across_sessions() {
    let mut kernel = Running::start(Echo);
    execute(&mut kernel.connect(), &["one", "two", "ßecond"]);
    // A line that a full disk cut short is passed over.
    let mut file = OpenOptions::new()
        .append(true)
        .open(kernel.history())
        .expect("the history file");
    file.write_all(b"{\"session\":\"cut sh\n").expect("a write");
    kernel.restart(Echo);
    let mut frontend = kernel.connect();
    execute(&mut frontend, &["two", "three"]);

    let cases = [
        (
            json!({ "hist_access_type": "tail", "n": 2 }),
            json!([[2, 1, "two"], [2, 2, "three"]]),
        ),
        (
            json!({ "hist_access_type": "tail", "n": 1, "output": true }),
            json!([[2, 2, ["three", "three"]]]),
        ),
        (json!({ "hist_access_type": "tail", "n": 0 }), json!([])),
        (
            json!({ "hist_access_type": "range", "session": 0 }),
            json!([[2, 1, "two"], [2, 2, "three"]]),
        ),
        (
            json!({ "hist_access_type": "range", "session": -1, "start": 2, "stop": 3 }),
            json!([[1, 2, "two"]]),
        ),
        (
            json!({ "hist_access_type": "range", "session": 1, "start": 3 }),
            json!([[1, 3, "ßecond"]]),
        ),
        (
            json!({ "hist_access_type": "range", "session": 7 }),
            json!([]),
        ),
        (
            json!({ "hist_access_type": "range", "session": -7 }),
            json!([]),
        ),
        (
            json!({ "hist_access_type": "search", "pattern": "t*", "n": 10 }),
            json!([[1, 2, "two"], [2, 1, "two"], [2, 2, "three"]]),
        ),
        (
            json!({ "hist_access_type": "search", "pattern": "t*", "unique": true }),
            json!([[2, 1, "two"], [2, 2, "three"]]),
        ),
        (
            json!({ "hist_access_type": "search", "pattern": "?econd" }),
            json!([[1, 3, "ßecond"]]),
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(
            recall(&mut frontend, request.clone()),
            expected,
            "{request}"
        );
    }
}

#[test]
fn inputs_of_earlier_versions_are_recalled() {
    let kernel = Running::start(Echo);
    // Sessions had names then.
    let old = "{\"session\":\"f3a9\",\"line\":4,\"input\":\"old\"}\n";
    std::fs::write(kernel.history(), old).expect("a write");
    let mut frontend = kernel.connect();
    execute(&mut frontend, &["new"]);
    assert_eq!(
        recall(&mut frontend, json!({ "hist_access_type": "tail", "n": 5 })),
        json!([[0, 4, "old"], [1, 1, "new"]])
    );
}

#[test]
fn an_access_type_that_does_not_exist_is_an_error() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let reply = frontend.ask(
        Channel::Shell,
        "history_request",
        json!({ "hist_access_type": "guess" }),
    );
    assert_eq!(
        (&reply["status"], &reply["ename"]),
        (&json!("error"), &json!("MalformedRequest"))
    );
}
