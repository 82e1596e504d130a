//! Makes bundles.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use super::artifacts::{Artifact, Built};
use super::cargo::Cargo;
use super::metadata::Metadata;
use super::{Bundle, DepsError, Lock, Spec, manifest, natives, sources};
use crate::interrupts::Interrupts;
use crate::toolchain::Toolchain;
use crate::toolchain::cache::{self, Scratch};

/// How many versions of a bundle are kept, if its sources change.
const VERSIONS: usize = 3;

/// What building needs to know.
pub(crate) struct BundleBuilder<'a> {
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

/// Where a bundle is made.
struct Place {
    /// The package's folder.
    dir: PathBuf,
    /// The record of the latest version.
    record: PathBuf,
    /// The name of the package.
    name: String,
}

impl BundleBuilder<'_> {
    /// The bundle of these crates, from the cache or newly built.
    pub(crate) fn bundle(&self, specs: &BTreeMap<String, Spec>) -> Result<Bundle, DepsError> {
        let dependencies = manifest::dependencies(specs);
        let runtime = manifest::runtime(specs);
        let environment = self
            .environment
            .iter()
            .flat_map(|(name, value)| [name, value]);
        let key = cache::key(
            [&self.toolchain.version, &dependencies, &runtime]
                .into_iter()
                .chain(environment),
        );
        let dir = self.cache_dir.join("deps").join(&key);
        let place = Place {
            record: dir.join("crates.json"),
            name: format!("ferrocell_deps_{key}"),
            dir,
        };
        if let Some(bundle) = usable(&place.record) {
            return Ok(bundle);
        }
        let made = self.make(&place, specs, &dependencies, &runtime);
        made.map_err(|error| DepsError::Io {
            place: place.dir,
            error,
        })?
    }

    fn make(
        &self,
        place: &Place,
        specs: &BTreeMap<String, Spec>,
        dependencies: &str,
        runtime: &str,
    ) -> io::Result<Result<Bundle, DepsError>> {
        let Some(_turn) = Lock::wait(self.cache_dir, self.interrupts, self.progress)? else {
            return Ok(Err(DepsError::Interrupted));
        };
        if let Some(bundle) = usable(&place.record) {
            return Ok(Ok(bundle));
        }
        fs::create_dir_all(place.dir.join("src"))?;
        let manifest = manifest::manifest(&place.name, dependencies);
        fs::write(place.dir.join("Cargo.toml"), manifest)?;
        // Cargo only builds what this package depends on.
        fs::write(place.dir.join("src/lib.rs"), "")?;
        let toolchain_key = cache::key([&self.toolchain.version]);
        let target_dir = self
            .cache_dir
            .join("deps")
            .join(format!("target-{toolchain_key}"));
        if place.record.exists()
            && !Bundle::read(&place.record).is_some_and(|bundle| bundle.is_whole())
        {
            // What it was collected from may be the same files, or have suffered as well.
            cache::remove(&target_dir)?;
            fs::write(place.dir.join("Cargo.lock"), "")?;
        }
        let mut cargo = Cargo {
            toolchain: self.toolchain,
            as_nightly: String::new(),
            dir: &place.dir,
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
        let programs = specs.values().map(Spec::package);
        let programs: Vec<&str> = programs.filter(|name| !metadata.asks_for(name)).collect();
        if !programs.is_empty() {
            let names = programs.join("`, `");
            let message = format!("`{names}` has no library that code could use, only programs");
            return Ok(Err(DepsError::Cargo(message)));
        }
        let library = manifest::library(metadata.direct().keys()) + runtime;
        fs::write(place.dir.join(SOURCE), library)?;
        let mut made = self.build(place, &cargo, &metadata)?;
        let is_unstable = |message: &String| message.contains(UNSTABLE);
        let for_nightly = metadata.made_for_nightly();
        if made.as_ref().is_err_and(is_unstable) && !for_nightly.is_empty() {
            cargo.as_nightly = for_nightly;
            made = self.build(place, &cargo, &metadata)?;
        }
        if made.as_ref().is_err_and(|message| is_about_damage(message)) {
            cache::remove(&target_dir)?;
            made = self.build(place, &cargo, &metadata)?;
        }
        let bundle = match made {
            Ok(bundle) => bundle,
            Err(message) => return Ok(Err(self.failed(message))),
        };
        bundle.write(&place.record)?;
        forget_versions(&place.dir)?;
        Ok(Ok(bundle))
    }

    /// Builds the crates and the library that holds them. The error is what the tools say of one.
    fn build(
        &self,
        place: &Place,
        cargo: &Cargo<'_>,
        metadata: &Metadata,
    ) -> io::Result<Result<Bundle, String>> {
        // Before the build: what changes while it runs must not be taken for built.
        let local_packages = metadata.local_packages();
        let fingerprint = sources::fingerprint(&local_packages)?;
        let total = metadata.count();
        let mut done = 0;
        let built = cargo.build(|artifact| {
            if artifact.library().is_some() && !metadata.is_root(&artifact.package_id) {
                done += 1;
                let name = &artifact.target.name;
                (self.progress)(format!("compiled {name} ({done} of {total})"));
            }
        })?;
        let mut built = match built {
            Ok(built) => built,
            Err(message) => return Ok(Err(message)),
        };
        built
            .artifacts
            .retain(|artifact| !metadata.is_root(&artifact.package_id));
        let files: Vec<&PathBuf> = built.artifacts.iter().flat_map(Artifact::files).collect();
        let state = state(&files)?;
        // What cargo has not built again is the same, even if some file beside the sources has changed.
        let same = Bundle::read(&place.record).filter(|bundle| bundle.built == state);
        let version = format!("lib-{fingerprint}");
        let dir = match &same {
            Some(bundle) => bundle.dir.clone(),
            // Built otherwise of the same sources: the environment has changed.
            None if cache::is_whole(&place.dir.join(&version)) => {
                place.dir.join(format!("{version}-{state}"))
            }
            None => place.dir.join(version),
        };
        let file_name = |file: &PathBuf| file.file_name().unwrap_or_default().to_owned();
        let externs = built.externs(metadata).into_iter().map(|(name, artifact)| {
            let files = artifact.files().map(file_name);
            let files = files.map(|file| file.to_string_lossy().into_owned());
            (name, files.collect())
        });
        let mut bundle = Bundle {
            dir,
            library: format!("lib{}.so", place.name),
            externs: externs.collect(),
            natives: Vec::new(),
            library_folders: built.library_folders(),
            local_packages,
            fingerprint,
            built: state,
            in_use: None,
        };
        if let Some(same) = same.filter(Bundle::is_whole) {
            bundle.natives = same.natives;
            return Ok(Ok(bundle.held()));
        }
        let scratch = Scratch::new(&place.dir)?;
        for file in files {
            let to = scratch.path().join(file_name(file));
            if fs::hard_link(file, &to).is_err() {
                fs::copy(file, &to)?;
            }
        }
        (self.progress)("linking dependencies".to_owned());
        let dir = std::mem::replace(&mut bundle.dir, scratch.path().to_owned());
        bundle.natives = natives(&bundle.dir, &built)?;
        if let Err(message) = self.link(place, &bundle)? {
            return Ok(Err(message));
        }
        scratch.put(&dir)?;
        bundle.dir = dir;
        Ok(Ok(bundle.held()))
    }

    /// Makes the one library of all crates, in the bundle's folder.
    fn link(&self, place: &Place, bundle: &Bundle) -> io::Result<Result<(), String>> {
        let mut command = self.toolchain.compiler();
        self.toolchain.impose(&mut command);
        command
            .arg(place.dir.join(SOURCE))
            .args(["--crate-name", &place.name])
            .args(["--crate-type", "dylib", "--edition", "2024"])
            .args(["-Cprefer-dynamic", "-Copt-level=3", "--cap-lints", "allow"])
            .arg(format!("-Cmetadata={}", place.name))
            .arg("-o")
            .arg(bundle.library_path())
            // The loader finds what crates bring beside the library, and no use of it need be seen here.
            .arg("-Clink-arg=-Wl,-rpath,$ORIGIN")
            .arg("-Clink-arg=-Wl,--no-as-needed")
            // What `#[link]` blocks name is in the libraries of its own, and rustc would export it from this one.
            .arg("-Clink-arg=-Wl,--undefined-version")
            .args(bundle.crate_arguments());
        for folder in &bundle.library_folders {
            command.arg(format!("-Clink-arg=-Wl,-rpath,{}", folder.display()));
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let (mut child, watched) = self.interrupts.spawn(&mut command)?;
        let mut output = Vec::new();
        if let Some(mut stderr) = child.stderr.take() {
            stderr.read_to_end(&mut output)?;
        }
        drop(watched);
        let status = child.wait()?;
        Ok(if status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output).trim().to_owned())
        })
    }

    fn failed(&self, message: String) -> DepsError {
        if self.interrupts.is_requested() {
            DepsError::Interrupted
        } else {
            DepsError::Cargo(message)
        }
    }
}

