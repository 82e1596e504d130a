//! The user's Rust toolchain, and the libraries that were compiled with it.

pub(crate) mod cache;
mod display_package;
mod linker;
pub(crate) mod package;
mod selection;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

use thiserror::Error;

use cache::Scratch;
pub use display_package::write_display_package;

/// The user's rustc, with all that is needed to compile cells.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    /// Its folder.
    pub(crate) sysroot: PathBuf,
    /// The folder of the notebook that uses it.
    notebook: PathBuf,
    /// The compiler itself, not a proxy that would choose one each time.
    pub(crate) rustc: PathBuf,
    /// What `rustc -vV` says.
    pub(crate) version: String,
    /// The standard library as a dynamic library.
    pub(crate) std: PathBuf,
    /// The runtime as a dynamic library.
    pub(crate) runtime: PathBuf,
    /// The crate `ferrocell`, which cells may use, as a dynamic library in the same folder.
    pub(crate) display: PathBuf,
    /// Arguments that choose the linker.
    pub(crate) linker: Vec<String>,
}

/// Why cells cannot be compiled.
#[derive(Debug, Error)]
pub(crate) enum ToolchainError {
    /// There is no rustc.
    #[error(
        "cannot start rustc: {0}. Install Rust from https://rustup.rs and make sure that `rustc` is in PATH"
    )]
    NotFound(std::io::Error),
    /// The notebook asks for one that is not there.
    #[error("the toolchain `{name}`{wanted_by} is not installed: `{command}` installs it")]
    NotInstalled {
        /// Its name.
        name: String,
        /// Which file names it, as part of the sentence.
        wanted_by: String,
        /// What brings it.
        command: String,
    },
    /// Only rustup has toolchains by name.
    #[error("cannot start rustup, which has the toolchains by name: {0}")]
    NoRustup(std::io::Error),
    /// rustc does not do what every rustc does.
    #[error("`{command}` failed: {message}. `rustup update` may repair the toolchain")]
    Broken {
        /// What was called.
        command: String,
        /// What it said.
        message: String,
    },
    /// It is not the one that compiled the cells so far.
    #[error(
        "rustc has changed since this notebook started: it was {before}, and is {now}. Variables are still there, but \
         new cells cannot be compiled for them: bring the earlier one back, or restart the kernel"
    )]
    Changed {
        /// What it was.
        before: String,
        /// What it is.
        now: String,
    },
    /// The toolchain has no dynamic standard library.
    #[error("no libstd-*.so in {0}; `rustup component add rust-std` brings it")]
    NoSharedStd(PathBuf),
    /// The runtime cannot be written or compiled.
    #[error(
        "cannot prepare the runtime libraries in {place}: {message}. Is the disk full, or the folder not writable? \
         `FERROCELL_CACHE_DIR` chooses another"
    )]
    Runtime {
        /// The folder.
        place: PathBuf,
        /// What went wrong.
        message: String,
    },
}

impl Toolchain {
    /// Finds the toolchain of this name, or else the one that applies in `working_dir`, and compiles the runtime if the cache
    /// does not have it yet.
    pub(crate) fn find(
        name: Option<&str>,
        working_dir: &Path,
        cache_dir: &Path,
    ) -> Result<Self, ToolchainError> {
        let sysroot = selection::sysroot(name, working_dir)?;
        let rustc = sysroot.join("bin/rustc");
        let version = output(Command::new(&rustc).arg("-vV"))?;
        let host = platform(&version);
        let target_libdir = sysroot.join("lib/rustlib").join(host).join("lib");
        let std = find_std(&target_libdir)
            .ok_or_else(|| ToolchainError::NoSharedStd(target_libdir.clone()))?;
        let [runtime, display] = prepare_libraries(&rustc, &version, cache_dir)?;
        let link_dir = cache_dir.join("linker").join(cache::key([&*version]));
        let linker = linker::arguments(&sysroot, host, &link_dir);
        Ok(Self {
            sysroot,
            notebook: working_dir.to_owned(),
            rustc,
            version,
            std,
            runtime,
            display,
            linker,
        })
    }

    /// Whether rustc is still the one that was found.
    pub(crate) fn check(&self) -> Result<(), ToolchainError> {
        let version = output(Command::new(&self.rustc).arg("-vV"))?;
        if version == self.version {
            return Ok(());
        }
        Err(ToolchainError::Changed {
            before: self.short_version().to_owned(),
            now: first_line(&version).to_owned(),
        })
    }

    /// The cargo that belongs to it.
    pub(crate) fn cargo(&self) -> PathBuf {
        self.rustc.with_file_name("cargo")
    }

