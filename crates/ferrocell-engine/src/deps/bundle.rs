//! All dependencies of a session as one dynamic library, kept in the cache.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::sources::fingerprint;
use crate::cache;

/// A bundle that was built. All its files lie in one folder, which never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bundle {
    /// The folder.
    pub(crate) dir: PathBuf,
    /// The library's file name.
    pub(crate) library: String,
    /// The file of each crate that code can name, by the name it uses.
    pub(crate) externs: BTreeMap<String, String>,
    /// The folders of packages whose sources may change.
    pub(crate) local_packages: Vec<PathBuf>,
    /// What [`fingerprint`] said of them.
    pub(crate) fingerprint: String,
}

impl Bundle {
    /// Reads the record of a bundle, if it is there.
    pub(crate) fn read(record: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(record).ok()?).ok()
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
        let mut arguments = vec![
            "-L".to_owned(),
            format!("dependency={}", self.dir.display()),
            "--extern".to_owned(),
            format!("ferrocell_deps={}", self.library_path().display()),
        ];
        for (name, file) in &self.externs {
            arguments.extend([
                "--extern".to_owned(),
                format!("{name}={}", self.dir.join(file).display()),
            ]);
        }
        arguments
    }

    /// The crates that another bundle has in another form, so that values of their types cannot be carried over.
    pub(crate) fn changed_crates(&self, next: &Self) -> Vec<String> {
        let changed = self
            .externs
            .iter()
            .filter(|(name, file)| next.externs.get(*name) != Some(file));
        changed.map(|(name, _)| name.clone()).collect()
    }
}
