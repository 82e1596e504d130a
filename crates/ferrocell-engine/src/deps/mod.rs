//! The crates that a notebook asks for.
//!
//! All of them are built as one dynamic library, so that each exists once in the user's process, however many cells use
//! it. Bundles are kept in the cache and shared by all sessions: one that was built before costs nothing but a look.

mod bundle;
mod cargo;
mod sources;
mod spec;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub(crate) use bundle::Bundle;
use cargo::{Artifact, Cargo, Metadata};
pub(crate) use spec::{Spec, SpecError};

use crate::cache;
use crate::interrupts::Interrupts;
use crate::toolchain::Toolchain;

/// Why dependencies are not there.
#[derive(Debug, Error)]
pub(crate) enum DepsError {
    /// The line is wrong.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Cargo says no.
    #[error("{0}")]
    Cargo(String),
    /// Files.
    #[error(
        "cannot keep dependencies in {place}: {error}. Is the disk full, or the folder not writable? \
         `FERROCELL_CACHE_DIR` chooses another"
    )]
    Io {
        /// The folder.
        place: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// Stopped.
    #[error("interrupted while dependencies were built; the earlier ones still work")]
    Interrupted,
}

/// What building needs to know.
pub(crate) struct Workshop<'a> {
    /// The toolchain.
    pub(crate) toolchain: &'a Toolchain,
    /// The shared cache.
    pub(crate) cache_dir: &'a Path,
    /// Whether the network may not be used.
    pub(crate) offline: bool,
    /// Environment variables for build scripts.
    pub(crate) environment: &'a [(String, String)],
    /// To stop.
    pub(crate) interrupts: &'a Interrupts,
    /// Is told how far it is.
    pub(crate) progress: &'a dyn Fn(String),
}

impl Workshop<'_> {
    /// The bundle of these crates, from the cache or newly built.
    pub(crate) fn bundle(&self, specs: &BTreeMap<String, Spec>) -> Result<Bundle, DepsError> {
        let manifest_body = manifest_body(specs);
        let source = library_source(specs);
        let key = cache::key([&*self.toolchain.version, &manifest_body, &source]);
        let place = self.cache_dir.join("deps").join(&key);
        let record = place.join("bundle.json");
        if let Some(bundle) = usable(&record) {
            return Ok(bundle);
        }
        self.make(&place, &key, &manifest_body, &source, &record)
            .map_err(|error| DepsError::Io {
                place: place.clone(),
                error,
            })?
    }

    fn make(
        &self,
        place: &Path,
        key: &str,
        manifest_body: &str,
        source: &str,
        record: &Path,
    ) -> io::Result<Result<Bundle, DepsError>> {
        fs::create_dir_all(place.join("src"))?;
        (self.progress)(
            "waiting for another notebook that builds the same dependencies".to_owned(),
        );
        let _turn = lock(&place.join("lock"))?;
        if let Some(bundle) = usable(record) {
            return Ok(Ok(bundle));
        }
        let name = format!("ferrocell_deps_{key}");
        fs::write(
            place.join("Cargo.toml"),
            format!("{}{manifest_body}", manifest_head(&name)),
        )?;
        fs::write(place.join("src/lib.rs"), source)?;
        let toolchain_key = cache::key([&*self.toolchain.version]);
        let target_dir = self
            .cache_dir
            .join("deps")
            .join(format!("target-{toolchain_key}"));
        if record.exists() && !Bundle::read(record).is_some_and(|bundle| bundle.is_whole()) {
            // What it was collected from may be the same files, or have suffered as well.
            empty(&target_dir)?;
            fs::write(place.join("Cargo.lock"), "")?;
        }
        let cargo = Cargo {
            executable: self.toolchain.cargo(),
            dir: place,
            target_dir: &target_dir,
            offline: self.offline,
            environment: self.environment,
            interrupts: self.interrupts,
        };
        (self.progress)("resolving dependencies".to_owned());
        let metadata = match cargo.metadata(self.toolchain.platform())? {
            Ok(metadata) => metadata,
            Err(message) => return Ok(Err(self.failed(message))),
        };
        // Before the build: what changes while it runs must not be taken for built.
        let local_packages = metadata.local_packages();
        let fingerprint = sources::fingerprint(&local_packages)?;
        let total = metadata.count();
        let build = || {
            let mut done = 0;
            cargo.build(|artifact| {
                if artifact.library().is_some() {
                    done += 1;
                    (self.progress)(format!(
                        "compiled {} ({done} of {total})",
                        artifact.target.name
                    ));
                }
            })
        };
        let mut built = build()?;
        if built
            .as_ref()
            .is_err_and(|message| is_about_damage(message))
        {
            empty(&target_dir)?;
            built = build()?;
        }
        let artifacts = match built {
            Ok(artifacts) => artifacts,
            Err(message) => return Ok(Err(self.failed(message))),
        };
        let dir = place.join(format!("lib-{fingerprint}"));
        let bundle = Bundle {
            library: format!("lib{name}.so"),
            externs: externs(&metadata, &artifacts),
            dir: collect(&artifacts, &dir, place)?,
            local_packages,
            fingerprint,
        };
        let json = serde_json::to_vec_pretty(&bundle)?;
        let aside = place.join("bundle.json.new");
        fs::write(&aside, json)?;
        fs::rename(&aside, record)?;
        Ok(Ok(bundle))
    }

    fn failed(&self, message: String) -> DepsError {
        if self.interrupts.is_requested() {
            DepsError::Interrupted
        } else {
            DepsError::Cargo(message)
        }
    }
}

