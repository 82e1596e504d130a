//! Every operation that the crate promises a cost for, beside CPython and the crates people would
//! use instead, measured by criterion in one run: `cargo bench -p nogil`.
//!
//! All contenders are measured in turn, several times over, and the median of those rounds counts:
//! what else the machine does meanwhile then falls on all of them. The table is printed and written
//! to `BENCHMARKS.md`; with a filter (`cargo bench -p nogil -- Queue`) it is only printed.

mod cpython;
mod generators;
mod pending_timers;
mod queues;
mod table;
mod threads;

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs, thread};

use criterion::Criterion;

use cpython::CPython;
use pending_timers::PendingTimers;
use table::Table;

const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion");
    let python = CPython::start();
    let round = || {
        let mut criterion = Criterion::default()
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(400))
            .sample_size(20)
            .without_plots()
            .output_directory(&directory)
            .configure_from_args();
        queues::bench(&mut criterion, &python);
        generators::bench(&mut criterion, &python);
        threads::bench(&mut criterion, &python);
    };
    // `cargo test` only wants to know that the benches run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return round();
    }

    // First of all, while no other thread comes or goes.
    let timers = PendingTimers::measure();
    let mut table = Table::default();
    for _ in 0..ROUNDS {
        // An earlier run's results must not pass for this one's.
        fs::remove_dir_all(&directory).ok();
        round();
        table.collect(&directory);
    }
    let report = report(&table.to_markdown(), &timers, &python);
    println!("\n{report}");
    if arguments.len() == 1 {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("BENCHMARKS.md");
        fs::write(&path, report).expect("BENCHMARKS.md can be written");
    }
}

fn report(table: &str, timers: &PendingTimers, python: &CPython) -> String {
    let cores = thread::available_parallelism().expect("the number of cores is known");
    let rustc = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc is installed");
    let rustc = String::from_utf8_lossy(&rustc.stdout);
    let rustc = rustc.split(' ').nth(1).unwrap_or("of unknown version");
    format!(
        "# What nogil costs\n\n\
         Written by `cargo bench -p nogil` on {cores} cores with rustc {rustc} and CPython {}.\n\
         A cell is the median of {ROUNDS} rounds in which all took turns; in brackets, how many times \
         nogil's.\nThe ratios travel better to other machines than the times.\n\n{table}\n{timers}\n",
        python.version
    )
}
