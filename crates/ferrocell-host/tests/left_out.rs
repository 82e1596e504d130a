//! The thread that has ended the process is left out of the copy, and leaves no lock that all threads need locked.

mod program;

use std::{env, fs};

use program::Program;

const SOURCE: &str = include_str!("left_out.c");
const ROUNDS: u32 = 20;

#[test]
fn the_allocator_is_unlocked() {
    takes_over("start_allocating");
}

#[test]
fn a_file_is_unlocked() {
    takes_over("start_writing");
}

/// Starts the thread, takes a snapshot and lets the thread end the process, again and again.
fn takes_over(start: &str) {
    let name = format!("left-out-{start}");
    let end = env::temp_dir().join(format!("ferrocell-host-{}-{name}-end", std::process::id()));
    let mut program = Program::with(&name, SOURCE, |command| {
        command.env("END", &end);
    });
    for round in 0..ROUNDS {
        program.ok(start);
        program.snapshot();
        fs::write(&end, "").expect("a file");
        let ended = program.ended();
        fs::remove_file(&end).expect("the file is there");
        assert!(ended.is_between_cells, "in round {round}");
        let losses = program.promote_with_losses();
        assert_eq!(losses, ["", "", "culprit"], "in round {round}");
        program.ok("use_all");
    }
}