    /// The compiler, to be called for a cell.
    pub(crate) fn compiler(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        package::describe(&mut command, &self.notebook);
        command.env("CARGO", self.cargo());
        command
    }

    /// An argument for rustc that hands this one to the linker.
    pub(crate) fn link_argument(&self, argument: &str) -> String {
        // Without a choice of ours, rustc calls the C compiler to link.
        let through = if self.linker.is_empty() { "-Wl," } else { "" };
        format!("-Clink-arg={through}{argument}")
    }

    /// Whether the compiler says of the notebook's manifest, which need not be there, that it is missing.
    pub(crate) fn is_manifest_missed(&self, output: &str) -> bool {
        let manifest = self.notebook.join("Cargo.toml");
        output.contains(&*manifest.to_string_lossy()) && !manifest.exists()
    }

    /// rustdoc, which finds the documentation of what was compiled.
    pub(crate) fn documenter(&self) -> Command {
        let mut command = Command::new(self.sysroot.join("bin/rustdoc"));
        self.impose(&mut command);
        command
    }

    /// Lets a tool of this toolchain, and all that it starts, use no other one, whatever folder it works in.
    pub(crate) fn impose(&self, command: &mut Command) {
        let bin = self.sysroot.join("bin");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(iter::once(bin.clone()).chain(env::split_paths(&path)));
        command
            .env("RUSTC", &self.rustc)
            .env("RUSTDOC", bin.join("rustdoc"))
            .env("RUSTUP_TOOLCHAIN", &self.sysroot)
            // A folder with a colon in its name cannot be in a PATH; then the variables above have to do.
            .envs(path.map(|path| ("PATH", path)));
    }

    /// The platform it compiles for, for example `x86_64-unknown-linux-gnu`.
    pub(crate) fn platform(&self) -> &str {
        platform(&self.version)
    }

    /// The first line of the version, for example `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub(crate) fn short_version(&self) -> &str {
        first_line(&self.version)
    }
}

fn first_line(version: &str) -> &str {
    version.lines().next().unwrap_or_default()
}

fn platform(version: &str) -> &str {
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or_default()
}

fn output(command: &mut Command) -> Result<String, ToolchainError> {
    let output = command.output().map_err(ToolchainError::NotFound)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    Err(ToolchainError::Broken {
        command: words.join(" "),
        message: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

fn find_std(libdir: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(libdir).ok()?;
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            name.starts_with("libstd-") && name.ends_with(".so")
        })
}

/// What cells are linked with: names of crates, and their sources.
const LIBRARIES: [(&str, &[(&str, &str)]); 2] = [
    ("ferrocell_runtime", ferrocell_runtime::SOURCES),
    ("ferrocell", ferrocell::SOURCES),
];

/// Compiles the libraries, each from what it exports, unless the cache has them.
fn prepare_libraries(
    rustc: &Path,
    version: &str,
    cache_dir: &Path,
) -> Result<[PathBuf; 2], ToolchainError> {
    let sources = LIBRARIES.iter().flat_map(|(_, sources)| *sources);
    let texts = sources.flat_map(|(name, source)| [*name, *source]);
    let place = cache_dir
        .join("runtime")
        .join(cache::key(texts.chain([version])));
    let libraries = LIBRARIES.map(|(name, _)| place.join(format!("lib{name}.so")));
    if cache::is_whole(&place) {
        return Ok(libraries);
    }
    let failed = |message: String| ToolchainError::Runtime {
        place: place.clone(),
        message,
    };
    let io_failed = |error: std::io::Error| failed(error.to_string());
    // Compiled aside and moved into place as a whole, so that two sessions may do this at once.
    let aside = Scratch::new(&cache_dir.join("runtime")).map_err(io_failed)?;
    for (name, sources) in LIBRARIES {
        let folder = aside.path().join(name);
        fs::create_dir(&folder).map_err(io_failed)?;
        for (file, source) in sources {
            fs::write(folder.join(file), source).map_err(io_failed)?;
        }
        let mut command = Command::new(rustc);
        command
            .args(["--crate-name", name, "--crate-type", "dylib"])
            .args(["--edition", "2024", "--cap-lints", "allow"])
            .args(["-Cprefer-dynamic", "-Copt-level=2", "-Cmetadata=ferrocell"])
            .arg(folder.join("lib.rs"))
            .current_dir(aside.path());
        output(&mut command)?;
    }
    aside.put(&place).map_err(io_failed)?;
    Ok(libraries)
}
