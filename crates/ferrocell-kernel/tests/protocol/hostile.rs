//! Messages that are malformed, forged or repeated: they have no effect, and the kernel goes on.

use bytes::Bytes;
use serde_json::json;

use crate::language::Echo;
use scripted_frontend::{Channel, Running, sign};

/// A header for a message that would be obeyed if all else were right.
const SHUTDOWN: &str =
    r#"{"msg_id":"1","session":"s","username":"u","msg_type":"shutdown_request","version":"5.5"}"#;

fn parts(header: &str, content: &str) -> Vec<Bytes> {
    [header, "{}", "{}", content]
        .map(|part| Bytes::copy_from_slice(part.as_bytes()))
        .to_vec()
}

#[test]
fn what_is_not_genuine_is_ignored() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let key = &kernel.connection.key;
    let shutdown = parts(SHUTDOWN, r#"{"restart":false}"#);
    let mut unsigned = sign(key, &shutdown);
    unsigned[1] = Bytes::new();
    let mut shortened = sign(key, &shutdown);
    shortened[1].truncate(62);
    let mut not_hex = sign(key, &shutdown);
    not_hex[1] = Bytes::from("é".repeat(32));
    let deep = "[".repeat(100_000);
    let hostile = [
        vec![Bytes::new()],
        vec![Bytes::from("<IDS|MSG>")],
        sign(key, &shutdown[..3]),
        sign(key, &shutdown)[1..].to_vec(),
        sign("another key", &shutdown),
        unsigned,
        shortened,
        not_hex,
        sign(key, &parts("", "{}")),
        sign(key, &parts("{}", "{}")),
        sign(key, &parts("[1, 2", "{}")),
        sign(key, &parts(&deep, "{}")),
        sign(key, &parts("\u{fffe}", "{}")),
    ];
    for frames in hostile {
        for channel in [Channel::Shell, Channel::Control, Channel::Stdin] {
            frontend.send_frames(channel, frames.clone());
        }
    }
    frontend.ask(Channel::Shell, "comm_info_request", json!({}));
}

#[test]
fn a_request_with_a_bad_content_is_replied_to_with_an_error() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cases = [
        (Channel::Shell, "execute_request", json!({})),
        (Channel::Shell, "execute_request", json!({ "code": 7 })),
        (
            Channel::Shell,
            "complete_request",
            json!({ "code": "x", "cursor_pos": -1 }),
        ),
        (Channel::Shell, "inspect_request", json!([])),
        (Channel::Shell, "is_complete_request", json!(null)),
        (
            Channel::Control,
            "shutdown_request",
            json!({ "restart": "maybe" }),
        ),
    ];
    for (channel, request, content) in cases {
        let reply = frontend.ask(channel, request, content);
        assert_eq!(
            (&reply["status"], &reply["ename"]),
            (&json!("error"), &json!("MalformedRequest")),
            "{request}"
        );
        assert!(reply["evalue"].is_string() && reply["traceback"].is_array());
    }
}

#[test]
fn a_message_that_is_sent_again_is_not_obeyed_again() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let header = SHUTDOWN.replace("shutdown_request", "execute_request");
    let overheard = sign(
        &kernel.connection.key,
        &parts(&header, r#"{"code":"once"}"#),
    );
    frontend.send_frames(Channel::Shell, overheard.clone());
    assert_eq!(frontend.recv(Channel::Shell).parent(), "1");
    frontend.send_frames(Channel::Shell, overheard);
    // The next reply is to the next request, not to the repetition.
    frontend.send_frames(
        Channel::Shell,
        sign(
            &kernel.connection.key,
            &parts(&header.replace(r#""1""#, r#""2""#), r#"{"code":"again"}"#),
        ),
    );
    let reply = frontend.recv(Channel::Shell);
    assert_eq!(
        (reply.parent(), &reply.content["execution_count"]),
        ("2", &json!(2))
    );
    for id in ["1", "2"] {
        frontend.skip(id, 4);
    }
}
