//! Calls rustc.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::paths::CRATE;
use crate::interrupts::Interrupts;
use crate::settings::Edition;
use crate::toolchain::Toolchain;

/// What to compile and how.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    /// The compiler.
    pub(crate) toolchain: &'a Toolchain,
    /// The folder for the source and for what is made of it.
    pub(crate) dir: &'a Path,
    /// The name of the files.
    pub(crate) name: &'a str,
    /// The source.
    pub(crate) source: &'a str,
    /// `--edition`.
    pub(crate) edition: Edition,
    /// `-Copt-level`.
    pub(crate) opt_level: &'a str,
    /// Whether the MIR is wanted.
    pub(crate) with_mir: bool,
    /// More arguments: where the dependencies are.
    pub(crate) arguments: &'a [String],
    /// Environment variables.
    pub(crate) environment: &'a [(String, String)],
    /// The library with all dependencies, if there are any.
    pub(crate) bundle: Option<&'a Path>,
    /// The folder of a manifest with all of them.
    pub(crate) manifest_dir: Option<&'a Path>,
}

/// How a call of rustc ended, as it says it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answer {
    /// Whether there is a shared object.
    pub(crate) is_success: bool,
    /// All that rustc wrote.
    pub(crate) output: String,
    /// The MIR, if it was asked for.
    pub(crate) mir: String,
}

/// What rustc made.
pub(crate) struct Compiled {
    /// Whether it was made just now, and not taken from what is kept.
    pub(crate) is_new: bool,
    /// The shared object, if there were no errors.
    pub(crate) object: Option<PathBuf>,
    /// The MIR, if it was asked for.
    pub(crate) mir: String,
    /// Errors and warnings.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// All that rustc wrote.
    pub(crate) output: String,
    /// What rustc wrote that is no diagnostic: a crash of its own, say.
    pub(crate) noise: String,
}

/// Why rustc has neither compiled a crate nor said what is wrong with it.
#[derive(Debug, Error)]
pub(crate) enum CompileError {
    /// The source cannot be written.
    #[error(
        "cannot write the cell's code to {place}: {error}. Is the disk full, or the temporary folder gone?"
    )]
    Write {
        /// The folder.
        place: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// rustc does not start.
    #[error("cannot start {rustc}: {error}. `rustup show` tells which toolchains there are")]
    Start {
        /// The compiler.
        rustc: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What it says cannot be read.
    #[error("cannot read what rustc says: {0}. Run the cell again")]
    Answer(io::Error),
    /// What it has made cannot be read.
    #[error("rustc has compiled the cell, but {mir} cannot be read: {error}. Run the cell again")]
    Mir {
        /// The file.
        mir: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Where the shared object of a crate is.
pub(crate) fn object_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("lib{name}.so"))
}

/// The file that says which other files and variables a crate was compiled with, in Make's syntax.
pub(crate) fn inputs_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.d"))
}

/// Compiles one crate to a shared object.
pub(crate) fn compile(job: &Job<'_>, interrupts: &Interrupts) -> Result<Compiled, CompileError> {
    let answer = call(job, interrupts)?;
    Ok(Compiled::new(answer, object_path(job.dir, job.name)))
}

/// The same, as rustc says it.
pub(crate) fn call(job: &Job<'_>, interrupts: &Interrupts) -> Result<Answer, CompileError> {
    let answer = call_with(job, command(job, None), interrupts)?;
    if answer.is_success || !job.toolchain.is_manifest_missed(&answer.output) {
        return Ok(answer);
    }
    // A derive wants to read there under which name the notebook uses its crate.
    match job.manifest_dir {
        Some(dir) => call_with(job, command(job, Some(dir)), interrupts),
        None => Ok(answer),
    }
}

/// How the compiler is called, with the folder of another manifest than the notebook's.
pub(crate) fn command(job: &Job<'_>, manifest_dir: Option<&Path>) -> Command {
    let toolchain = job.toolchain;
    let mut command = toolchain.compiler();
    command
        .current_dir(job.dir)
        .arg(format!("{}.rs", job.name))
        .args(["--crate-name", CRATE, "--crate-type", "cdylib"])
        .args(["--edition", job.edition.name()])
        .args([
            "--error-format=json",
            "-Cprefer-dynamic",
            "-Cdebuginfo=line-tables-only",
        ])
        .arg(format!("-Copt-level={}", job.opt_level))
        .arg("--extern")
        .arg(format!("ferrocell_runtime={}", toolchain.runtime.display()))
        .arg(format!(
            "--emit=link={}",
            object_path(job.dir, job.name).display()
        ))
        .arg(format!(
            "--emit=dep-info={}",
            inputs_path(job.dir, job.name).display()
        ))
        .args(&toolchain.linker)
        // The table that can be written anew for other names.
        .arg(toolchain.link_argument("--hash-style=sysv"))
        .args(job.arguments)
        .envs(manifest_dir.map(|dir| ("CARGO_MANIFEST_DIR", dir)))
        .envs(job.environment.iter().map(|(name, value)| (name, value)));
    // Programs that load a cell by themselves, as a preloaded library, find what it needs.
    let libraries = [Some(&*toolchain.std), Some(&*toolchain.runtime), job.bundle];
    for folder in libraries.into_iter().flatten().filter_map(Path::parent) {
        command.arg(toolchain.link_argument(&format!("-rpath={}", folder.display())));
    }
    if job.with_mir {
        command.arg(format!("--emit=mir={}", mir_path(job).display()));
    }
    command
}

fn mir_path(job: &Job<'_>) -> PathBuf {
    job.dir.join(format!("{}.mir", job.name))
}

fn call_with(
    job: &Job<'_>,
    mut command: Command,
    interrupts: &Interrupts,
) -> Result<Answer, CompileError> {
    // Whoever cleans temporary files may have removed the folder; what is loaded needs it no more.
    fs::create_dir_all(job.dir)
        .and_then(|()| fs::write(job.dir.join(format!("{}.rs", job.name)), job.source))
        .map_err(|error| CompileError::Write {
            place: job.dir.to_owned(),
            error,
        })?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let (mut child, watched) =
        interrupts
            .spawn(&mut command)
            .map_err(|error| CompileError::Start {
                rustc: job.toolchain.rustc.clone(),
                error,
            })?;
    let mut output = Vec::new();
    let mut stderr = child.stderr.take();
    let read = stderr
        .as_mut()
        .map(|stderr| stderr.read_to_end(&mut output));
    read.transpose().map_err(CompileError::Answer)?;
    drop(watched);
    let status = child.wait().map_err(CompileError::Answer)?;
    // What a linker says may be in any encoding.
    let output = String::from_utf8_lossy(&output).into_owned();
    let mir = if job.with_mir && status.success() {
        let mir = mir_path(job);
        fs::read_to_string(&mir).map_err(|error| CompileError::Mir { mir, error })?
    } else {
        String::new()
    };
    Ok(Answer {
        is_success: status.success(),
        output,
        mir,
    })
}

impl Compiled {
    /// What an answer says. The shared object, if there is one, is `object`.
    pub(crate) fn new(answer: Answer, object: PathBuf) -> Self {
        let (mut diagnostics, mut noise) = (Vec::new(), String::new());
        for line in answer.output.lines() {
            match serde_json::from_str(line) {
                Ok(diagnostic) => diagnostics.push(diagnostic),
                Err(_) => noise.extend([line, "\n"]),
            }
        }
        Self {
            is_new: true,
            object: answer.is_success.then_some(object),
            mir: answer.mir,
            diagnostics,
            noise,
            output: answer.output,
        }
    }
}
