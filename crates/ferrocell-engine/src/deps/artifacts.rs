//! What cargo has built, and which of it a notebook's code needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::metadata::Metadata;

/// A library that cargo has built.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Artifact {
    /// The package.
    pub(super) package_id: String,
    /// The target in it.
    pub(super) target: Target,
    profile: Profile,
    filenames: Vec<PathBuf>,
}

/// A target of a package.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Target {
    /// Its name; for libraries that of the crate.
    pub(super) name: String,
    kind: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Profile {
    opt_level: String,
}

/// What a build script asks the linker for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Script {
    linked_libs: Vec<String>,
    linked_paths: Vec<String>,
}

/// All that came out of a build.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// Libraries.
    pub(super) artifacts: Vec<Artifact>,
    /// What build scripts said.
    pub(super) scripts: Vec<Script>,
}

impl Artifact {
    /// The files that rustc wants to be pointed to, if code can name the crate: the library, and what it says of the
    /// crate where that is a file of its own. Cargo may leave it out of the library.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let library = self.library();
        let about = library.and_then(|library| {
            let mut files = self.filenames.iter();
            files.find(|file| **file == library.with_extension("rmeta"))
        });
        library.into_iter().chain(about)
    }

    /// The library, if code can name the crate.
    pub(super) fn library(&self) -> Option<&PathBuf> {
        let is_a = |kinds: &[&str]| {
            let mut own = self.target.kind.iter();
            own.any(|kind| kinds.contains(&kind.as_str()))
        };
        // What build scripts use may be there a second time, for others. Only that is not optimised.
        let kind = if is_a(&["proc-macro"]) {
            "so"
        } else if is_a(&["lib", "rlib"]) && self.profile.opt_level != "0" {
            // A crate that is meant for other languages as well is another file.
            "rlib"
        } else {
            return None;
        };
        let is_it = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == kind);
        self.filenames.iter().find(is_it)
    }
}

impl Script {
    /// The dynamic libraries that go with the package's own code.
    pub(super) fn dynamic_libraries(&self) -> impl Iterator<Item = &str> {
        self.linked_libs.iter().filter_map(|library| {
            let (kind, name) = library.split_once('=').unwrap_or(("dylib", library));
            kind.starts_with("dylib").then_some(name)
        })
    }

    /// Where libraries are.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.linked_paths.iter().map(|path| {
            let (_, folder) = path.split_once('=').unwrap_or(("", path));
            Path::new(folder)
        })
    }
}

impl Built {
    /// Where the linker finds libraries.
    pub(super) fn library_folders(&self) -> Vec<PathBuf> {
        let folders: BTreeSet<PathBuf> = self
            .scripts
            .iter()
            .flat_map(Script::folders)
            .map(Path::to_owned)
            .collect();
        folders.into_iter().collect()
    }

    /// The artifacts of all crates that code may name: those asked for, and those behind them, whose types may be a
    /// variable's.
    pub(super) fn externs(&self, metadata: &Metadata) -> BTreeMap<String, &Artifact> {
        let libraries = || {
            let artifacts = self.artifacts.iter();
            artifacts.filter(|artifact| artifact.library().is_some())
        };
        let mut externs: BTreeMap<_, _> = libraries()
            .map(|artifact| (artifact.target.name.replace('-', "_"), artifact))
            .collect();
        externs.extend(metadata.direct().into_iter().filter_map(|(name, package)| {
            let artifact = libraries().find(|artifact| artifact.package_id == package)?;
            Some((name, artifact))
        }));
        externs
    }
}
