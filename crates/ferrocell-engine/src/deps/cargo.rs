//! Calls cargo.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;

use super::artifacts::{Artifact, Built, Script};
use super::metadata::Metadata;
use crate::interrupts::Interrupts;
use crate::toolchain::Toolchain;
use crate::toolchain::package;

/// How cargo is called.
pub(crate) struct Cargo<'a> {
    /// The toolchain that compiles cells.
    pub(crate) toolchain: &'a Toolchain,
    /// The package to build.
    pub(crate) dir: &'a Path,
    /// The folder for what is built, shared by all bundles.
    pub(crate) target_dir: &'a Path,
    /// Whether the network may not be used.
    pub(crate) offline: bool,
    /// The crates that may use what only the nightly compiler takes otherwise, separated by commas.
    pub(crate) as_nightly: String,
    /// Environment variables for build scripts.
    pub(crate) environment: &'a [(String, String)],
    /// To stop.
    pub(crate) interrupts: &'a Interrupts,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
}

impl Cargo<'_> {
    /// Resolves the dependencies and fetches them.
    pub(crate) fn metadata(&self, platform: &str) -> io::Result<Result<Metadata, String>> {
        let mut command = self.command(&[
            "metadata",
            "--format-version=1",
            "--filter-platform",
            platform,
        ]);
        let mut text = String::new();
        let result = self.run(&mut command, |line| text.push_str(line))?;
        Ok(result.and_then(|()| serde_json::from_str(&text).map_err(|error| error.to_string())))
    }

    /// Builds what the package depends on.
    pub(crate) fn build(
        &self,
        mut on_artifact: impl FnMut(&Artifact),
    ) -> io::Result<Result<Built, String>> {
        let mut command = self.command(&["build", "--release", "--lib", "--message-format=json"]);
        command.arg("--target-dir").arg(self.target_dir);
        let (mut built, mut errors) = (Built::default(), String::new());
        let result = self.run(&mut command, |line| {
            match serde_json::from_str::<Message>(line) {
                Ok(message) if message.reason == "compiler-artifact" => {
                    if let Ok(artifact) = serde_json::from_str::<Artifact>(line) {
                        on_artifact(&artifact);
                        built.artifacts.push(artifact);
                    }
                }
                Ok(message) if message.reason == "build-script-executed" => {
                    built.scripts.extend(serde_json::from_str::<Script>(line));
                }
                Ok(message) if message.reason == "compiler-message" => {
                    errors.extend(rendered_error(line))
                }
                _ => {}
            }
        })?;
        Ok(result.map(|()| built).map_err(|message| {
            if errors.is_empty() {
                message
            } else {
                errors + &message
            }
        }))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.toolchain.cargo());
        package::forget(&mut command);
        self.toolchain.impose(&mut command);
        // A project's own settings are not meant for the notebook's dependencies.
        for name in [
            "CARGO_BUILD_RUSTC",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_TARGET_DIR",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTFLAGS",
        ] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.dir)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        if !self.as_nightly.is_empty() {
            command.env("RUSTC_BOOTSTRAP", &self.as_nightly);
        }
        if self.offline {
            command.arg("--offline");
        }
        command
    }

    /// Runs cargo to its end, line by line. The error is what it says of one.
    fn run(
        &self,
        command: &mut Command,
        mut line: impl FnMut(&str),
    ) -> io::Result<Result<(), String>> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (mut child, watched) = match self.interrupts.spawn(command) {
            Ok(spawned) => spawned,
            Err(error) => {
                let cargo = self.toolchain.cargo();
                let cargo = cargo.display();
                return Ok(Err(format!(
                    "cannot start {cargo}: {error}. `rustup component add cargo` brings it"
                )));
            }
        };
        let stderr = child.stderr.take();
        let errors = thread::spawn(move || -> io::Result<String> {
            let mut text = Vec::new();
            if let Some(mut stderr) = stderr {
                stderr.read_to_end(&mut text)?;
            }
            Ok(String::from_utf8_lossy(&text).into_owned())
        });
        if let Some(stdout) = child.stdout.take() {
            for text in BufReader::new(stdout).lines() {
                line(&text?);
            }
        }
        drop(watched);
        let status = child.wait()?;
        let errors = match errors.join() {
            Ok(errors) => errors?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok(if status.success() {
            Ok(())
        } else {
            Err(shorten(&errors))
        })
    }
}

/// What rustc said about an error in a dependency.
fn rendered_error(line: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Wrapper {
        message: Inner,
    }
    #[derive(Deserialize)]
    struct Inner {
        level: String,
        rendered: Option<String>,
    }
    let message = serde_json::from_str::<Wrapper>(line).ok()?.message;
    message.rendered.filter(|_| message.level == "error")
}

/// Cargo's own error, without its account of what went well.
fn shorten(errors: &str) -> String {
    const ROUTINE: [&str; 9] = [
        "Updating",
        "Locking",
        "Compiling",
        "Downloading",
        "Downloaded",
        "Adding",
        "Blocking",
        "Finished",
        "Fresh",
    ];
    let lines = errors.lines().filter(|line| {
        !ROUTINE
            .iter()
            .any(|word| line.trim_start().starts_with(word))
    });
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim().to_owned()
}
