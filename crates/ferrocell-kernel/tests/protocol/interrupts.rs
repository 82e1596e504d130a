//! The stop button, and what waits behind the cell that it stops.

use scripted_frontend::{Channel, Running};
use serde_json::json;

use crate::language::Echo;

/// The button is pressed as soon as the kernel is busy: either the cell does not run, or it is stopped.
#[test]
fn a_press_at_the_start_of_a_cell_is_not_lost() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    for _ in 0..200 {
        let cell = frontend.send_execute("wait");
        frontend.recv_busy(&cell);
        frontend.press_stop();
        let reply = frontend.recv_reply(Channel::Shell, &cell).content;
        assert!(
            reply["status"] == "aborted" || reply["ename"] == "KeyboardInterrupt",
            "{reply}"
        );
        while frontend.next_iopub(&cell).content["execution_state"] != "idle" {}
    }
}

#[test]
fn a_thousand_queued_cells_run_in_order() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cells: Vec<_> = (1..=1000)
        .map(|number| (number, frontend.send_execute(&number.to_string())))
        .collect();
    for (number, cell) in &cells {
        frontend.recv_execute_ok(cell, *number);
        frontend.recv_busy(cell);
        frontend.recv_execute_input(cell, &number.to_string(), *number);
        frontend.recv_result(cell, &number.to_string(), *number);
        frontend.recv_idle(cell);
    }
}

/// Whatever waits behind the interrupted cell does not run, also if its sender would have let it run after a failure.
#[test]
fn an_interrupt_empties_the_queue() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let mut content = scripted_frontend::execute("say on\nwait");
    content["stop_on_error"] = false.into();
    let first = frontend.send(Channel::Shell, "execute_request", content);
    frontend.recv_busy(&first);
    frontend.recv_execute_input(&first, "say on\nwait", 1);
    frontend.recv_stream(&first, "stdout", "on\n");
    let queued: Vec<_> = (0..1000).map(|_| frontend.send_execute("say no")).collect();
    // Requests of a channel are taken in order, so all of them were when this is answered.
    frontend.ask(Channel::Shell, "comm_info_request", json!({}));
    frontend.interrupt(&first);
    for cell in &queued {
        let reply = frontend.recv_reply(Channel::Shell, cell).content;
        assert_eq!(reply["status"], "aborted", "{reply}");
        frontend.recv_busy(cell);
        frontend.recv_idle(cell);
    }
    frontend.execute_quietly("go on", 2);
}
