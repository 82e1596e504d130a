//! All dependencies of a session as one dynamic library, kept in the cache.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sources::fingerprint;
use crate::toolchain::cache;

/// A bundle that was built. All its files lie in one folder, which never changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// The folder.
    pub(crate) dir: PathBuf,
    /// The library's file name.
    pub(crate) library: String,
    /// The files of each crate that code can name, by the name it uses.
    pub(crate) externs: BTreeMap<String, Vec<String>>,
    /// The C libraries that crates brought.
    pub(crate) natives: Vec<String>,
    /// Where the linker finds libraries of the system that crates use.
    pub(crate) library_folders: Vec<PathBuf>,
    /// The folders of packages whose sources may change.
    pub(crate) local_packages: Vec<PathBuf>,
    /// What [`fingerprint`] said of them when cargo last looked at them.
    pub(crate) fingerprint: String,
    /// What cargo had built.
    pub(super) built: String,
    /// Keeps the folder from being removed.
    #[serde(skip)]
    pub(super) in_use: Option<Arc<File>>,
}

impl Bundle {
    /// Reads the record of a bundle, if it is there.
    pub(crate) fn read(record: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(record).ok()?).ok()
    }

    /// Writes the record.
    pub(crate) fn write(&self, record: &Path) -> io::Result<()> {
        let aside = record.with_extension("new");
        fs::write(&aside, serde_json::to_vec_pretty(self)?)?;
        fs::rename(&aside, record)
    }

    /// Keeps its files from being removed as long as it, or a copy of it, is there.
    pub(crate) fn held(mut self) -> Self {
        // Where a cleaner has taken the lock, nobody can tell that it may go either.
        self.in_use = cache::hold(&self.dir).ok().map(Arc::new);
        self
    }

    /// Whether its files are those that were built.
    pub(crate) fn is_whole(&self) -> bool {
        cache::is_whole(&self.dir)
    }

    /// Whether it is not older than its sources.
    pub(crate) fn is_fresh(&self) -> bool {
        fingerprint(&self.local_packages).is_ok_and(|now| now == self.fingerprint)
    }

    /// The dynamic library.
    pub(crate) fn library_path(&self) -> PathBuf {
        self.dir.join(&self.library)
    }

    /// What rustc has to be told.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let library = format!("ferrocell_deps={}", self.library_path().display());
        let mut arguments = self.crate_arguments();
        arguments.extend(["--extern".to_owned(), library]);
        arguments
    }

    /// What rustc has to be told of the crates alone.
    pub(crate) fn crate_arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        let dependencies = format!("dependency={}", self.dir.display());
        let folders = self
            .library_folders
            .iter()
            .map(|folder| format!("native={}", folder.display()));
        for place in folders.chain([dependencies]) {
            arguments.extend(["-L".to_owned(), place]);
        }
        for (name, files) in &self.externs {
            for file in files {
                let file = self.dir.join(file);
                arguments.extend(["--extern".to_owned(), format!("{name}={}", file.display())]);
            }
        }
        for native in &self.natives {
            arguments.push(format!("-Clink-arg={}", self.dir.join(native).display()));
        }
        arguments
    }

    /// The crates that another bundle has in another form, so that values of their types cannot be carried over.
    pub(crate) fn changed_crates(&self, next: &Self) -> Vec<String> {
        let changed = self
            .externs
            .iter()
            .filter(|(name, files)| next.externs.get(*name) != Some(files));
        changed.map(|(name, _)| name.clone()).collect()
    }
}
