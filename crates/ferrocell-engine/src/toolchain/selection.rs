//! Which of the installed toolchains a notebook uses.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ToolchainError, output};

/// The folder of the toolchain of this name, or of the one that applies in `working_dir`.
pub(super) fn sysroot(name: Option<&str>, working_dir: &Path) -> Result<PathBuf, ToolchainError> {
    let mut command = match name {
        Some(name) => {
            let mut command = Command::new("rustup");
            command.args(["run", name, "rustc"]);
            command
        }
        None => Command::new("rustc"),
    };
    command
        .args(["--print", "sysroot"])
        .current_dir(working_dir)
        // Nobody would see how far the installation is, nor is rustup's own stack of interest.
        .env("RUSTUP_AUTO_INSTALL", "0")
        .env("RUST_BACKTRACE", "0");
    let file = toolchain_file(working_dir).filter(|_| name.is_none());
    let is_below_rustup = env::var_os("RUST_RECURSION_COUNT").is_some();
    if file.is_some() && is_below_rustup {
        // It tells with which toolchain this program was started, as by `cargo run`.
        command.env_remove("RUSTUP_TOOLCHAIN");
    }
    match output(&mut command) {
        Ok(sysroot) => Ok(PathBuf::from(sysroot.trim())),
        Err(ToolchainError::NotFound(error)) if name.is_some() => {
            Err(ToolchainError::NoRustup(error))
        }
        Err(ToolchainError::Broken { command, message }) => {
            Err(not_installed(&message, file)
                .unwrap_or(ToolchainError::Broken { command, message }))
        }
        Err(error) => Err(error),
    }
}

/// The file that names the toolchain for a folder.
fn toolchain_file(folder: &Path) -> Option<PathBuf> {
    let files = folder
        .ancestors()
        .flat_map(|folder| ["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// What rustup means by `toolchain 'nightly-2020-01-01-x86_64-unknown-linux-gnu' is not installed`.
fn not_installed(message: &str, file: Option<PathBuf>) -> Option<ToolchainError> {
    let line = message
        .lines()
        .find(|line| line.contains("toolchain '") && line.ends_with("is not installed"))?;
    let name = line.split('\'').nth(1)?.to_owned();
    let command = if line.contains("custom toolchain") {
        format!("rustup toolchain link {name} FOLDER")
    } else {
        format!("rustup toolchain install {name}")
    };
    let wanted_by = file.map_or(String::new(), |file| {
        format!(", which {} names,", file.display())
    });
    Some(ToolchainError::NotInstalled {
        name,
        wanted_by,
        command,
    })
}
