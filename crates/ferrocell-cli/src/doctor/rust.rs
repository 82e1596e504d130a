//! The toolchain, and whether a cell runs.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use ferrocell_engine::{CellId, Outcome, Session, SessionOptions};

use super::check::Check;

/// The oldest rustc that cells are compiled with.
const OLDEST: [u32; 2] = [1, 89];

const INSTALL: &str = "install Rust from https://rustup.rs";
const INSTALL_LINKER: &str =
    "sudo apt install build-essential (Debian, Ubuntu), sudo dnf install gcc (Fedora)";

pub(super) fn checks() -> Vec<Check> {
    let mut checks = vec![
        rustc(),
        tool("cargo", "cargo", INSTALL),
        // rustc's own linker needs the files of the system's C compiler.
        tool("linker", "cc", INSTALL_LINKER),
    ];
    if let Ok(sysroot) = first_line("rustc", &["--print", "sysroot"]) {
        checks.extend(components(Path::new(&sysroot)));
    }
    checks.push(cell());
    checks
}

fn rustc() -> Check {
    const NAME: &str = "rustc";
    let version = match first_line(NAME, &["--version"]) {
        Ok(version) => version,
        Err(error) => return Check::missing(NAME, error, INSTALL),
    };
    let number = version.split(' ').nth(1).unwrap_or_default();
    let numbers: Vec<u32> = number
        .split('.')
        .map_while(|number| number.parse().ok())
        .collect();
    if numbers.as_slice() < OLDEST.as_slice() {
        let [major, minor] = OLDEST;
        let detail = format!("{version}; cells need {major}.{minor} or newer");
        return Check::missing(NAME, detail, "rustup update stable");
    }
    Check::ok(NAME, version)
}

fn tool(name: &'static str, program: &str, fix: &str) -> Check {
    match first_line(program, &["--version"]) {
        Ok(version) => Check::ok(name, version),
        Err(error) => Check::missing(name, error, fix),
    }
}

/// What makes a toolchain more than a compiler.
fn components(sysroot: &Path) -> [Check; 3] {
    let check = |name, file: &str, does: &str, lacks: &str| {
        if sysroot.join(file).exists() {
            Check::ok(name, does)
        } else {
            Check::warning(name, lacks, format!("rustup component add {name}"))
        }
    };
    [
        check(
            "rust-docs",
            "share/doc/rust/html/std",
            "`:doc` shows std's pages",
            "`:doc` cannot show std's keywords, macros and primitive types",
        ),
        check(
            "rust-analyzer",
            "bin/rust-analyzer",
            "is asked what could follow, and what a name is",
            "the kernel and the compiler alone say what could follow, without documentation",
        ),
        check(
            "rust-src",
            "lib/rustlib/src/rust/library/std",
            "rust-analyzer knows the standard library",
            "rust-analyzer does not know the standard library",
        ),
    ]
}

/// Whether a cell runs, from its text to its value.
fn cell() -> Check {
    const NAME: &str = "a cell";
    let failed = |error: String| {
        let fix = "mend what is missing above; otherwise this is a fault of ferrocell's, please report it";
        Check::missing(NAME, error, fix)
    };
    let start = Instant::now();
    let options = match env::current_dir() {
        Ok(folder) => SessionOptions::new(folder),
        Err(error) => return failed(format!("the current folder cannot be read: {error}")),
    };
    let mut session = match Session::start(options, Arc::new(|_| {})) {
        Ok(session) => session,
        Err(error) => return failed(error.to_string()),
    };
    match session.execute(CellId(1), "1 + 1") {
        Outcome::Ok { .. } => {
            Check::ok(NAME, format!("`1 + 1` ran, after {:.1?}", start.elapsed()))
        }
        Outcome::Error { name, value, .. } => failed(format!("{name}: {value}")),
    }
}

/// The first line of what a program prints.
pub(super) fn first_line(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{program} cannot be started: {error}"))?;
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    if output.status.success() {
        Ok(line)
    } else {
        Err(format!("{program} fails: {line}"))
    }
}
