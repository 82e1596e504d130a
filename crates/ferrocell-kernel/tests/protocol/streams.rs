//! Output: at once, in order, in full, and under the cell that caused it.

use serde_json::json;

use crate::language::Echo;
use scripted_frontend::{Channel, Running};

#[test]
fn late_output_appears_under_its_own_cell() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let spawner = frontend.execute_quietly("after gate say late", 1);
    let other = frontend.execute_quietly("go gate", 2);
    frontend.recv_stream(&spawner, "stdout", "late\n");
    assert_ne!(spawner, other);
}

#[test]
fn an_unfinished_line_appears_while_the_cell_runs() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("put \\r10%\nput \\r20%\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "\r10%\r20%");
    frontend.interrupt(&cell);
}

#[test]
fn a_flood_arrives_in_full_and_holds_nobody_up() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("flood 100000 59", 1);
    frontend.ask(
        Channel::Shell,
        "complete_request",
        json!({ "code": "s", "cursor_pos": 1 }),
    );
    frontend.ask(Channel::Control, "kernel_info_request", json!({}));
    let line = format!("{}\n", "x".repeat(59));
    frontend.recv_stream(&cell, "stdout", &line.repeat(100_000));
    frontend.end(&cell, 1);
}

#[test]
fn every_frontend_sees_every_cell() {
    let kernel = Running::start(Echo);
    let (mut one, mut two) = (kernel.connect_as("one"), kernel.connect_as("two"));
    let cell = one.execute_quietly("go there", 1);
    two.recv_busy(&cell);
    two.recv_execute_input(&cell, "go there", 1);
    two.recv_idle(&cell);
    one.part_from(two);
}
