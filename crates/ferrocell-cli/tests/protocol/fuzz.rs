//! Cells and output that no person would write: Rust beyond what a parser's stack holds, and bytes that are no text.

use std::cell::{Cell, RefCell};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::rust::{Expected, run, start};
use scripted_frontend::Channel;

/// Code that nests without an end in sight; each is asked about and then run.
#[test]
fn code_that_nests_too_deeply_is_refused() {
    const OPEN_MIDDLE_CLOSE: [(&str, &str, &str); 16] = [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{", "", "}"),
        ("Some(", "1", ")"),
        ("vec![", "", "]"),
        ("-", "1", ""),
        ("&", "1", ""),
        ("1 + ", "1", ""),
        ("a = ", "1", ""),
        ("|| ", "1", ""),
        ("if true {} else ", "{}", ""),
        ("x.", "x", ""),
        ("return ", "1", ""),
        ("fn f() {", "", "}"),
        ("match 1 { _ => ", "1", "}"),
        ("(", "", ""),
    ];
    let kernel = start();
    let mut frontend = kernel.connect();
    for ((open, middle, close), count) in OPEN_MIDDLE_CLOSE.iter().zip(1..) {
        // As deep as it gets, and just below what is refused, where the compiler may say what it likes.
        for depth in [100_000, 950] {
            let code = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            let content = json!({ "code": code, "cursor_pos": open.len() * depth });
            for request in ["is_complete_request", "complete_request", "inspect_request"] {
                frontend.ask(Channel::Shell, request, content.clone());
            }
            if depth < 100_000 {
                continue;
            }
            let cell = frontend.begin(&code, count);
            let error = frontend.recv_failure(&cell, "CompileError");
            let value = error["evalue"].as_str().unwrap_or_default();
            assert!(value.contains("nests too deeply"), "{open}: {value}");
        }
    }
    run(&mut frontend, "1 + 1", 17, &Expected::Value("2"));
}

#[test]
fn ten_megabytes_of_code_run() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let code = format!("\"{}\".len()", "x".repeat(10_000_000));
    run(&mut frontend, &code, 1, &Expected::Value("10000000"));
}

/// Prints bytes, given as digits: each word is a write of its own.
const PUT: &str = "use std::io::Write;\n\
    fn put(stream: &mut dyn Write, digits: &str) {\n\
        for write in digits.split(' ') {\n\
            let byte = |at| u8::from_str_radix(&write[at..at + 2], 16).unwrap();\n\
            stream.write_all(&(0..write.len()).step_by(2).map(byte).collect::<Vec<u8>>()).unwrap();\n\
            stream.flush().unwrap();\n\
        }\n\
    }";

/// What looks like the beginning of something else.
const LIKENESSES: [&[u8]; 14] = [
    b"EVCXR_BEGIN_CONTENT ",
    b"EVCXR_BEGIN_CONTENT text/html\n",
    b"EVCXR_BEGIN_CONTENT",
    b"EVCXR_END_CONTEN",
    b"EVCXR_INPUT_REQUEST",
    b"EVC",
    b"\x1b[31m",
    b"\x1b",
    b"\0",
    b"\r",
    b"\n",
    "\u{1F980}".as_bytes(),
    b"\x06\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0hi",
    b"<IDS|MSG>",
];

fn writes() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop_oneof![
        prop::sample::select(&LIKENESSES[..]).prop_map(<[u8]>::to_vec),
        vec(any::<u8>(), 1..20),
        "\\PC{1,10}".prop_map(String::into_bytes),
    ];
    vec(piece, 1..12).prop_flat_map(|pieces| {
        let bytes = pieces.concat();
        // Cut anywhere, also within a character or a likeness.
        vec(0..=bytes.len(), 0..8).prop_map(move |mut cuts| {
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let writes = starts.zip(ends).filter(|(start, end)| start < end);
            writes
                .map(|(start, end)| bytes[start..end].to_vec())
                .collect()
        })
    })
}

/// Whatever bytes a cell writes, in whatever pieces, arrive as text: characters whole, the rest replaced, nothing missing.
#[test]
fn any_output_arrives_in_full() {
    let kernel = start();
    let frontend = RefCell::new(kernel.connect());
    run(&mut frontend.borrow_mut(), PUT, 1, &Expected::Quiet);
    let count = Cell::new(1);
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&(writes(), writes()), |(stdout, stderr)| {
        let mut frontend = frontend.borrow_mut();
        count.set(count.get() + 1);
        let code = format!(
            "put(&mut std::io::stdout(), \"{}\");\nput(&mut std::io::stderr(), \"{}\");",
            digits(&stdout),
            digits(&stderr)
        );
        let cell = frontend.begin(&code, count.get());
        let printed = frontend.recv_streams(&cell);
        frontend.recv_execute_ok(&cell, count.get());
        let expected =
            [stdout, stderr].map(|writes| String::from_utf8_lossy(&writes.concat()).into_owned());
        prop_assert_eq!(printed, expected);
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
}

fn digits(writes: &[Vec<u8>]) -> String {
    let word = |write: &Vec<u8>| write.iter().map(|byte| format!("{byte:02x}")).collect();
    writes.iter().map(word).collect::<Vec<String>>().join(" ")
}
