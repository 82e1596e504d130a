//! What cargo tells of packages and what they depend on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What `cargo metadata` tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// All packages.
    pub(crate) packages: Vec<Package>,
    resolve: Resolve,
}

/// A package.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its identity.
    pub(crate) id: String,
    name: String,
    /// Where it came from; nothing for local ones.
    pub(crate) source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    root: Option<String>,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dep>,
}

#[derive(Debug, Deserialize)]
struct Dep {
    name: String,
    pkg: String,
}

impl Metadata {
    /// The packages that the root depends on, by the names it uses for them.
    pub(crate) fn direct(&self) -> BTreeMap<String, String> {
        let root = self.resolve.root.as_deref();
        let node = self
            .resolve
            .nodes
            .iter()
            .find(|node| Some(node.id.as_str()) == root);
        node.into_iter()
            .flat_map(|node| &node.deps)
            .map(|dep| (dep.name.clone(), dep.pkg.clone()))
            .collect()
    }

    /// Whether the root uses the library of this package.
    pub(crate) fn asks_for(&self, package: &str) -> bool {
        let direct = self.direct();
        let mut used = direct.values();
        used.any(|id| {
            let mut packages = self.packages.iter();
            packages.any(|other| other.id == *id && other.name == package)
        })
    }

    /// The crates of packages that have a toolchain file of their own which asks for the nightly compiler, separated by
    /// commas.
    pub(crate) fn made_for_nightly(&self) -> String {
        let asks = |package: &&Package| {
            ["rust-toolchain", "rust-toolchain.toml"]
                .iter()
                .any(|name| {
                    let text = fs::read_to_string(package.manifest_path.with_file_name(name));
                    text.is_ok_and(|text| text.contains("nightly"))
                })
        };
        let names = self.packages.iter().filter(asks);
        let names: Vec<_> = names
            .map(|package| package.name.replace('-', "_"))
            .collect();
        names.join(",")
    }

    /// How many packages are to be built.
    pub(crate) fn count(&self) -> usize {
        self.resolve.nodes.len().saturating_sub(1)
    }

    /// Whether this is the package that asks for the others.
    pub(crate) fn is_root(&self, package: &str) -> bool {
        self.resolve.root.as_deref() == Some(package)
    }

    /// The folders of local packages, without the root.
    pub(crate) fn local_packages(&self) -> Vec<PathBuf> {
        let is_local = |package: &&Package| package.source.is_none() && !self.is_root(&package.id);
        self.packages
            .iter()
            .filter(is_local)
            .filter_map(|package| package.manifest_path.parent().map(Path::to_owned))
            .collect()
    }
}
