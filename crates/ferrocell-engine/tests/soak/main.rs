//! Random cells with interrupts and crashes mixed in, against a model of what the notebook must be after each.
//!
//! The seed is fixed; `FERROCELL_SOAK_SEED` chooses another, `FERROCELL_SOAK_CELLS` how many cells there are, and
//! `FERROCELL_SOAK_MINUTES` runs for so long instead. A failure leaves the cells so far as a script for
//! `cargo run --package ferrocell-engine --example cells`.

#[path = "../conversation/mod.rs"]
mod conversation;

mod cell;
mod generator;
mod model;
mod notebook;
mod resources;
mod value;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use fastrand::Rng;

use cell::Fault;
use generator::Generator;
use model::Model;
use notebook::Notebook;
use resources::{Resources, processes_of};

/// Enough for every fault to happen.
const CELLS: u64 = 150;
/// What the engine may keep of a cell, in KiB: its code, by which panics of threads are explained.
const KEPT_OF_A_CELL: usize = 16;
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
    assert!(left.is_empty(), "files stay behind: {left:?}");
}

fn soak() {
    let number = |name| {
        env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().expect("a number"))
    };
    let seed = number("FERROCELL_SOAK_SEED").unwrap_or(4);
    let cells = number("FERROCELL_SOAK_CELLS").unwrap_or(CELLS);
    let limit = number("FERROCELL_SOAK_MINUTES").map(|minutes| Duration::from_secs(60 * minutes));
    let mut rng = Rng::with_seed(seed);
    let start = Instant::now();
    let at_start = Resources::now();
    let mut notebook = Notebook::start();
    notebook.prepare(":memory 500M");
    let mut model = Model::default();
    let mut faults = BTreeMap::<Fault, u64>::new();
    let (mut run, mut checks, mut warm) = (0, 0, None);
    let is_enough = |run| limit.map_or(run >= cells, |limit| start.elapsed() >= limit);
    while !is_enough(run) {
        let cell = Generator::cell(&mut rng, notebook.number + 1, &model, &notebook.signal);
        let result = notebook.run(&cell);
        run += 1;
        *faults.entry(cell.fault).or_default() += 1;
        model = cell.after;
        let is_checked = cell.fault != Fault::None || rng.u32(..3) == 0;
        let result = result.and_then(|()| {
            checks += u64::from(is_checked);
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
        if warm.is_none() && run >= cells / 3 {
            warm = Some((notebook.number, settle(&mut notebook, &mut model)));
        }
    }
    let at_end = settle(&mut notebook, &mut model);
    let all_cells = notebook.number;
    drop(notebook);
    wait_until_gone(&env::temp_dir());
    let after = Resources::now();
    let injected: u64 = faults
        .iter()
        .filter(|(fault, _)| **fault != Fault::None)
        .map(|(_, count)| count)
        .sum();
    println!(
        "soak: seed {seed}, {run} cells, {checks} checks, {injected} faults {faults:?}, variables lost beyond the model: 0, \
         {:.0} s; start {at_start:?}, warm {warm:?}, end {at_end:?}, after {after:?}",
        start.elapsed().as_secs_f64()
    );
    let (warm_cells, warm) = warm.expect("there are cells");
    assert_eq!(at_end.descriptors, warm.descriptors, "descriptors");
    assert_eq!(at_end.children, warm.children, "children");
    let allowed = (all_cells - warm_cells) as usize * KEPT_OF_A_CELL;
    assert!(
        at_end.resident <= warm.resident + allowed,
        "resident memory"
    );
    assert_eq!(
        after.descriptors, at_start.descriptors,
        "descriptors after the session"
    );
    assert_eq!(
        after.children, at_start.children,
        "children after the session"
    );
}

/// What this process holds when the notebook has a snapshot, for which it holds more.
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
