//! `ferrocell setup` and the start of `ferrocell lab` on machines where something is missing, in the way or there
//! already. Each machine is a folder with its own `PATH`; the programs in it are small scripts.

use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const REQUIREMENTS: &str = include_str!("../environment/requirements.txt");

/// A project with a pair of notebooks on a machine with no program at all.
struct Machine {
    folder: TempDir,
}

impl Machine {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder for the project");
        write(
            &folder
                .path()
                .join("notebooks/concurrency.jupyterlab-workspace"),
            "{}",
        );
        fs::create_dir(folder.path().join("bin")).expect("a folder for programs");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Installs a program: the body of a shell script.
    fn with_program(self, name: &str, body: &str) -> Self {
        install(&self.path("bin").join(name), body);
        self
    }

    /// Makes the Python half of the environment look finished, its Python being this script.
    fn with_environment(self, python: &str) -> Self {
        install(&self.path(".ferrocell/venv/bin/python"), python);
        write(&self.path(".ferrocell/venv/requirements.txt"), REQUIREMENTS);
        self
    }

    fn ferrocell(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("PATH", self.path("bin"))
            .env("HOME", self.path("home"));
        command
    }

    /// What `ferrocell setup` says when it fails.
    fn failure(&self, arguments: &[&str]) -> String {
        failure_of(&mut self.ferrocell(arguments))
    }
}

fn failure_of(command: &mut Command) -> String {
    let output = command.output().expect("ferrocell can be started");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert!(!output.status.success(), "it succeeded: {stderr}");
    let sentence = stderr.lines().last().unwrap_or_default().to_owned();
    assert!(
        sentence.starts_with("error: "),
        "the last line is not the error: {stderr}"
    );
    sentence
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn install(path: &Path, body: &str) {
    write(path, &format!("#!/bin/sh\n{body}\n"));
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("an executable file");
}

fn assert_says(sentence: &str, parts: &[&str]) {
    for part in parts {
        assert!(
            sentence.contains(part),
            "{part:?} is missing from: {sentence}"
        );
    }
}

/// The real Python of the machine that runs the tests.
fn python() -> PathBuf {
    let path = std::env::var_os("PATH").expect("PATH");
    std::env::split_paths(&path)
        .map(|folder| folder.join("python3"))
        .find(|python| python.exists())
        .expect("python3")
}

#[test]
fn python_that_is_missing_or_unfit_is_named_with_what_mends_it() {
    let cases: [(Option<&str>, &[&str]); 3] = [
        (
            None,
            &["python3 was not found", "install Python 3.11", "`--python`"],
        ),
        (
            Some("echo 3.9"),
            &[
                "python3 is Python 3.9, which is too old",
                "install Python 3.11",
            ],
        ),
        (
            Some("case $2 in *ensurepip*) exit 1;; *) echo 3.12;; esac"),
            &[
                "cannot make virtual environments",
                "apt-get install python3.12-venv",
            ],
        ),
    ];
    for (python, parts) in cases {
        let mut machine = Machine::new();
        if let Some(script) = python {
            machine = machine.with_program("python3", script);
        }
        assert_says(&machine.failure(&["setup"]), parts);
    }
}

#[test]
fn without_a_network_the_packages_cannot_be_had_and_nothing_counts_as_set_up() {
    let machine = Machine::new();
    // Nobody listens on this port: it is a system service's that is long out of use.
    let index = "http://127.0.0.1:1/simple";
    for _ in ["the first start", "the next one"] {
        let mut setup = machine.ferrocell(&["setup"]);
        setup
            .arg("--python")
            .arg(python())
            .env("PATH", std::env::var_os("PATH").expect("PATH"));
        let sentence = failure_of(
            setup
                .env("PIP_INDEX_URL", index)
                .env_remove("PIP_FIND_LINKS"),
        );
        assert_says(
            &sentence,
            &[
                "Installing JupyterLab",
                "the network cannot be reached",
                "pip.log",
            ],
        );
    }
}

#[test]
fn a_failing_build_of_evcxr_is_told_with_its_log() {
    let cases: [(Option<&str>, &[&str]); 3] = [
        (None, &["cargo was not found", "rustup"]),
        (
            Some("echo 'error: linker `cc` not found' >&2; exit 101"),
            &["linker `cc` not found", "evcxr_jupyter.log"],
        ),
        (
            Some("echo 'error: [6] Could not resolve host: example' >&2; exit 101"),
            &["the network cannot be reached", "evcxr_jupyter.log"],
        ),
    ];
    for (cargo, parts) in cases {
        let mut machine = Machine::new().with_environment("");
        if let Some(script) = cargo {
            machine = machine.with_program("cargo", script);
        }
        assert_says(&machine.failure(&["setup", "--evcxr"]), parts);
    }
}

#[test]
fn an_evcxr_that_is_there_is_used_instead_of_building_one() {
    let spec =
        r#"{"argv": ["evcxr_jupyter", "--control_file", "{connection_file}"], "language": "rust"}"#;
    let by_program = Machine::new().with_environment("").with_program(
        "evcxr_jupyter",
        &format!("export PATH=/usr/bin:/bin; mkdir -p $JUPYTER_PATH/kernels/rust; echo '{spec}' > $JUPYTER_PATH/kernels/rust/kernel.json"),
    );
    let by_kernelspec = Machine::new();
    let users = by_kernelspec.path("home/kernels");
    write(&users.join("rust/kernel.json"), spec);
    let by_kernelspec = by_kernelspec
        .with_environment(&format!("echo {}", users.display()))
        .with_program("evcxr_jupyter", "exit 1");

    for (machine, says) in [
        (by_program, "Using"),
        (by_kernelspec, "Using the kernel `rust` of"),
    ] {
        let first = machine
            .ferrocell(&["setup", "--evcxr"])
            .output()
            .expect("ferrocell can be started");
        let told = String::from_utf8_lossy(&first.stderr).into_owned();
        assert!(first.status.success(), "{told}");
        assert_says(&told, &[says]);
        assert!(
            machine
                .path(".ferrocell/venv/share/jupyter/kernels/rust/kernel.json")
                .is_file()
        );

        let second = machine
            .ferrocell(&["setup", "--evcxr"])
            .output()
            .expect("ferrocell can be started");
        assert!(second.status.success());
        assert_eq!(
            String::from_utf8_lossy(&second.stderr),
            "",
            "a second set-up has nothing to do"
        );
    }
}

#[test]
fn lab_tells_what_it_cannot_open_before_it_sets_anything_up() {
    let machine = Machine::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let cases: [(&[&str], &[&str]); 2] = [
        (
            &["lab", "--no-browser", "--port", &port],
            &["port", &port, "is taken", "`--port`"],
        ),
        (
            &["lab", "--no-browser", "nothing"],
            &["notebooks/nothing.jupyterlab-workspace is missing"],
        ),
    ];
    for (arguments, parts) in cases {
        assert_says(&machine.failure(arguments), parts);
    }
    let mut elsewhere = machine.ferrocell(&["lab"]);
    let outside = TempDir::new().expect("a folder that is no project");
    assert_says(
        &failure_of(elsewhere.current_dir(&outside)),
        &["there is no folder notebooks/"],
    );
    assert!(!machine.path(".ferrocell").exists());
}
