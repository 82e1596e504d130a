//! Requests that are answered at once, whatever runs.

use serde_json::json;

use crate::language::Echo;
use scripted_frontend::{Channel, Running};

#[test]
fn kernel_info_on_shell_and_control() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    for channel in [Channel::Shell, Channel::Control] {
        let info = frontend.ask(channel, "kernel_info_request", json!({}));
        let expected = json!({
            "status": "ok",
            "protocol_version": "5.5",
            "implementation": "echo",
            "implementation_version": env!("CARGO_PKG_VERSION"),
            "language_info": { "name": "echo", "version": "1", "mimetype": "text/plain", "file_extension": ".txt" },
            "banner": "echo: says what it is told",
            "help_links": [],
            "supported_features": [],
            "debugger": false,
        });
        assert_eq!(info, expected);
    }
}

/// Requests of the shell channel and what is replied, also while a cell runs.
#[test]
fn answers_do_not_wait_for_a_running_cell() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say on\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "on\n");
    let completed = |matches: &[&str], start: usize, end: usize| json!({ "status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end, "metadata": {} });
    let unsupported = |request: &str| {
        let value = format!("this kernel does not support {request}");
        json!({ "status": "error", "ename": "NotSupported", "evalue": value, "traceback": [format!("NotSupported: {value}")] })
    };
    let cases = [
        (
            "complete_request",
            json!({ "code": "sa", "cursor_pos": 2 }),
            completed(&["say"], 0, 2),
        ),
        // Positions count code points, of which the astral character is one.
        (
            "complete_request",
            json!({ "code": "𝒳ä sa", "cursor_pos": 5 }),
            completed(&["say"], 3, 5),
        ),
        (
            "complete_request",
            json!({ "code": "sa", "cursor_pos": 99 }),
            completed(&["say"], 0, 2),
        ),
        (
            "inspect_request",
            json!({ "code": "say hello", "cursor_pos": 2, "detail_level": 0 }),
            json!({ "status": "ok", "found": true, "data": { "text/plain": "say: a command" }, "metadata": {} }),
        ),
        (
            "inspect_request",
            json!({ "code": "hello", "cursor_pos": 0 }),
            json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
        ),
        (
            "is_complete_request",
            json!({ "code": "say" }),
            json!({ "status": "complete", "indent": "" }),
        ),
        (
            "is_complete_request",
            json!({ "code": "say \\" }),
            json!({ "status": "incomplete", "indent": "  " }),
        ),
        (
            "comm_info_request",
            json!({}),
            json!({ "status": "ok", "comms": {} }),
        ),
        (
            "history_request",
            json!({ "hist_access_type": "tail", "n": 5 }),
            json!({ "status": "ok", "history": [] }),
        ),
        (
            "debug_request",
            json!({ "type": "request" }),
            unsupported("debug_request"),
        ),
        (
            "create_subshell_request",
            json!({}),
            unsupported("create_subshell_request"),
        ),
    ];
    for (request, content, expected) in cases {
        assert_eq!(
            frontend.ask(Channel::Shell, request, content),
            expected,
            "{request}"
        );
    }
    for request in [
        "debug_request",
        "create_subshell_request",
        "list_subshell_request",
    ] {
        assert_eq!(
            frontend.ask(Channel::Control, request, json!({})),
            unsupported(request)
        );
    }
    frontend.interrupt(&cell);
}

/// Frontends show the latest status: after the idle of another request it is busy again.
#[test]
fn the_kernel_is_busy_again_while_a_cell_runs() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say on\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.ask(Channel::Control, "kernel_info_request", json!({}));
    frontend.recv_unrelated("status", json!({ "execution_state": "busy" }));
    frontend.interrupt(&cell);
}

#[test]
fn a_comm_to_an_unknown_target_is_closed() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let open = json!({ "comm_id": "c1", "target_name": "widgets", "data": {} });
    let request = frontend.send(Channel::Shell, "comm_open", open);
    frontend.recv_busy(&request);
    frontend.recv_iopub(
        &request,
        "comm_close",
        json!({ "comm_id": "c1", "data": {} }),
    );
    frontend.recv_idle(&request);
    for stray in ["comm_msg", "comm_close"] {
        let request = frontend.send(
            Channel::Shell,
            stray,
            json!({ "comm_id": "c1", "data": {} }),
        );
        frontend.recv_busy(&request);
        frontend.recv_idle(&request);
    }
}

#[test]
fn drafts_are_answered_while_a_cell_runs() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say on\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "on\n");
    let mut send = |msg_type: &str, content: serde_json::Value| {
        let request = frontend.send(Channel::Shell, msg_type, content);
        frontend.recv_busy(&request);
        frontend.recv_idle(&request);
        request
    };
    send(
        "comm_open",
        json!({ "comm_id": "c1", "target_name": "ferrocell.draft", "data": {} }),
    );
    let drafts = [7, 8].map(|number| {
        let data = json!({ "draft": number, "code": "say ü\nfail E x" });
        send("comm_msg", json!({ "comm_id": "c1", "data": data }))
    });
    // Nobody looks into a session whose cell runs.
    let look = send(
        "comm_msg",
        json!({ "comm_id": "c1", "data": { "look": 10 } }),
    );
    // What cannot be read, or goes to no open comm, has no answer.
    send(
        "comm_msg",
        json!({ "comm_id": "c1", "data": { "draft": 9 } }),
    );
    send(
        "comm_msg",
        json!({ "comm_id": "c2", "data": { "code": "fail" } }),
    );
    for (request, number) in drafts.iter().zip([7, 8]) {
        let remark = json!({
            "severity": "warning", "message": "this fails with E x", "code": "fails", "notes": [],
            "start": { "line": 2, "column": 1 }, "end": { "line": 2, "column": 9 },
            "fixes": [{ "title": "say it", "edits": [{
                "start": { "line": 2, "column": 1 }, "end": { "line": 2, "column": 5 }, "text": "say",
            }] }],
        });
        let data = json!({ "draft": number, "remarks": [remark] });
        frontend.recv_iopub(
            request,
            "comm_msg",
            json!({ "comm_id": "c1", "data": data }),
        );
    }
    let data = json!({ "look": 10, "seen": null });
    frontend.recv_iopub(&look, "comm_msg", json!({ "comm_id": "c1", "data": data }));
    let comms = |frontend: &mut scripted_frontend::Frontend| {
        frontend.ask(Channel::Shell, "comm_info_request", json!({}))["comms"].clone()
    };
    assert_eq!(
        comms(&mut frontend),
        json!({ "c1": { "target_name": "ferrocell.draft" } })
    );
    let close = json!({ "comm_id": "c1", "data": {} });
    let request = frontend.send(Channel::Shell, "comm_close", close);
    frontend.recv_busy(&request);
    frontend.recv_idle(&request);
    assert_eq!(comms(&mut frontend), json!({}));
    frontend.interrupt(&cell);
}

#[test]
fn the_heartbeat_echoes_bytes() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    for beat in [
        vec![bytes::Bytes::from("ping")],
        vec![bytes::Bytes::new(), bytes::Bytes::from(vec![0xff, 0])],
    ] {
        frontend.send_frames(Channel::Heartbeat, beat.clone());
        assert_eq!(frontend.recv_frames(Channel::Heartbeat), beat);
    }
}
