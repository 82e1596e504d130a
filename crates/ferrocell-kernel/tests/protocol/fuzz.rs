//! Anything at all, at any channel, amidst genuine requests: a kernel that has met it all still answers, and has run no cell
//! that was not signed.

use std::cell::RefCell;

use bytes::Bytes;
use ferrocell_kernel::ConnectionInfo;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::example::{start_echo, start_echo_on_tcp};
use scripted_frontend::{Channel, Frontend, Running, sign};
use scripted_frontend::{GREETING, Peer};

const CHANNELS: [Channel; 3] = [Channel::Shell, Channel::Control, Channel::Stdin];

/// What would be seen if it ran.
const CANARY: &str = "say forged";

/// More than any of this may make a kernel take.
const MOST_MEMORY: u64 = 300 << 20;

/// Something that a kernel must survive.
#[derive(Clone, Debug)]
enum Hostile {
    /// Frames without any order.
    Frames(Vec<Vec<u8>>),
    /// A genuine request for the canary, with one bit of one part changed.
    Forged(usize, Index, u8),
    /// One without its last frames.
    Truncated(usize),
    /// One whose part ends early.
    Shortened(usize, Index),
    /// Any bytes, signed.
    Signed([Vec<u8>; 4]),
    /// A header of any JSON, signed.
    Header(Value),
    /// A request of this type with a content of any JSON, signed.
    Content(String, Value),
    /// The message before, once more.
    Repeated,
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let bytes = |most| vec(any::<u8>(), 0..most);
    prop_oneof![
        vec(bytes(40), 1..9).prop_map(Hostile::Frames),
        (1..6usize, any::<Index>(), 0..8u8)
            .prop_map(|(part, index, bit)| Hostile::Forged(part, index, bit)),
        (1..6usize).prop_map(Hostile::Truncated),
        (1..6usize, any::<Index>()).prop_map(|(part, index)| Hostile::Shortened(part, index)),
        [bytes(60), bytes(60), bytes(60), bytes(60)].prop_map(Hostile::Signed),
        value().prop_map(Hostile::Header),
        (msg_type(), value()).prop_map(|(msg_type, value)| Hostile::Content(msg_type, value)),
        Just(Hostile::Repeated),
    ]
}

fn msg_type() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &[
                "execute_request",
                "complete_request",
                "inspect_request",
                "is_complete_request",
                "history_request",
                "comm_info_request",
                "comm_open",
                "comm_msg",
                "interrupt_request",
                "kernel_info_request",
                "debug_request",
                "create_subshell_request",
                "input_reply",
            ][..]
        )
        .prop_map(str::to_owned),
        "[a-z_]{0,20}(_request)?",
    ]
}

/// Any JSON, with the fields that requests have.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let key = prop::sample::select(
        &[
            "msg_id",
            "session",
            "username",
            "msg_type",
            "version",
            "date",
            "subshell_id",
            "code",
            "silent",
            "cursor_pos",
            "detail_level",
            "store_history",
            "user_expressions",
            "allow_stdin",
            "stop_on_error",
            "hist_access_type",
            "n",
            "pattern",
            "start",
            "stop",
            "output",
            "raw",
            "comm_id",
            "target_name",
            "data",
            "value",
            "status",
        ][..],
    );
    leaf.prop_recursive(4, 24, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((key.clone(), inner), 0..8).prop_map(|fields| {
                Value::from_iter(
                    fields
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value)),
                )
            }),
        ]
    })
}

fn header(msg_type: &str) -> Value {
    json!({
        "msg_id": "hostile", "session": "s", "username": "u", "msg_type": msg_type, "version": "5.5",
        "date": "2026-01-01T00:00:00Z",
    })
}

fn parts(header: &Value, content: &Value) -> [Bytes; 4] {
    [header, &json!({}), &json!({}), content].map(|part| part.to_string().into())
}

