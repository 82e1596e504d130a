//! Calls rustc.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::diagnostics::Diagnostic;
use crate::interrupts::Interrupts;
use crate::paths::CRATE;
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

/// Where the shared object of a crate is.
pub(crate) fn object_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("lib{name}.so"))
}

/// Compiles one crate to a shared object.
pub(crate) fn compile(job: &Job<'_>, interrupts: &Interrupts) -> io::Result<Compiled> {
    let file = format!("{}.rs", job.name);
    // Whoever cleans temporary files may have removed the folder; what is loaded needs it no more.
    fs::create_dir_all(job.dir)?;
    fs::write(job.dir.join(&file), job.source)?;
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
        .envs(job.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if job.with_mir {
        command.arg(format!("--emit=mir={}", mir.display()));
    }
    let (mut child, watched) = interrupts.spawn(&mut command)?;
    let mut output = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut output)?;
    }
    drop(watched);
    let status = child.wait()?;
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
            fs::read_to_string(mir)?
        } else {
            String::new()
        },
        diagnostics,
        noise,
        output,
    })
}
