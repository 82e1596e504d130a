//! Random cells with interrupts and crashes mixed in, against a model of what the notebook must be after each.
//!
//! The seed is fixed; `FERROCELL_SOAK_SEED` chooses another, `FERROCELL_SOAK_CELLS` how many cells there are, and
//! `FERROCELL_SOAK_MINUTES` runs for so long instead. A failure leaves the cells so far as a script for
//! `cargo run --package ferrocell-engine --example cells`.

#[path = "../conversation/mod.rs"]
mod conversation;

mod background;
mod cell;
mod faults;
mod figures;
mod generator;
mod model;
mod notebook;
mod resources;
mod value;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use fastrand::Rng;

use cell::Fault;
use figures::Figures;
use generator::Generator;
use model::Model;
use notebook::Notebook;
use resources::{Resources, processes_of};

/// How many cells there are, if nothing else is asked for.
const CELLS: u64 = 150;
/// The seed, if no other is asked for. With it, and so many cells, every kind of fault happens.
const SEED: u64 = 10;
/// What the engine may keep of a cell, in KiB: its code, by which panics of threads are explained.
const KEPT_OF_A_CELL: usize = 8;
/// What it may come to use once, in KiB, however many cells there are.
const WARMTH: usize = 8 * 1024;
/// Marks the execution of this test in which the session lives.
const INSIDE: &str = "FERROCELL_SOAK_INSIDE";

#[test]
fn no_variable_is_lost_beyond_the_model() {
    if env::var_os(INSIDE).is_some() {
        return soak();
    }
    // A folder for temporary files of its own shows what stays behind.
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let status = Command::new(env::current_exe().expect("a test knows its own path"))
        .args([
            "--exact",
            "--nocapture",
            "no_variable_is_lost_beyond_the_model",
        ])
        .env(INSIDE, "1")
        .env("TMPDIR", folder.path())
        .status()
        .expect("the test runs again");
    assert!(status.success(), "the soak failed");
    wait_until_gone(folder.path());
    let left = files(folder.path());
    // The lock that all sessions of a user have in common.
    let is_lock = |file: &str| file.ends_with("/.lock");
    assert!(
        matches!(&*left, [file] if is_lock(file)),
        "files stay behind: {left:?}"
    );
}

fn soak() {
    let number = |name| {
        let text = env::var(name).ok()?;
        Some(text.parse::<u64>().expect("a number"))
    };
    let seed = number("FERROCELL_SOAK_SEED").unwrap_or(SEED);
    let cells = number("FERROCELL_SOAK_CELLS").unwrap_or(CELLS);
    let limit = number("FERROCELL_SOAK_MINUTES").map(|minutes| Duration::from_secs(60 * minutes));
    let start = Instant::now();
    let before = Resources::now();
    let mut notebook = Notebook::start();
    let mut model = Model::default();
    let mut rng = Rng::with_seed(seed);
    let mut figures = Figures::default();
    notebook.prepare(background::PRELUDE);
    notebook.prepare(":memory 500M");
    let at_first = settle(&mut notebook, &mut model);
    while limit.map_or(figures.cells < cells, |limit| start.elapsed() < limit) {
        let cell = Generator::cell(&mut rng, notebook.number + 1, &model, &notebook.signal);
        figures.count(&cell);
        model = cell.after.clone();
        let result = notebook.run(&cell).and_then(|()| {
            let is_checked = cell.fault != Fault::None || rng.u32(..3) == 0;
            if is_checked {
                notebook.check(&mut model)
            } else {
                Ok(())
            }
        });
        if let Err(difference) = result {
            let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("soak-{seed}.rs"));
            fs::write(&script, &notebook.script).expect("the script can be written");
            panic!(
                "seed {seed}, cell [{}], {:?}: {difference}\nreplay: {}",
                notebook.number,
                cell.fault,
                script.display()
            );
        }
    }
    let at_last = settle(&mut notebook, &mut model);
    let executed = notebook.number;
    drop(notebook);
    wait_until_gone(&env::temp_dir());
    let after = Resources::now();
    println!(
        "soak: seed {seed}, {figures}, {executed} executions in {:.0} s, variables lost beyond the model: 0, threads lost: 0; descriptors, \
         resident KiB and children before {before}, at the first cell {at_first}, at the last {at_last}, after {after}",
        start.elapsed().as_secs_f64()
    );
    assert!(
        seed != SEED || cells < CELLS || figures.has_all_faults(),
        "a fault is missing"
    );
    assert_eq!(at_last.descriptors, at_first.descriptors, "descriptors");
    assert_eq!(at_last.children, at_first.children, "child processes");
    let allowed = WARMTH + executed as usize * KEPT_OF_A_CELL;
    assert!(
        at_last.resident <= at_first.resident + allowed,
        "resident memory"
    );
    assert_eq!(
        after.descriptors, before.descriptors,
        "descriptors at the end"
    );
    assert_eq!(
        after.children, before.children,
        "child processes at the end"
    );
}

/// What this process holds between two cells, with a snapshot, for which it holds more.
fn settle(notebook: &mut Notebook, model: &mut Model) -> Resources {
    notebook.prepare(":snapshots on\n0");
    model.has_snapshots = true;
    Resources::now()
}

/// Waits until no process of a session in this folder is left.
fn wait_until_gone(folder: &Path) {
    let start = Instant::now();
    while !processes_of(&folder.join("ferrocell")).is_empty() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "processes stay behind"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}