/// Takes the C libraries out of the rlibs in a folder.
fn natives(dir: &Path, built: &Built) -> io::Result<Vec<String>> {
    let mut natives = Vec::new();
    for artifact in &built.artifacts {
        let file = artifact.library().and_then(|file| file.file_name());
        let Some(rlib) = file.map(|name| dir.join(name)) else {
            continue;
        };
        if rlib
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            natives.extend(natives::split(&rlib, &built.scripts)?);
        }
    }
    Ok(natives)
}

/// Removes all that was built. The folder that is empty then.
pub(crate) fn clear(
    cache_dir: &Path,
    interrupts: &Interrupts,
    progress: &dyn Fn(String),
) -> Result<PathBuf, DepsError> {
    let place = cache_dir.join("deps");
    let failed = |error| DepsError::Io {
        place: place.clone(),
        error,
    };
    let turn = Lock::wait(cache_dir, interrupts, progress).map_err(failed)?;
    let _turn = turn.ok_or(DepsError::Interrupted)?;
    cache::remove(&place).map_err(failed)?;
    Ok(place)
}

/// The library's source, in the package's folder.
const SOURCE: &str = "bundle.rs";

/// The bundle of this record, unless it has been damaged or its sources have changed.
fn usable(record: &Path) -> Option<Bundle> {
    // Held first: what is checked then stays.
    let bundle = Bundle::read(record)?.held();
    (bundle.is_whole() && bundle.is_fresh()).then_some(bundle)
}

/// What rustc says of a crate that is made for the nightly compiler.
const UNSTABLE: &str = "E0554";

/// Whether the tools failed because of what cargo had built before.
fn is_about_damage(message: &str) -> bool {
    const INVALID_METADATA: &str = "E0786";
    message.contains(INVALID_METADATA)
}

/// A name for what cargo has built.
fn state(files: &[&PathBuf]) -> io::Result<String> {
    let state = |file: &&PathBuf| -> io::Result<String> {
        let metadata = fs::metadata(file)?;
        let changed = metadata.modified()?;
        Ok(format!("{file:?} {} {changed:?}", metadata.len()))
    };
    let states = files.iter().map(state).collect::<io::Result<Vec<_>>>()?;
    Ok(cache::key(&states))
}

/// Removes all but the latest versions of a bundle, unless they are in use.
fn forget_versions(dir: &Path) -> io::Result<()> {
    let mut versions: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("lib-") {
            versions.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    versions.sort();
    let old = versions.len().saturating_sub(VERSIONS);
    for (_, version) in &versions[..old] {
        if !cache::is_in_use(version) {
            fs::remove_dir_all(version)?;
        }
    }
    Ok(())
}
