//! What the polls in the user's code cost: `cargo bench -p ferrocell-engine --bench polls`.
//!
//! Each workload runs as it stands and, because words inside of macro calls have no polls, through a macro that repeats
//! them. Both take turns, and the shortest time of the rounds counts.

#[path = "../tests/conversation/mod.rs"]
mod conversation;

use std::time::{Duration, Instant};

use conversation::Conversation;

const ROUNDS: usize = 15;
const FUNCTIONS: usize = 50;

/// What is measured, and a function that does it.
const WORKLOADS: [(&str, &str); 4] = [
    (
        "recursion: `fib(25)`",
        "fn work() -> u64 { fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } fib(black_box(25)) }",
    ),
    (
        "tight `while` loop",
        "fn work() -> u64 { let (mut i, mut sum) = (0u64, 0u64); while i < black_box(1_000_000) { sum ^= sum.wrapping_add(i); i += 1; } sum }",
    ),
    (
        "tight `for` loop",
        "fn work() -> u64 { let mut sum = 0u64; for i in 0..black_box(1_000_000u64) { sum ^= sum.wrapping_add(i); } sum }",
    ),
    (
        "chain of three closures",
        "fn work() -> u64 { (0..black_box(200_000u64)).map(|n| n ^ 3).filter(|n| n % 3 == 0).fold(0, |sum, n| sum ^ n) }",
    ),
];

const EARLIER: &str =
    "use std::hint::black_box;\nmacro_rules! plain { ($($words:tt)*) => { $($words)* }; }";

fn main() {
    // `cargo test --all-targets` only wants to know that the benchmark builds and starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| | `:opt 0` | `:opt 1` |\n|---|---|---|");
    let mut notebook = Conversation::new();
    notebook.ok(EARLIER);
    for (name, work) in WORKLOADS {
        let ratios = ["0", "1"].map(|level| time(&mut notebook, level, work));
        println!("| {name} | {} | {} |", ratios[0], ratios[1]);
    }
    let ratios = ["0", "1"].map(|level| compile(&mut notebook, level));
    println!(
        "| compiling {FUNCTIONS} functions with a loop each | {} | {} |",
        ratios[0], ratios[1]
    );
}

/// How long the work takes with polls, how long without, and how many times as long.
fn time(notebook: &mut Conversation, level: &str, work: &str) -> String {
    let cell = format!(
        ":opt {level}\n\
         mod with {{ use std::hint::black_box; pub {work} }}\n\
         mod without {{ use std::hint::black_box; plain! {{ pub {work} }} }}\n\
         let time = |work: fn() -> u64| {{ let start = std::time::Instant::now(); black_box(work()); start.elapsed() }};\n\
         let (mut polled, mut plain) = (std::time::Duration::MAX, std::time::Duration::MAX);\n\
         for _ in 0..{ROUNDS} {{ polled = polled.min(time(with::work)); plain = plain.min(time(without::work)); }}\n\
         [polled, plain].map(|time| time.as_nanos())"
    );
    let shown = notebook.ok(&cell);
    let nanos: Vec<u64> = shown
        .trim_matches(['[', ']'])
        .split(", ")
        .map(|nanos| nanos.parse().expect("the cell shows two numbers"))
        .collect();
    row(
        Duration::from_nanos(nanos[0]),
        Duration::from_nanos(nanos[1]),
    )
}

fn compile(notebook: &mut Conversation, level: &str) -> String {
    // With a name for the linker, none is left out because nobody calls it.
    let functions: String = (0..FUNCTIONS)
        .map(|n| {
            format!("#[unsafe(no_mangle)] pub fn f{n}(x: u64) -> u64 {{ let mut sum = {n}; for i in 0..x {{ sum = sum * 31 + i; }} sum }}\n")
        })
        .collect();
    let mut shortest = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        for (shortest, cell) in shortest.iter_mut().zip([
            format!(":opt {level}\nmod functions {{ {functions} }}"),
            format!(":opt {level}\nmod functions {{ plain! {{ {functions} }} }}"),
        ]) {
            let start = Instant::now();
            notebook.ok(&cell);
            *shortest = start.elapsed().min(*shortest);
        }
    }
    row(shortest[0], shortest[1])
}

fn row(with: Duration, without: Duration) -> String {
    format!(
        "{with:.1?}, {without:.1?} without: {:.2}×",
        with.as_secs_f64() / without.as_secs_f64()
    )
}
