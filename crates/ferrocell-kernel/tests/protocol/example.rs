//! The example `echo`, in a process of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use scripted_frontend::Running;

/// Starts its kernel.
pub(crate) fn start_echo() -> Running {
    Running::start_process(command)
}

/// Starts its kernel on TCP ports.
pub(crate) fn start_echo_on_tcp() -> Running {
    Running::start_process_on_tcp(command)
}

fn command(connection: &Path, history: &Path) -> Command {
    let mut command = Command::new(executable());
    command.arg(connection).arg(history);
    command
}

/// The executable, built once: `cargo test --test` does not do that by itself.
fn executable() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--example", "echo"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let status = cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the example builds");
        // Tests stand in `deps`, beside `examples`.
        let test = env::current_exe().expect("a test knows its own path");
        let folder = test.ancestors().nth(2).expect("the folder of the build");
        folder.join("examples/echo")
    })
}
