//! Much output, from many threads: all of it arrives, whole and in order, in bounded memory, and meanwhile the kernel
//! answers.

use serde_json::json;

use crate::rust::start;
use scripted_frontend::Peer;
use scripted_frontend::{Channel, Running};

/// More than the kernel may ever need, unoptimised as it is here, however much a cell prints.
const MOST_MEMORY: u64 = 300 << 20;

fn assert_memory_is_bounded(kernel: &Running) {
    let peak = kernel.peak_memory();
    assert!(peak < MOST_MEMORY, "the kernel took {} MB", peak >> 20);
}

#[test]
fn a_hundred_threads_print_a_thousand_lines_each() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let cell = frontend.begin(
        "std::thread::scope(|scope| for thread in 0..100 {\n\
             scope.spawn(move || for line in 0..1000 {\n\
                 if thread % 2 == 0 { println!(\"{thread} {line} end\") } else { eprintln!(\"{thread} {line} end\") }\n\
             });\n\
         });",
        1,
    );
    let mut next = [0; 100];
    for (stream, text) in frontend.recv_streams(&cell).iter().enumerate() {
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let &[thread, number, "end"] = words.as_slice() else {
                panic!("a torn line: {line:?}")
            };
            let thread: usize = thread.parse().expect("a thread's number");
            assert_eq!(thread % 2, stream, "on the wrong stream: {line}");
            assert_eq!(number, next[thread].to_string(), "of thread {thread}");
            next[thread] += 1;
        }
    }
    assert_eq!(next, [1000; 100]);
    frontend.recv_execute_ok(&cell, 1);
    assert_memory_is_bounded(&kernel);
}

/// Cells that print fifty megabytes in lines, and a single line of twenty.
pub(crate) const FLOODS: [(&str, &str); 2] = [
    (
        "50 MB in lines of 1 kB",
        "let line = \"x\".repeat(999);\nfor _ in 0..50_000 { println!(\"{line}\"); }",
    ),
    (
        "one line of 20 MB",
        "println!(\"{}\", \"x\".repeat(20_000_000));",
    ),
];

#[test]
fn fifty_megabytes_in_lines_hold_nobody_up() {
    flood(FLOODS[0].1, |text| {
        text.len() == 50_000_000 && text.lines().all(|line| line.len() == 999)
    });
}

#[test]
fn a_single_long_line_holds_nobody_up() {
    // More than all buffers on the way can hold.
    flood("println!(\"{}\", \"x\".repeat(40_000_000));", |text| {
        text.len() == 40_000_001 && text.trim_end().bytes().all(|byte| byte == b'x')
    });
}

/// While the output flows, the kernel answers.
fn flood(code: &str, is_complete: impl FnOnce(&str) -> bool) {
    let kernel = start();
    let mut frontend = kernel.connect_slowly();
    let cell = frontend.begin(code, 1);
    let mut text = frontend.next_iopub(&cell).content["text"]
        .as_str()
        .expect("the first of the text")
        .to_owned();
    frontend.ask(Channel::Control, "kernel_info_request", json!({}));
    let before = frontend.at_hand(&cell);
    let [rest, errors] = frontend.recv_streams(&cell);
    text += &rest;
    assert!(
        before + 1_000_000 < text.len(),
        "the answers came when the output had ended"
    );
    assert_eq!(errors, "");
    assert!(is_complete(&text), "{} bytes came", text.len());
    frontend.recv_execute_ok(&cell, 1);
    assert_memory_is_bounded(&kernel);
}

/// A frontend that has subscribed and reads nothing is no reason to wait: not for control, and not for the others.
#[test]
fn a_frontend_that_reads_nothing_holds_nobody_up() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let mut deaf = Peer::open(&kernel.connection, kernel.connection.iopub_port);
    deaf.shake_hands("SUB");
    deaf.send(&[&[1]]);
    let cell = frontend.begin(
        "for n in 0..400_000 { println!(\"a line with number {n:8}\"); }",
        1,
    );
    frontend.next_iopub(&cell);
    for _ in 0..10 {
        frontend.ask(Channel::Control, "kernel_info_request", json!({}));
    }
    frontend.recv_streams(&cell);
    frontend.recv_execute_ok(&cell, 1);
    assert_memory_is_bounded(&kernel);
    frontend.execute_quietly("let after = 1;", 2);
}

/// What looks like the start of a rich value and never ends is text in the end, and is not gathered for ever.
#[test]
fn a_rich_value_without_end_is_text() {
    let kernel = start();
    let mut frontend = kernel.connect();
    let cell = frontend.begin(
        "println!(\"EVCXR_BEGIN_CONTENT text/html\");\n\
         let line = \"x\".repeat(9_999);\n\
         for _ in 0..6_000 { println!(\"{line}\"); }",
        1,
    );
    let [text, _] = frontend.recv_streams(&cell);
    assert!(text.starts_with("EVCXR_BEGIN_CONTENT text/html\nxxx"));
    assert_eq!(text.len(), 30 + 60_000_000);
    frontend.recv_execute_ok(&cell, 1);
    assert_memory_is_bounded(&kernel);
}
