//! `execute_request`: counts, results, errors, and who sees what.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::language::Echo;
use scripted_frontend::{Channel, Running, execute};

#[test]
fn a_cell_prints_and_has_a_value() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say one\nwarn two\nvalue", 1);
    frontend.recv_stream(&cell, "stdout", "one\n");
    frontend.recv_stream(&cell, "stderr", "two\n");
    frontend.recv_result(&cell, "value", 1);
    frontend.end(&cell, 1);
}

#[test]
fn displays_stand_where_they_were_made() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let code = "say before\nshow text/html <b>bold</b>\nsay after\nupdate name new\nclear";
    let cell = frontend.begin(code, 1);
    frontend.recv_stream(&cell, "stdout", "before\n");
    let html = json!({ "data": { "text/html": "<b>bold</b>" }, "metadata": {}, "transient": {} });
    frontend.recv_iopub(&cell, "display_data", html);
    frontend.recv_stream(&cell, "stdout", "after\n");
    let new = json!({ "data": { "text/plain": "new" }, "metadata": {}, "transient": { "display_id": "name" } });
    frontend.recv_iopub(&cell, "update_display_data", new);
    frontend.recv_iopub(&cell, "clear_output", json!({ "wait": false }));
    frontend.end(&cell, 1);
}

#[test]
fn an_error_is_published_and_replied() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("fail Panic it broke", 1);
    let error = json!({ "ename": "Panic", "evalue": "it broke", "traceback": ["Panic: it broke"] });
    frontend.recv_iopub(&cell, "error", error.clone());
    frontend.recv_idle(&cell);
    let reply = frontend.recv_reply(Channel::Shell, &cell).content;
    let expected =
        json!({ "status": "error", "execution_count": 1, "payload": [], "user_expressions": {} });
    assert_eq!(reply, merged(expected, error));
}

/// What `silent` and `store_history` change: the counts, and what is published between busy and idle.
#[test]
fn counts_and_silence() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cases = [
        (json!({ "silent": true, "code": "quiet" }), 1, vec![]),
        (
            json!({ "silent": true, "code": "say loud" }),
            1,
            vec!["stream"],
        ),
        (
            json!({ "store_history": false, "code": "a" }),
            1,
            vec!["execute_input", "execute_result"],
        ),
        (
            json!({ "code": "b" }),
            1,
            vec!["execute_input", "execute_result"],
        ),
        (
            json!({ "code": "c" }),
            2,
            vec!["execute_input", "execute_result"],
        ),
        (json!({ "code": "\n" }), 3, vec!["execute_input"]),
        (
            json!({ "code": "d" }),
            3,
            vec!["execute_input", "execute_result"],
        ),
    ];
    for (request, execution_count, published) in cases {
        let cell = frontend.send(
            Channel::Shell,
            "execute_request",
            merged(execute(""), request),
        );
        frontend.recv_busy(&cell);
        for msg_type in published {
            let message = frontend.next_iopub(&cell);
            assert_eq!(message.msg_type(), msg_type);
            if msg_type != "stream" {
                assert_eq!(message.content["execution_count"], execution_count);
            }
        }
        frontend.end(&cell, execution_count);
    }
    let remembered = frontend.ask(
        Channel::Shell,
        "history_request",
        json!({ "hist_access_type": "tail", "n": 9 }),
    );
    assert_eq!(
        remembered["history"],
        json!([[1, 1, "b"], [1, 2, "c"], [1, 3, "d"]])
    );
}

#[test]
fn what_a_request_leaves_out_has_a_default() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.send(
        Channel::Shell,
        "execute_request",
        json!({ "code": "value" }),
    );
    frontend.recv_busy(&cell);
    frontend.recv_execute_input(&cell, "value", 1);
    frontend.recv_result(&cell, "value", 1);
    frontend.end(&cell, 1);
}

#[test]
fn user_expressions_are_computed_after_the_cell() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let expressions =
        json!({ "user_expressions": { "good": "value", "bad": "fail NameError who" } });
    let request = merged(execute("say first"), expressions);
    let cell = frontend.send(Channel::Shell, "execute_request", request);
    frontend.recv_busy(&cell);
    frontend.recv_execute_input(&cell, "say first", 1);
    frontend.recv_stream(&cell, "stdout", "first\n");
    frontend.recv_idle(&cell);
    let reply = frontend.recv_reply(Channel::Shell, &cell).content;
    let expected = json!({
        "good": { "status": "ok", "data": { "text/plain": "value" }, "metadata": {} },
        "bad": { "status": "error", "ename": "NameError", "evalue": "who", "traceback": ["NameError: who"] },
    });
    assert_eq!(reply["user_expressions"], expected);
}

/// Frontends that record times want to know.
#[test]
fn replies_say_when_the_code_began() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    for (code, count) in [("say first", 1), ("fail NameError who", 2)] {
        let before = Utc::now();
        let cell = frontend.send_execute(code);
        let mut told = Vec::new();
        while told.last().map(String::as_str) != Some("idle") {
            let message = frontend.next_iopub(&cell);
            told.push(
                message.content["execution_state"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        let reply = frontend.recv_reply(Channel::Shell, &cell);
        assert_eq!(reply.content["execution_count"], count);
        let started: DateTime<Utc> = reply.metadata["started"].as_str().unwrap().parse().unwrap();
        assert!(before <= started && started <= Utc::now(), "{started}");
    }
}

/// An error aborts what waits behind it, unless the request that failed said not to.
#[test]
fn stop_on_error() {
    for (stop_on_error, status) in [(true, "aborted"), (false, "ok")] {
        let kernel = Running::start(Echo);
        let mut frontend = kernel.connect();
        let failing = "ask when\nfail Error now";
        let request = merged(execute(failing), json!({ "stop_on_error": stop_on_error }));
        let first = frontend.send(Channel::Shell, "execute_request", request);
        let second = frontend.send_execute("");
        frontend.recv_busy(&first);
        frontend.recv_execute_input(&first, failing, 1);
        let question = frontend.recv_input_request(&first, "when");
        // Its answer shows that the kernel has taken in the second cell, which came before it by the same channel.
        frontend.ask(Channel::Shell, "comm_info_request", json!({}));
        frontend.send_input_reply(&question, "now");
        frontend.recv_stream(&first, "stdout", "now\n");
        frontend.recv_failure(&first, "Error");

        frontend.recv_busy(&second);
        if status == "ok" {
            frontend.recv_execute_input(&second, "", 2);
        }
        frontend.recv_idle(&second);
        let reply = frontend.recv_reply(Channel::Shell, &second).content;
        assert_eq!(
            (&reply["status"], &reply["execution_count"]),
            (&json!(status), &json!(2))
        );
        frontend.execute_quietly("go on", 2);
    }
}

/// What is sent after the failure was seen is run. Many times, for the point in time matters.
#[test]
fn a_cell_after_a_failure_is_not_aborted() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    for count in (1..200).step_by(2) {
        let failing = frontend.begin("fail", count);
        assert_eq!(frontend.next_iopub(&failing).msg_type(), "error");
        let next = frontend.send_execute("go on");
        frontend.recv_idle(&failing);
        frontend.recv_reply(Channel::Shell, &failing);
        frontend.recv_busy(&next);
        frontend.recv_execute_input(&next, "go on", count + 1);
        frontend.end(&next, count + 1);
    }
}

/// `first` with the entries of `second` put over it.
fn merged(mut first: Value, second: Value) -> Value {
    let entries = first.as_object_mut().expect("an object");
    entries.extend(second.as_object().expect("an object").clone());
    first
}
