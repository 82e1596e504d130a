//! More output than anybody reads, towards a front end that is slow: complete, and in little memory.
//!
//! It is alone in this file, because it measures the memory of its process.

mod conversation;

use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use conversation::host;
use ferrocell_engine::{CellId, Event, Session, SessionOptions};

/// What the engine may use beyond what it used before, in KiB.
const BOUND: usize = 16 * 1024;
/// The length of a line of the many.
const LINE: usize = 50;
const LINES: usize = 1 << 20;
const LONG: usize = 20 << 20;

/// Compares what arrives with what was printed, and keeps nothing of it.
#[derive(Default)]
struct Comparison {
    arrived: usize,
}

impl Comparison {
    /// What was printed from the place on to which everything has arrived.
    fn expected(&self, length: usize) -> Vec<u8> {
        let all_lines = LINES * LINE;
        let byte_of_the_long = |at: usize| {
            if at == LONG {
                b'\n'
            } else {
                b'a' + (at % 23) as u8
            }
        };
        let mut text = Vec::with_capacity(length + LINE);
        let mut at = self.arrived;
        while at < all_lines && text.len() < length {
            let line = format!("{:>1$}\n", at / LINE, LINE - 1);
            text.extend_from_slice(&line.as_bytes()[at % LINE..]);
            at += LINE - at % LINE;
        }
        let rest = length.saturating_sub(text.len());
        text.extend((at - all_lines.min(at)..).take(rest).map(byte_of_the_long));
        text.truncate(length);
        text
    }

    fn take(&mut self, text: &str) {
        assert!(
            text.as_bytes() == self.expected(text.len()),
            "what arrives at {} is wrong",
            self.arrived
        );
        self.arrived += text.len();
    }
}

/// A size from the process's status, in KiB.
fn memory(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let size = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    size.trim_matches([':', ' ', '\t', 'k', 'B'])
        .parse()
        .unwrap()
}

#[test]
fn a_flood_arrives_whole_and_takes_little_memory() {
    let comparison = Arc::new(Mutex::new(Comparison::default()));
    let sink = {
        let comparison = Arc::clone(&comparison);
        move |event| {
            let Event::Stdout { text, .. } = event else {
                panic!("only standard output was expected, not {event:?}")
            };
            comparison.lock().unwrap().take(&text);
            // So slow is this front end.
            thread::sleep(Duration::from_millis(1));
        }
    };
    let mut options = SessionOptions::new(std::env::temp_dir());
    options.host = Some(host());
    let mut session = Session::start(options, Arc::new(sink)).unwrap();
    assert!(session.execute(CellId(1), "let first = 1;").is_ok());
    // From here on the peak is measured anew.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmHWM");
    let width = LINE - 1;
    let lines = format!("for n in 0..{LINES} {{ println!(\"{{n:>{width}}}\"); }}");
    assert!(session.execute(CellId(2), &lines).is_ok());
    let long = format!(
        "println!(\"{{}}\", (0..{LONG}).map(|at| (b'a' + (at % 23) as u8) as char).collect::<String>());"
    );
    assert!(session.execute(CellId(3), &long).is_ok());
    assert_eq!(comparison.lock().unwrap().arrived, LINES * LINE + LONG + 1);
    let used = memory("VmHWM") - before;
    assert!(used < BOUND, "{used} KiB for {} bytes", LINES * LINE + LONG);
    println!(
        "{} MB arrived; {used} KiB more than before",
        (LINES * LINE + LONG) >> 20
    );
}