impl Hostile {
    fn frames(&self, key: &str, before: &[Bytes]) -> Vec<Bytes> {
        let canary = || {
            let content = scripted_frontend::execute(CANARY);
            sign(key, &parts(&header("execute_request"), &content))
        };
        match self {
            Hostile::Frames(frames) => frames.iter().cloned().map(Bytes::from).collect(),
            Hostile::Forged(part, index, bit) => {
                let mut frames = canary();
                let mut bytes = frames[*part].to_vec();
                bytes[index.index(frames[*part].len())] ^= 1 << bit;
                frames[*part] = bytes.into();
                frames
            }
            Hostile::Truncated(kept) => canary()[..*kept].to_vec(),
            Hostile::Shortened(part, index) => {
                let mut frames = canary();
                let kept = index.index(frames[*part].len());
                frames[*part].truncate(kept);
                frames
            }
            Hostile::Signed(parts) => sign(key, &parts.clone().map(Bytes::from)),
            Hostile::Header(header) => sign(key, &parts(header, &json!({}))),
            Hostile::Content(msg_type, content) => sign(key, &parts(&header(msg_type), content)),
            Hostile::Repeated => before.to_vec(),
        }
    }
}

fn ports(connection: &ConnectionInfo) -> Vec<u16> {
    vec![
        connection.shell_port,
        connection.control_port,
        connection.stdin_port,
        connection.hb_port,
        connection.iopub_port,
    ]
}

/// A genuine request on `channel` is answered, whatever is answered before.
fn assert_answered(frontend: &mut Frontend, channel: Channel) {
    let request = frontend.send(channel, "kernel_info_request", json!({}));
    while frontend.recv(channel).parent() != request.id {}
}

/// The kernel goes on, and the canary did not run.
fn assert_unharmed(kernel: &Running, mut frontend: Frontend) {
    for channel in [Channel::Shell, Channel::Control] {
        assert_answered(&mut frontend, channel);
    }
    frontend.send_frames(Channel::Heartbeat, vec!["alive".into()]);
    while frontend.recv_frames(Channel::Heartbeat) != ["alive"] {}
    let cell = frontend.send_execute("ask still there");
    let question = frontend.recv(Channel::Stdin);
    assert_eq!(question.parent(), cell.id);
    frontend.send_input_reply(&question, "yes");
    while frontend.recv(Channel::Shell).parent() != cell.id {}
    assert_eq!(frontend.recv_streams(&cell).concat(), "yes\n");
    for message in frontend.take_inbox() {
        assert!(
            !message.content.to_string().contains(CANARY) && message.content["text"] != "forged\n",
            "{message:#?}"
        );
    }
    let peak = kernel.peak_memory();
    assert!(peak < MOST_MEMORY, "the kernel took {} MB", peak >> 20);
    frontend.leave();
}

