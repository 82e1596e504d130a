//! Another Rust kernel beside this program's own: stock evcxr_jupyter, under its own kernelspec name `rust`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Environment;
use super::step::Step;

const EVCXR: &str = "evcxr_jupyter";
/// The version that the notebooks are written and checked on.
const VERSION: &str = "0.22.0";

/// Registers evcxr_jupyter in the environment, unless a working kernel of its name is there: the user's own if there is one, else
/// evcxr_jupyter from `PATH`, else one that is built here.
pub(super) fn set_up(environment: &Environment) -> Result<()> {
    let kernelspec = environment.kernels().join("rust");
    if program_of(&kernelspec).is_some() {
        return Ok(());
    }
    if kernelspec.exists() {
        // Its program is gone: the project's folder was moved, or the program was uninstalled.
        fs::remove_dir_all(&kernelspec)?;
    }
    if let Some(users) = users_kernelspec(environment)? {
        eprintln!("✓ Using the kernel `rust` of {}", users.display());
        return copy(&users, &kernelspec);
    }
    let built = environment.folder().join("evcxr");
    let program = match built.join("bin").join(EVCXR) {
        program if program.exists() => program,
        program => match on_path(EVCXR) {
            Some(found) => {
                eprintln!("✓ Using {}", found.display());
                found
            }
            None => {
                build(environment, &built)?;
                program
            }
        },
    };
    let mut install = Command::new(program);
    install
        .arg("--install")
        .env("JUPYTER_PATH", environment.share());
    Step {
        title: "Registering evcxr_jupyter",
        command: install,
        log: environment.log("kernelspec"),
    }
    .run()
}

/// The folder of a working kernelspec `rust` in the user's own Jupyter paths.
fn users_kernelspec(environment: &Environment) -> Result<Option<PathBuf>> {
    // Asked of the library, because the command `jupyter` would write into the user's configuration folder.
    let answer = Command::new(environment.venv().join("bin/python"))
        .args(["-c", "from jupyter_core.paths import jupyter_path; print(*jupyter_path('kernels'), sep='\\n')"])
        .output()
        .context("Jupyter cannot be asked where it looks for kernels")?;
    if !answer.status.success() {
        bail!(
            "Jupyter does not tell where it looks for kernels: {}",
            String::from_utf8_lossy(&answer.stderr).trim()
        );
    }
    let folders = String::from_utf8(answer.stdout)?;
    Ok(folders
        .lines()
        .map(|folder| Path::new(folder).join("rust"))
        .find(|folder| program_of(folder).is_some()))
}

/// The program that a kernelspec starts, if it is there.
pub(super) fn program_of(kernelspec: &Path) -> Option<PathBuf> {
    let spec: Value =
        serde_json::from_slice(&fs::read(kernelspec.join("kernel.json")).ok()?).ok()?;
    on_path(spec["argv"][0].as_str()?)
}

/// Where a program is: as it stands if it names a folder, else in `PATH`.
fn on_path(program: &str) -> Option<PathBuf> {
    // An absolute program replaces the folder that it is joined to.
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn copy(kernelspec: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(kernelspec)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))
            .with_context(|| format!("{} cannot be copied", file.path().display()))?;
    }
    Ok(())
}

fn build(environment: &Environment, to: &Path) -> Result<()> {
    if on_path("cargo").is_none() {
        bail!("cargo was not found: install Rust with rustup and run this again");
    }
    let mut install = Command::new("cargo");
    install
        .args(["install", EVCXR, "--locked", "--version", VERSION, "--root"])
        .arg(to);
    Step {
        title: "Building evcxr_jupyter (some six minutes, once)",
        command: install,
        log: environment.log(EVCXR),
    }
    .run()
}
