//! Tests that execute themselves again, in an environment of their own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set in the execution of a test that has an environment of its own, to a folder for its files.
pub(crate) const INSIDE: &str = "FERROCELL_TEST_INSIDE";

/// The folder of a test that is executed in an environment of its own, in that execution.
pub(crate) fn inside() -> Option<PathBuf> {
    env::var_os(INSIDE).map(PathBuf::from)
}

/// Executes a test again, in an environment of its own.
pub(crate) fn run_inside(command: &mut Command, test: &str, folder: &Path) {
    command
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder);
    assert!(command.status().unwrap().success(), "{test} fails inside");
}

pub(crate) fn this_program() -> PathBuf {
    env::current_exe().unwrap()
}

/// This program with file systems of its own, which a script mounts in the folder that is its first argument. Nobody else
/// sees them, and they go with the process. `None` where that is not allowed.
pub(crate) fn with_own_mounts(script: &str, folder: &Path) -> Option<Command> {
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ]);
        command.arg(folder);
        command
    };
    if !unshared(script)
        .status()
        .is_ok_and(|status| status.success())
    {
        println!("skipped: this machine lets no process mount a file system of its own");
        return None;
    }
    let mut command = unshared(&format!("{script} && shift && exec \"$@\""));
    command.arg(this_program());
    Some(command)
}