#[test]
fn any_messages_are_survived_and_none_is_obeyed_without_a_signature() {
    let kernel = start_echo();
    let key = &kernel.connection.key;
    let frontend = RefCell::new(kernel.connect());
    let before = RefCell::new(vec![Bytes::new()]);
    let mut runner = TestRunner::new(Config {
        cases: 250,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = vec((prop::sample::select(&CHANNELS[..]), hostile()), 1..12);
    let result = runner.run(&strategy, |messages| {
        let mut frontend = frontend.borrow_mut();
        for (channel, hostile) in &messages {
            let frames = hostile.frames(key, &before.borrow());
            frontend.send_frames(*channel, frames.clone());
            frontend.send_frames(Channel::Heartbeat, frames.clone());
            *before.borrow_mut() = frames;
        }
        assert_answered(&mut frontend, Channel::Shell);
        assert_answered(&mut frontend, Channel::Control);
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
    assert_unharmed(&kernel, frontend.into_inner());
}

/// Fields of ten megabytes, and of a nesting of 100,000.
#[test]
fn huge_parts_are_survived() {
    let kernel = start_echo();
    let key = &kernel.connection.key;
    let mut frontend = kernel.connect();
    let long = format!("\"{}\"", "x".repeat(10_000_000));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let requests = [
        (Channel::Shell, "execute_request", "code"),
        (Channel::Shell, "execute_request", "user_expressions"),
        (Channel::Shell, "complete_request", "code"),
        (Channel::Shell, "is_complete_request", "unknown"),
        (Channel::Shell, "comm_open", "comm_id"),
        (Channel::Control, "shutdown_request", "restart"),
        (Channel::Stdin, "input_reply", "value"),
    ];
    for huge in [long, deep] {
        let mut send = |channel, parts: [String; 4]| {
            frontend.send_frames(channel, sign(key, &parts.map(Bytes::from)));
        };
        for (channel, msg_type, field) in requests {
            let content = format!("{{\"cursor_pos\":5,\"{field}\":{huge}}}");
            let head = header(msg_type).to_string();
            send(channel, [head, "{}".into(), "{}".into(), content]);
        }
        send(
            Channel::Control,
            [huge.clone(), "{}".into(), "{}".into(), "{}".into()],
        );
        send(
            Channel::Stdin,
            [
                header("input_reply").to_string(),
                huge,
                "{}".into(),
                "{}".into(),
            ],
        );
        assert_answered(&mut frontend, Channel::Shell);
        assert_answered(&mut frontend, Channel::Control);
    }
    let code = format!("say {}", "x".repeat(10_000_000));
    let cell = frontend.send_execute(&code);
    while frontend.recv(Channel::Shell).parent() != cell.id {}
    assert_eq!(frontend.recv_streams(&cell).concat().len(), 10_000_001);
    assert_unharmed(&kernel, frontend);
}

/// What peers may do that do not speak ZeroMQ, or stop in the middle, and whether the kernel is to hang up on them.
#[test]
fn peers_that_break_the_rules_are_survived() {
    let head = |flags: u8, length: u64| [&[flags], length.to_be_bytes().as_slice()].concat();
    let ready: &[u8] = b"\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06DEALER";
    let cases: &[(&[u8], bool)] = &[
        (b"", false),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n                                  ",
            true,
        ),
        (&[0; 64], true),
        (&[0xff; 64], true),
        (&GREETING[..1], false),
        (&GREETING[..30], false),
        (&GREETING, false),
        (&[&GREETING[..], b"\x04\x03\x05REA"].concat(), true),
        (&[&GREETING[..], &head(6, u64::MAX)].concat(), true),
        (&[&GREETING[..], &head(6, 1 << 40)].concat(), true),
        (&[&GREETING[..], ready].concat(), false),
        (&[&GREETING[..], ready, &head(2, u64::MAX)].concat(), true),
        (&[&GREETING[..], ready, &head(3, 1 << 33)].concat(), true),
        (&[&GREETING[..], ready, &head(2, 8 << 10)].concat(), false),
        (
            &[&GREETING[..], ready, &[1, 0].repeat(2000)].concat(),
            false,
        ),
        (
            &[&GREETING[..], ready, &[4, 5, 4, b'P', b'I', b'N', b'G']].concat(),
            false,
        ),
    ];
    for kernel in [start_echo(), start_echo_on_tcp()] {
        let mut frontend = kernel.connect();
        let connection = &kernel.connection;
        let mut kept = Vec::new();
        for (bytes, ends) in cases {
            for port in ports(connection) {
                // One goes at once, in the middle of whatever it has said.
                let mut hasty = Peer::open(connection, port);
                hasty.put(bytes).expect("a kernel that listens");
                drop(hasty);
                let mut patient = Peer::open(connection, port);
                patient.put(bytes).expect("a kernel that listens");
                match ends {
                    true => patient.wait_for_end(),
                    false => kept.push(patient),
                }
            }
            assert_answered(&mut frontend, Channel::Shell);
        }
        assert_unharmed(&kernel, frontend);
    }
}

/// Many peers that each begin a message of the largest size and do not go on make the kernel reserve nothing.
#[test]
fn announced_lengths_reserve_no_memory() {
    let kernel = start_echo();
    let frontend = kernel.connect();
    let _peers: Vec<Peer> = (0..200)
        .map(|_| {
            let mut peer = Peer::open(&kernel.connection, kernel.connection.shell_port);
            peer.shake_hands("DEALER");
            let length = (100_u64 << 20).to_be_bytes();
            let begun = [&[2], length.as_slice(), b"the start"].concat();
            peer.put(&begun).expect("a kernel that listens");
            peer
        })
        .collect();
    assert_unharmed(&kernel, frontend);
}

#[test]
fn any_bytes_of_a_peer_are_survived() {
    let kernel = start_echo();
    let frontend = RefCell::new(kernel.connect());
    let connection = &kernel.connection;
    let mut runner = TestRunner::new(Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let strategy = (
        prop::sample::select(ports(connection)),
        0..=GREETING.len(),
        any::<bool>(),
        vec(any::<u8>(), 0..200),
    );
    let result = runner.run(&strategy, |(port, greeting, is_ready, bytes)| {
        let mut peer = Peer::open(connection, port);
        if is_ready {
            peer.shake_hands("DEALER");
        } else {
            peer.put(&GREETING[..greeting])
                .expect("a kernel that listens");
        }
        // The kernel may have hung up already.
        let _ = peer.put(&bytes);
        drop(peer);
        assert_answered(&mut frontend.borrow_mut(), Channel::Control);
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
    assert_unharmed(&kernel, frontend.into_inner());
}