/// The bundle of this record, unless it has been damaged or its sources have changed.
fn usable(record: &Path) -> Option<Bundle> {
    Bundle::read(record).filter(|bundle| bundle.is_whole() && bundle.is_fresh())
}

/// Whether cargo failed because of what it had built before.
fn is_about_damage(message: &str) -> bool {
    const INVALID_METADATA: &str = "E0786";
    message.contains(INVALID_METADATA)
}

/// Removes what cargo has built.
fn empty(target_dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(target_dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Waits for a lock that ends with the returned file.
fn lock(path: &Path) -> io::Result<File> {
    let file = File::create(path)?;
    // SAFETY: the descriptor is open.
    if unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(file)
}

fn manifest_head(name: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"dylib\"]\n\n\
         [profile.release]\nopt-level = 3\ndebug = false\n\n[workspace]\n\n"
    )
}

fn manifest_body(specs: &BTreeMap<String, Spec>) -> String {
    let dependencies: toml::Table = specs
        .values()
        .map(|spec| {
            // The runtime for `.await` needs this one; features only add.
            let spec = if spec.package() == "tokio" {
                spec.with_feature("rt-multi-thread")
            } else {
                spec.clone()
            };
            (spec.name, spec.value)
        })
        .collect();
    toml::Table::from_iter([("dependencies".to_owned(), toml::Value::Table(dependencies))])
        .to_string()
}

/// A library that holds all crates, and the runtime for `.await` if there is one.
fn library_source(specs: &BTreeMap<String, Spec>) -> String {
    let mut source = String::new();
    for spec in specs.values() {
        source.push_str(&format!("extern crate {} as _;\n", spec.crate_name()));
    }
    if let Some(tokio) = specs.values().find(|spec| spec.package() == "tokio") {
        let tokio = tokio.crate_name();
        source.push_str(&format!(
            "static RUNTIME: std::sync::LazyLock<{tokio}::runtime::Runtime> = std::sync::LazyLock::new(|| {{\n    \
             {tokio}::runtime::Builder::new_multi_thread().enable_all().build().expect(\"tokio starts\")\n}});\n\n\
             pub fn enter() -> {tokio}::runtime::EnterGuard<'static> {{\n    RUNTIME.enter()\n}}\n"
        ));
    }
    source
}

/// The files of all crates that code may name: those asked for, and those behind them, whose types may be a variable's.
fn externs(metadata: &Metadata, artifacts: &[Artifact]) -> BTreeMap<String, String> {
    let file_of = |artifact: &Artifact| {
        Some(
            artifact
                .library()?
                .file_name()?
                .to_string_lossy()
                .into_owned(),
        )
    };
    let mut externs = BTreeMap::new();
    for artifact in artifacts {
        if let Some(file) = file_of(artifact) {
            externs.insert(artifact.target.name.replace('-', "_"), file);
        }
    }
    for (name, package) in metadata.direct() {
        let artifact = artifacts
            .iter()
            .find(|artifact| artifact.package_id == package && artifact.library().is_some());
        if let Some(file) = artifact.and_then(file_of) {
            externs.insert(name, file);
        }
    }
    externs
}

/// Brings all files of a bundle into a folder of its own, so that no later build can change them.
fn collect(artifacts: &[Artifact], dir: &Path, parent: &Path) -> io::Result<PathBuf> {
    let aside = cache::scratch_dir(parent)?;
    let files = artifacts.iter().flat_map(|artifact| &artifact.filenames);
    let is_needed = |file: &&PathBuf| {
        file.extension().is_some_and(|extension| {
            extension == "rlib" || extension == "so" || extension == "rmeta"
        })
    };
    for file in files.filter(is_needed) {
        let Some(name) = file.file_name() else {
            continue;
        };
        let to = aside.join(name);
        if fs::hard_link(file, &to).is_err() {
            fs::copy(file, &to)?;
        }
    }
    cache::put(&aside, dir)?;
    Ok(dir.to_owned())
}
