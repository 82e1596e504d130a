//! Cells and output that no person would write: Rust beyond what a parser's stack holds, and bytes that are no text.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::frontend::Channel;
use crate::rust::{Expected, run, start_process};

/// Code that nests without an end in sight, or is long; each is asked about and then run.
#[test]
fn deep_and_long_code_is_survived() {
    let kernel = start_process();
    let mut frontend = kernel.connect();
    const DEPTH: usize = 100_000;
    let nested = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(DEPTH), close.repeat(DEPTH))
    };
    let codes = [
        nested("(", "1", ")"),
        nested("[", "1", "]"),
        nested("{", "", "}"),
        nested("Some(", "1", ")"),
        nested("vec![", "", "]"),
        nested("-", "1", ""),
        nested("!", "true", ""),
        nested("&", "1", ""),
        nested("1 + ", "1", ""),
        nested("a = ", "1", ""),
        nested("|| ", "1", ""),
        nested("if true {} else ", "{}", ""),
        nested("x.", "x", ""),
        nested("return ", "1", ""),
        nested("(", "", ""),
        nested("mod m {", "", "}"),
        format!("let x: {};", nested("Vec<", "u8", ">")),
        format!("let {} = 1;", nested("(", "x", ")")),
        format!("let long = \"{}\".len();", "x".repeat(10_000_000)),
    ];
    let mut count = 1;
    for code in &codes {
        let content = json!({ "code": code, "cursor_pos": code.len() });
        for request in ["is_complete_request", "complete_request", "inspect_request"] {
            frontend.ask(Channel::Shell, request, content.clone());
        }
        let cell = frontend.send_execute(code);
        frontend.recv_text(&cell);
        let reply = frontend.recv_reply(Channel::Shell, &cell).content;
        eprintln!("{:.20} {} {:.80}", code, reply["status"], reply["evalue"]);
        count += 1;
        run(&mut frontend, "1 + 1", count, &Expected::Value("2"));
        count += 1;
    }
}
