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
mod schedules;
mod table;
mod threads;

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs, thread};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

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
            .warm_up_time(Duration::from_millis(50))
            .measurement_time(Duration::from_millis(150))
            .sample_size(300)
            .nresamples(1_000)
            .without_plots()
            .output_directory(&directory)
            .configure_from_args();
        queues::bench(&mut criterion, &python);
        generators::bench(&mut criterion, &python);
        threads::bench(&mut criterion, &python);
        schedules::bench(&mut criterion);
    };
    // `cargo test --all-targets` only wants to know that the benches run.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return round();
    }

    // First of all, while no other thread comes or goes.
    let timers = PendingTimers::measure();
    let mut table = Table::default();
    for _ in 0..ROUNDS {
        // An earlier round's results must not pass for this one's.
        if directory.exists() {
            fs::remove_dir_all(&directory).expect("the results can be removed");
        }
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

/// A group with samples of equal length, so short that few of them are interrupted by what else the
/// machine does: those do not move the median.
fn operation<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    group
}

fn report(table: &str, timers: &PendingTimers, python: &CPython) -> String {
    let cores = thread::available_parallelism().expect("the number of cores is known");
    let rustc = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc is installed");
    let rustc = String::from_utf8_lossy(&rustc.stdout);
    let rustc = rustc.split(' ').nth(1).unwrap_or("of unknown version");
    let load = fs::read_to_string("/proc/loadavg").expect("Linux tells its load");
    let load = load.split(' ').next().unwrap_or("unknown");
    format!(
        "# What nogil costs\n\n\
         Written by `cargo bench -p nogil` on {cores} cores with rustc {rustc} and CPython {}. \
         At its end, {load} threads wanted to run; the more than {cores}, the slower all of it.\n\
         A cell is the median of {ROUNDS} rounds in which all took turns; in brackets, how many times \
         nogil's. `by hand` is the least that does the same: a bare mutex, a boxed future.\nThe ratios travel better to other machines than the times.\n\n{table}\n{timers}\n",
        python.version
    )
}
