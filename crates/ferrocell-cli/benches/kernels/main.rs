//! What a Rust notebook costs: ferrocell beside evcxr_jupyter, ipykernel and the bare toolchain, all over the real
//! Jupyter protocol, in one run: `cargo bench -p ferrocell-cli --bench kernels`.
//!
//! All contenders take turns in every round, and the median of the rounds counts: what else the machine does meanwhile
//! then falls on all of them. The other kernels come from `cargo ferrocell setup --evcxr`. The table is printed and
//! written to `BENCHMARKS.md`; with the names of some parts (`… --bench kernels -- warm output`) it is only printed.

mod again;
mod complete;
mod contender;
mod deps;
mod functions;
mod kernel;
mod measurements;
mod output;
mod processes;
mod start;
mod table;
mod toolchain;
mod warm;

use std::path::Path;
use std::process::Command;
use std::{env, fs, thread};

use contender::Contender;
use kernel::Kernel;
use measurements::Measurements;

const PARTS: [&str; 7] = [
    "start",
    "warm",
    "again",
    "complete",
    "functions",
    "output",
    "deps",
];

const NOTES: &str = include_str!("notes.md");

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    // `cargo test --all-targets` only wants to know that the benchmark builds and starts.
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let parts: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let cache = tempfile::tempdir().expect("a folder can be made");
    let cache = cache.path();
    // The runtime is compiled once per toolchain, which is not what any of the rows is about.
    let mut kernel = Kernel::start(Contender::Ferrocell, cache).await;
    assert_eq!(kernel.run("1 + 1").await.result, "2");
    kernel.shut_down().await;

    let mut measurements = Measurements::default();
    for part in PARTS.iter().filter(|_| is_bench) {
        if !parts.is_empty() && !parts.iter().any(|wanted| wanted == part) {
            continue;
        }
        eprintln!("measuring: {part}");
        match *part {
            "start" => start::measure(cache, &mut measurements).await,
            "warm" => warm::measure(cache, &mut measurements).await,
            "again" => again::measure(cache, &mut measurements).await,
            "complete" => complete::measure(cache, &mut measurements).await,
            "functions" => functions::measure(cache, &mut measurements).await,
            "output" => output::measure(cache, &mut measurements).await,
            _ => deps::measure(cache, &mut measurements).await,
        }
        // After each part, so that a run that is ended early leaves what it has measured.
        if parts.is_empty() {
            let report = report(&table::to_markdown(&measurements), cache).await;
            fs::write(project().join("BENCHMARKS.md"), report)
                .expect("BENCHMARKS.md can be written");
        }
    }
    println!("\n{}", table::to_markdown(&measurements));
}

/// The folder of the whole project.
fn project() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = package.parent().and_then(Path::parent);
    crates.expect("the package lies in crates/")
}

async fn report(table: &str, cache: &Path) -> String {
    let cores = thread::available_parallelism().expect("the number of cores is known");
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.expect("rustc can be started").stdout;
    let rustc = String::from_utf8_lossy(&rustc);
    let rustc = rustc.split(' ').nth(1).unwrap_or("of unknown version");
    let mut python = Kernel::start(Contender::Ipykernel, cache).await;
    let versions = "import ipykernel, platform\n\
                    print(f'{ipykernel.__version__} on CPython {platform.python_version()}', end='')";
    let ipykernel = python.run(versions).await.output;
    python.shut_down().await;
    format!(
        "# What a notebook costs\n\n\
         Written by `cargo bench -p ferrocell-cli --bench kernels` on {cores} cores with rustc {rustc}, evcxr_jupyter 0.22 and \
         ipykernel {ipykernel}.\n\
         A cell is the median of the rounds in which all took turns; in brackets, how many times ferrocell's.\n\
         The ratios travel better to other machines than the times.\n\n{table}\n{NOTES}"
    )
}
