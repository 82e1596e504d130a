//! Calls rustc.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use thiserror::Error;

use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::paths::CRATE;
use crate::interrupts::Interrupts;
use crate::settings::Edition;
use crate::toolchain::Toolchain;

/// What to compile and how.
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
    /// The folder of a manifest with all dependencies, if there are any.
    pub(crate) manifest_dir: Option<&'a Path>,
}

/// What rustc made.
pub(crate) struct Compiled {
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

/// Compiles one crate to a shared object.
pub(crate) fn compile(job: &Job<'_>, interrupts: &Interrupts) -> Result<Compiled, CompileError> {
    let compiled = call(job, None, interrupts)?;
    if compiled.object.is_some() || !job.toolchain.is_manifest_missed(&compiled.output) {
        return Ok(compiled);
    }
    // A derive wants to read there under which name the notebook uses its crate.
    match job.manifest_dir {
        Some(dir) => call(job, Some(dir), interrupts),
        None => Ok(compiled),
    }
}

/// Calls the compiler, with the folder of another manifest than the notebook's.
fn call(
    job: &Job<'_>,
    manifest_dir: Option<&Path>,
    interrupts: &Interrupts,
) -> Result<Compiled, CompileError> {
    let file = format!("{}.rs", job.name);
    // Whoever cleans temporary files may have removed the folder; what is loaded needs it no more.
    fs::create_dir_all(job.dir)
        .and_then(|()| fs::write(job.dir.join(&file), job.source))
        .map_err(|error| CompileError::Write {
            place: job.dir.to_owned(),
            error,
        })?;
    let object = object_path(job.dir, job.name);
    let mir = job.dir.join(format!("{}.mir", job.name));
    let mut command = job.toolchain.compiler();
    command
        .current_dir(job.dir)
        .args([
            &file,
            "--crate-name",
            CRATE,
            "--crate-type",
            "cdylib",
            "--edition",
            job.edition.name(),
        ])
        .args([
            "--error-format=json",
            "-Cprefer-dynamic",
            "-Cdebuginfo=line-tables-only",
            // Programs that load a cell by themselves, as a preloaded library, find what it needs.
            "-Crpath=yes",
        ])
        .arg(format!("-Copt-level={}", job.opt_level))
        .arg("--extern")
        .arg(format!(
            "ferrocell_runtime={}",
            job.toolchain.runtime.display()
        ))
        .arg(format!("--emit=link={}", object.display()))
        .args(&job.toolchain.linker)
        .args(job.arguments)
        .envs(manifest_dir.map(|dir| ("CARGO_MANIFEST_DIR", dir)))
        .envs(job.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if job.with_mir {
        command.arg(format!("--emit=mir={}", mir.display()));
    }
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
    let (mut diagnostics, mut noise) = (Vec::new(), String::new());
    for line in output.lines() {
        match serde_json::from_str(line) {
            Ok(diagnostic) => diagnostics.push(diagnostic),
            Err(_) => noise.extend([line, "\n"]),
        }
    }
    Ok(Compiled {
        object: status.success().then_some(object),
        mir: if job.with_mir && status.success() {
            fs::read_to_string(&mir).map_err(|error| CompileError::Mir { mir, error })?
        } else {
            String::new()
        },
        diagnostics,
        noise,
        output,
    })
}
