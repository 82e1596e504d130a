//! The Python half of the environment: a virtual environment with JupyterLab and ipykernel at pinned versions.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use super::Environment;
use super::step::Step;

/// Every package with its version, written from `requirements.in`.
const REQUIREMENTS: &str = include_str!("../../environment/requirements.txt");
/// JupyterLab's settings here: it asks nobody for news or newer versions of itself.
const SETTINGS: &str = include_str!("../../environment/overrides.json");
/// The oldest Python that every pinned package supports.
const OLDEST: (u32, u32) = (3, 11);
const INSTALL: &str = "install Python 3.11 or newer (Debian: `apt-get install python3 python3-venv`, macOS: \
    `brew install python`) or name one with `--python`, and run this again";

/// Makes the virtual environment, unless it stands already and was made from these requirements.
pub(super) fn set_up(environment: &Environment, python: &Path) -> Result<()> {
    let venv = environment.venv();
    // Put in place last, so that an environment is whole exactly when this file is there.
    let made_from = venv.join("requirements.txt");
    let whole = fs::read_to_string(&made_from).is_ok_and(|installed| installed == REQUIREMENTS);
    if whole && venv.join("bin/python").exists() {
        return Ok(());
    }

    check(python)?;
    let requirements = environment.folder().join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)
        .with_context(|| format!("{} cannot be written", requirements.display()))?;
    let mut create = Command::new(python);
    create.args(["-m", "venv", "--clear"]).arg(&venv);
    Step {
        title: "Making a Python environment in .ferrocell/venv",
        command: create,
        log: environment.log("venv"),
    }
    .run()?;
    let mut install = environment.python();
    install.args(
        "-m pip install --no-input --disable-pip-version-check --progress-bar off --retries 2"
            .split(' '),
    );
    install.arg("--requirement").arg(&requirements);
    Step {
        title: "Installing JupyterLab and ipykernel",
        command: install,
        log: environment.log("pip"),
    }
    .run()?;
    let settings = environment.share().join("lab/settings");
    fs::create_dir_all(&settings)?;
    fs::write(settings.join("overrides.json"), SETTINGS)?;
    fs::rename(requirements, made_from)?;
    Ok(())
}

/// Whether this Python can make the environment.
fn check(python: &Path) -> Result<()> {
    let name = python.display();
    let Ok(version) = ask(python, "import sys; print('%d.%d' % sys.version_info[:2])") else {
        bail!("{name} was not found: {INSTALL}");
    };
    let version = String::from_utf8_lossy(&version.stdout);
    let version = version.trim();
    if parse(version).is_none_or(|version| version < OLDEST) {
        bail!("{name} is Python {version}, which is too old: {INSTALL}");
    }
    if !ask(python, "import ensurepip, venv")?.status.success() {
        bail!(
            "{name} cannot make virtual environments: install its venv module (Debian: `apt-get install \
             python{version}-venv`) and run this again"
        );
    }
    Ok(())
}

fn ask(python: &Path, program: &str) -> Result<Output> {
    Ok(Command::new(python)
        .args([OsStr::new("-c"), OsStr::new(program)])
        .output()?)
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
