//! The same work without a kernel: rustc called on the code that the kernel generates, and on a cell as a program.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The compiler itself, and what ferrocell's cells are compiled with.
pub(crate) struct Toolchain {
    rustc: PathBuf,
    runtime: PathBuf,
    linker: Vec<String>,
    scratch: PathBuf,
}

impl Toolchain {
    /// The toolchain of the current folder, with the runtime that a session of ferrocell has put into `cache`.
    pub(crate) fn find(cache: &Path) -> Self {
        let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
        let sysroot = sysroot.expect("rustc can be started").stdout;
        let sysroot = String::from_utf8(sysroot).expect("the sysroot's path is UTF-8");
        let runtime = fs::read_dir(cache.join("runtime"))
            .expect("a session has compiled the runtime")
            .map(|entry| entry.expect("the cache can be read").path())
            .find(|place| place.join("libferrocell_runtime.so").is_file())
            .expect("a session has compiled the runtime");
        // Without the record, cells are linked as rustc always does.
        let linker = fs::read_to_string(runtime.join("link/arguments")).unwrap_or_default();
        let scratch = cache.join("bare");
        fs::create_dir_all(&scratch).expect("the folder for what is compiled can be made");
        Self {
            rustc: Path::new(sysroot.trim()).join("bin/rustc"),
            runtime: runtime.join("libferrocell_runtime.so"),
            linker: linker.lines().map(str::to_owned).collect(),
            scratch,
        }
    }

    /// Compiles the code generated for a cell, linked as rustc does by itself.
    pub(crate) fn compile_cell(&self, generated: &Path) -> Duration {
        self.compile(generated, &[])
    }

    /// The same, linked the way the kernel links it.
    pub(crate) fn compile_cell_like_kernel(&self, generated: &Path) -> Duration {
        self.compile(generated, &self.linker)
    }

    fn compile(&self, generated: &Path, linker: &[String]) -> Duration {
        let runtime = format!("ferrocell_runtime={}", self.runtime.display());
        let mut command = Command::new(&self.rustc);
        command
            .arg(generated)
            .args([
                "--crate-type",
                "cdylib",
                "--edition",
                "2024",
                "-Cprefer-dynamic",
            ])
            .args(["-Cdebuginfo=line-tables-only", "--extern", &runtime])
            .args(linker)
            .current_dir(&self.scratch);
        timed(&mut command)
    }

    /// Compiles and runs a cell as a program of its own, reads its output, and tells how much that was.
    pub(crate) fn run_program(&self, cell: &str) -> (Duration, usize) {
        let source = self.scratch.join("program.rs");
        fs::write(&source, format!("fn main() {{\n{cell}\n}}\n")).expect("a file can be written");
        let mut command = Command::new(&self.rustc);
        command
            .arg(&source)
            .args(["--edition", "2024"])
            .current_dir(&self.scratch);
        let compiled = timed(&mut command);

        let start = Instant::now();
        let mut program = Command::new(self.scratch.join("program"));
        let mut child = program
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut stdout = child.stdout.take().expect("its output is piped");
        let (mut buffer, mut output) = (vec![0; 1 << 16], 0);
        loop {
            match stdout.read(&mut buffer).expect("its output can be read") {
                0 => break,
                count => output += count,
            }
        }
        assert!(child.wait().expect("the program ends").success());
        (compiled + start.elapsed(), output)
    }

    /// Downloads what the package in `folder` depends on.
    pub(crate) fn cargo_fetch(&self, folder: &Path) {
        timed(self.cargo(folder).arg("fetch"));
    }

    /// Builds the package in `folder`, from nothing.
    pub(crate) fn cargo_build(&self, folder: &Path) -> Duration {
        let target = folder.join("target");
        let mut command = self.cargo(folder);
        timed(
            command
                .args(["build", "--release", "--target-dir"])
                .arg(target),
        )
    }

    fn cargo(&self, folder: &Path) -> Command {
        let mut command = Command::new(self.rustc.with_file_name("cargo"));
        command.current_dir(folder);
        command
    }
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("the toolchain can be started");
    let time = start.elapsed();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    time
}
