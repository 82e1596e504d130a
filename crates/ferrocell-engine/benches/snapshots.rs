//! What snapshots add to a cell: `cargo bench --package ferrocell-engine --bench snapshots`.
//!
//! Cells alternate between snapshots on and off in one session, and `:timing` tells how long each ran, so that neither
//! the compiler nor what else the machine does is taken for the snapshot. The table has medians.

#[path = "../tests/conversation/mod.rs"]
mod conversation;

use conversation::Conversation;
use ferrocell_engine::Outcome;

/// How often each kind of cell is run.
const ROUNDS: usize = 21;

/// What a cell does with the memory: the name of the column, and the code.
const CELLS: [(&str, &str); 2] = [
    ("a cell that touches none of it", "1"),
    (
        "a cell that writes to every page",
        "for page in memory.chunks_mut(4096) { page[0] += 1; }",
    ),
];

/// Cells that start threads, and what these do meanwhile.
const THREADS: [(&str, &str); 5] = [
    ("no thread", ""),
    (
        "10 idle threads",
        "for _ in 0..10 { std::thread::spawn(|| loop { std::thread::park() }); }",
    ),
    (
        "100 idle threads",
        "for _ in 0..100 { std::thread::spawn(|| loop { std::thread::park() }); }",
    ),
    (
        "1,000 idle threads",
        "for _ in 0..1_000 { std::thread::spawn(|| loop { std::thread::park() }); }",
    ),
    (
        "4 busy threads",
        "for _ in 0..4 { std::thread::spawn(|| loop { std::hint::black_box(vec![1u8; 100]); }); }",
    ),
];

fn main() {
    println!("| threads | snapshots off | on | added |\n|---|---|---|---|");
    for (what, start) in THREADS {
        let mut notebook = Conversation::new();
        notebook.ok(":timing");
        notebook.ok(start);
        report(what, &mut notebook, "1");
    }
    println!("\n| resident | snapshots off | on | added |\n|---|---|---|---|");
    for (kind, cell) in CELLS {
        for megabytes in [10, 100, 1000] {
            let mut notebook = Conversation::new();
            notebook.ok(":timing");
            notebook.ok(&format!("let mut memory = vec![1u8; {megabytes} << 20];"));
            report(&format!("{megabytes} MB, {kind}"), &mut notebook, cell);
        }
    }
}

/// Runs a cell in turn with snapshots and without, and prints a line of the table.
fn report(what: &str, notebook: &mut Conversation, cell: &str) {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        off.push(run(notebook, ":snapshots off", cell));
        on.push(run(notebook, ":snapshots on", cell));
    }
    let (on, off) = (median(on), median(off));
    println!("| {what} | {off:.1} ms | {on:.1} ms | {:.1} ms |", on - off);
}

/// How long a cell runs, in milliseconds.
fn run(notebook: &mut Conversation, directive: &str, cell: &str) -> f64 {
    // A first one after the switch, which ends the copy that was there or finds none.
    notebook.ok(&format!("{directive}\n0"));
    let Outcome::Ok { notes, .. } = notebook.execute(cell) else {
        panic!("the cell succeeds")
    };
    let note = notes.last().expect("`:timing` adds a note");
    let (_, time) = note
        .rsplit_once("ran ")
        .expect("the note tells how long it ran");
    let unit = time.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = time
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .expect("a number");
    match unit {
        "s" => number * 1e3,
        "ms" => number,
        "µs" => number / 1e3,
        _ => panic!("{time} has another unit"),
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
