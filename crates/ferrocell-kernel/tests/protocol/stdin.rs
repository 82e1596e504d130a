//! Questions of the program, and their answers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ferrocell_kernel::language::NoAnswer;
use serde_json::{Value, json};

use crate::language::Echo;
use scripted_frontend::{Channel, Received, Request, Running, execute};

#[test]
fn an_answer_reaches_the_cell() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("ask Enter your name: ", 1);
    let question = frontend.recv_input_request(&cell, "Enter your name: ");
    frontend.send_input_reply(&question, "Ada Lövelace");
    frontend.recv_stream(&cell, "stdout", "Ada Lövelace\n");
    frontend.end(&cell, 1);
}

#[test]
fn a_secret_is_asked_as_a_password() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("secret Password: ", 1);
    let question = frontend.recv(Channel::Stdin);
    assert_eq!(
        question.content,
        json!({ "prompt": "Password: ", "password": true })
    );
    frontend.send_input_reply(&question, "xyzzy");
    frontend.recv_stream(&cell, "stdout", "xyzzy\n");
    frontend.end(&cell, 1);
}

/// jupyter_client's own clients send an answer without a parent.
#[test]
fn an_answer_need_not_name_its_question() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("ask ?", 1);
    frontend.recv_input_request(&cell, "?");
    frontend.send(Channel::Stdin, "input_reply", json!({ "value": "yes" }));
    frontend.recv_stream(&cell, "stdout", "yes\n");
    frontend.end(&cell, 1);
}

#[test]
fn threads_that_ask_at_once_each_get_their_own_answer_even_after_their_cell() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cells: HashMap<String, Request> = ["red", "green", "blue"]
        .into_iter()
        .zip(1..)
        .map(|(colour, count)| {
            (
                colour.to_owned(),
                frontend.execute_quietly(&format!("after all ask {colour}"), count),
            )
        })
        .collect();
    frontend.execute_quietly("go all", 4);
    for _ in 0..3 {
        let question = frontend.recv(Channel::Stdin);
        let colour = question.content["prompt"]
            .as_str()
            .expect("a prompt")
            .to_owned();
        assert_eq!(
            question.parent(),
            cells[&colour].id,
            "asked under another cell"
        );
        frontend.send_input_reply(&question, &format!("answer to {colour}"));
        frontend.recv_stream(&cells[&colour], "stdout", &format!("answer to {colour}\n"));
    }
}

/// A frontend shows one question at a time: the next one is sent when the first is answered, not before.
#[test]
fn one_question_at_a_time() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let late = frontend.execute_quietly("after gate ask first", 1);
    frontend.execute_quietly("go gate", 2);
    let first = frontend.recv_input_request(&late, "first");
    let cell = frontend.begin("say on\nask second", 3);
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.ask(Channel::Shell, "comm_info_request", json!({}));
    let before_the_answer = Utc::now();
    frontend.send_input_reply(&first, "1");
    frontend.recv_stream(&late, "stdout", "1\n");
    let second = frontend.recv_input_request(&cell, "second");
    let asked: DateTime<Utc> = second.header["date"]
        .as_str()
        .and_then(|date| date.parse().ok())
        .expect("a date");
    assert!(
        asked >= before_the_answer,
        "asked at {asked}, before the answer of {before_the_answer}"
    );
    frontend.send_input_reply(&second, "2");
    frontend.recv_stream(&cell, "stdout", "2\n");
    frontend.end(&cell, 3);
}

#[test]
fn a_frontend_that_cannot_be_asked_is_not_asked() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let mut request = execute("ask anyone?");
    request["allow_stdin"] = Value::Bool(false);
    let cell = frontend.send(Channel::Shell, "execute_request", request);
    frontend.recv_busy(&cell);
    frontend.recv_execute_input(&cell, "ask anyone?", 1);
    let error = frontend.recv_failure(&cell, "EOFError");
    assert!(
        error["evalue"]
            .as_str()
            .is_some_and(|value| value.contains("cannot be asked"))
    );
}

/// An interrupt withdraws the running cell's question; an answer that comes too late is not taken for the next one's.
#[test]
fn an_interrupt_withdraws_the_question() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("ask old", 1);
    let old = frontend.recv_input_request(&cell, "old");
    frontend.ask(Channel::Control, "interrupt_request", json!({}));
    frontend.recv_failure(&cell, "EOFError");

    let cell = frontend.begin("ask new", 2);
    let new = frontend.recv_input_request(&cell, "new");
    frontend.send_input_reply(&old, "too late");
    frontend.send_input_reply(&new, "in time");
    frontend.recv_stream(&cell, "stdout", "in time\n");
    frontend.end(&cell, 2);
}

/// Questions of a cell that has ended stay when another cell is interrupted.
#[test]
fn an_interrupt_leaves_other_cells_questions() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let late = frontend.execute_quietly("after gate ask late", 1);
    let cell = frontend.begin("go gate\nsay on\nwait", 2);
    let question = frontend.recv_input_request(&late, "late");
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.interrupt(&cell);
    frontend.send_input_reply(&question, "still here");
    frontend.recv_stream(&late, "stdout", "still here\n");
}

#[test]
fn two_frontends_are_asked_at_the_same_time() {
    let kernel = Running::start(Echo);
    let (mut one, mut two) = (kernel.connect_as("one"), kernel.connect_as("two"));
    let first = one.send_execute("after gate ask one");
    one.recv_execute_ok(&first, 1);
    let second = two.send_execute("after gate ask two\ngo gate");
    two.recv_execute_ok(&second, 2);
    let (for_one, for_two): (Received, Received) = (
        one.recv_input_request(&first, "one"),
        two.recv_input_request(&second, "two"),
    );
    two.send_input_reply(&for_two, "2");
    one.send_input_reply(&for_one, "1");
    for frontend in [&mut one, &mut two] {
        for (cell, code, count, answer) in [
            (&first, "after gate ask one", 1, "1\n"),
            (&second, "after gate ask two\ngo gate", 2, "2\n"),
        ] {
            frontend.recv_busy(cell);
            frontend.recv_execute_input(cell, code, count);
            let mut idle_and_answer = [frontend.next_iopub(cell), frontend.next_iopub(cell)]
                .map(|message| (message.msg_type().to_owned(), message.content));
            idle_and_answer.sort_by(|one, two| one.0.cmp(&two.0));
            assert_eq!(
                idle_and_answer[0],
                ("status".into(), json!({ "execution_state": "idle" }))
            );
            assert_eq!(
                idle_and_answer[1],
                ("stream".into(), json!({ "name": "stdout", "text": answer }))
            );
        }
    }
    one.part_from(two);
}

/// A question whose asker is gone does not stand in the way of the next one, and a late answer to it answers nothing.
#[test]
fn a_lost_question_is_forgotten() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let late = frontend.execute_quietly("after gate ask old", 1);
    frontend.execute_quietly("go gate", 2);
    let old = frontend.recv_input_request(&late, "old");
    frontend.execute_quietly("lose", 3);
    let lost = format!("EOFError: {}\n", NoAnswer::Closed);
    frontend.recv_stream(&late, "stderr", &lost);

    let cell = frontend.begin("ask new", 4);
    let new = frontend.recv_input_request(&cell, "new");
    frontend.send_input_reply(&old, "stale");
    frontend.send_input_reply(&new, "fresh");
    frontend.recv_stream(&cell, "stdout", "fresh\n");
    frontend.end(&cell, 4);
}
