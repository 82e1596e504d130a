//! Code that would never end, and stops politely because the engine lets it look whether it should.

mod conversation;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use conversation::Conversation;
use ferrocell_engine::Event;

/// Executes a cell in a session that does not lose patience, and interrupts it when it has printed something. It must
/// stop by itself; a cell that had to be ended by force would hang.
fn interrupt(notebook: &mut Conversation, source: &str) -> String {
    let controls = notebook.session.controls();
    let events = std::mem::replace(&mut notebook.events, mpsc::channel().1);
    let interrupting = thread::spawn(move || {
        while !matches!(events.recv(), Ok(Event::Stdout { .. })) {}
        controls.interrupt();
        events
    });
    let error = notebook.err(source);
    notebook.events = interrupting
        .join()
        .expect("the cell says when it has begun");
    error
}

fn patient() -> Conversation {
    Conversation::with(|options| options.patience = Duration::from_secs(60))
}

/// An earlier cell, and a cell that does not end.
const ENDLESS: &[(&str, &str)] = &[
    ("fn spin() { loop {} }", "spin()"),
    (
        "struct Wheel(u64);\nimpl Wheel { fn spin(&mut self) -> ! { loop { self.0 += 1 } } }",
        "Wheel(0).spin()",
    ),
    (
        "fn spin<T: Copy>(value: T) -> T { while true {} value }",
        "spin(1)",
    ),
    (
        "trait Spin { fn spin(&self) { for _ in 0.. {} } }\nimpl Spin for u8 {}",
        "7u8.spin()",
    ),
    (
        "mod inner { pub fn ackermann(m: u64, n: u64) -> u64 { if m == 0 { n + 1 } else { other(m, n) } }\n\
         fn other(m: u64, n: u64) -> u64 { if n == 0 { ackermann(m - 1, 1) } else { ackermann(m - 1, 1 + n % 3) + other(m, n - 1) } } }",
        "inner::ackermann(9, 90)",
    ),
    ("", "(0u64..).for_each(|i| { std::hint::black_box(i); })"),
    (
        "",
        "std::iter::repeat(1u64).map(|x| x & 1).filter(|x| *x > 1).count()",
    ),
    ("", "loop { let _ = std::panic::catch_unwind(|| loop {}); }"),
    ("", "std::thread::spawn(|| loop {}).join().unwrap()"),
    (
        "",
        "std::thread::spawn(|| (0u64..).map(|x| x & 1).max()).join().unwrap()",
    ),
    (
        "use std::task::{Context, Waker};\nasync fn spin() { loop {} }",
        "std::pin::pin!(spin()).poll(&mut Context::from_waker(Waker::noop())).is_ready()",
    ),
    (
        ":opt 1\nfn spin(mut n: u64) { loop { n = std::hint::black_box(n + 1) } }",
        ":opt 1\nspin(1)",
    ),
];

#[test]
fn nothing_endless_has_to_be_ended_by_force() {
    let mut notebook = patient();
    notebook.ok("let mut turns = 0u64; let thread = std::thread::spawn(|| std::thread::park());");
    for (index, (earlier, cell)) in ENDLESS.iter().enumerate() {
        notebook.ok(earlier);
        let (directive, cell) = match cell.split_once('\n') {
            Some((directive, cell)) => (directive, cell),
            None => ("", *cell),
        };
        let error = interrupt(
            &mut notebook,
            &format!("{directive}\nturns += 1;\nprintln!(\"begun\");\n{cell};"),
        );
        assert!(
            error.starts_with(
                "KeyboardInterrupt: the cell was interrupted; variables and threads are still there"
            ),
            "{cell}: {error}"
        );
        assert_eq!(
            notebook.ok("(turns, thread.is_finished())"),
            format!("({}, false)", index + 1)
        );
    }
}
