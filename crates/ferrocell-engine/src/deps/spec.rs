//! What `:dep` says.

use std::path::Path;
use std::{fs, io};

use thiserror::Error;
use toml::{Table, Value};

/// A dependency as a manifest has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spec {
    /// The name under which cells use it, as written (`-` and all).
    pub(crate) name: String,
    /// The value behind the name in `[dependencies]`, with absolute paths.
    pub(crate) value: Value,
}

/// Why a `:dep` line cannot be understood.
#[derive(Debug, Error)]
pub(crate) enum SpecError {
    /// Nothing behind `:dep`.
    #[error("`:dep` needs a crate, for example `:dep rand = \"0.9\"`")]
    Empty,
    /// It is not a line of a manifest.
    #[error(
        "`:dep {line}` is not a line of a Cargo.toml: {reason}. Write it as in [dependencies], for example `:dep rand = \"0.9\"`"
    )]
    Syntax {
        /// What was written.
        line: String,
        /// What the parser expected.
        reason: String,
    },
    /// A folder without a package.
    #[error(
        "cannot read the package in {path}: {reason}. The path is relative to the notebook's folder"
    )]
    Path {
        /// The folder.
        path: String,
        /// Why not.
        reason: String,
    },
}

impl Spec {
    /// Reads what stands behind `:dep`. Relative paths start from `working_dir`.
    pub(crate) fn parse(line: &str, working_dir: &Path) -> Result<Self, SpecError> {
        let line = line.trim();
        let syntax = |reason: String| SpecError::Syntax {
            line: line.to_owned(),
            reason,
        };
        if line.is_empty() {
            return Err(SpecError::Empty);
        }
        if line.starts_with(['.', '/']) {
            let mut value = Table::new();
            value.insert("path".to_owned(), Value::String(line.to_owned()));
            let path = absolute(&mut value, working_dir)?.unwrap_or_default();
            return Ok(Self {
                name: package_name(Path::new(&path))?,
                value: Value::Table(value),
            });
        }
        if !line.contains('=') {
            return match line.split_whitespace().collect::<Vec<_>>()[..] {
                [name] => Ok(Self {
                    name: name.to_owned(),
                    value: Value::String("*".to_owned()),
                }),
                _ => Err(syntax("a name and a version are expected".to_owned())),
            };
        }
        let table: Table = line
            .parse()
            .map_err(|error: toml::de::Error| syntax(error.message().to_owned()))?;
        let mut entries = table.into_iter();
        let (Some((name, mut value)), None) = (entries.next(), entries.next()) else {
            return Err(syntax("one crate per line is expected".to_owned()));
        };
        match &mut value {
            Value::String(_) => {}
            Value::Table(table) => {
                absolute(table, working_dir)?;
            }
            _ => return Err(syntax("a version or a table is expected".to_owned())),
        }
        Ok(Self { name, value })
    }

    /// The name of the package, which may be used under another name.
    pub(crate) fn package(&self) -> &str {
        self.value
            .get("package")
            .and_then(Value::as_str)
            .unwrap_or(&self.name)
    }

    /// What it says about the version, if anything.
    pub(crate) fn version(&self) -> Option<&str> {
        let version = self.value.get("version").unwrap_or(&self.value);
        version.as_str()
    }

    /// The name that code uses.
    pub(crate) fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Whether both mean the same crate, which a package cannot have under two names.
    pub(crate) fn is_same_crate(&self, other: &Self) -> bool {
        let source = |spec: &Self| match &spec.value {
            Value::Table(table) => {
                ["path", "git", "version"].map(|key| table.get(key).map(Value::to_string))
            }
            version => [None, None, Some(version.to_string())],
        };
        self.package() == other.package() && source(self) == source(other)
    }

    /// The spec with one more feature.
    pub(crate) fn with_feature(&self, feature: &str) -> Self {
        let mut table = match &self.value {
            Value::Table(table) => table.clone(),
            version => Table::from_iter([("version".to_owned(), version.clone())]),
        };
        let features = table
            .entry("features")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(features) = features {
            features.push(Value::String(feature.to_owned()));
        }
        Self {
            name: self.name.clone(),
            value: Value::Table(table),
        }
    }
}

/// Makes the path of a spec absolute, and returns it.
fn absolute(table: &mut Table, working_dir: &Path) -> Result<Option<String>, SpecError> {
    let Some(Value::String(path)) = table.get_mut("path") else {
        return Ok(None);
    };
    let failed = |path: &str, error: io::Error| SpecError::Path {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let found = working_dir
        .join(&*path)
        .canonicalize()
        .map_err(|error| failed(path, error))?;
    *path = found.to_string_lossy().into_owned();
    Ok(Some(path.clone()))
}

fn package_name(path: &Path) -> Result<String, SpecError> {
    let failed = |reason: String| SpecError::Path {
        path: path.display().to_string(),
        reason,
    };
    let manifest =
        fs::read_to_string(path.join("Cargo.toml")).map_err(|error| failed(error.to_string()))?;
    let manifest: Table = manifest
        .parse()
        .map_err(|error: toml::de::Error| failed(error.message().to_owned()))?;
    let name = manifest
        .get("package")
        .and_then(|package| package.get("name"))
        .and_then(Value::as_str);
    name.map(str::to_owned)
        .ok_or_else(|| failed("its Cargo.toml has no package name".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let shown = match Spec::parse(line, Path::new("/")) {
            Ok(spec) => format!(
                "{} ({}) = {}",
                spec.crate_name(),
                spec.package(),
                spec.value
            ),
            Err(error) => error.to_string(),
        };
        assert!(shown.starts_with(expected), "{shown}");
    }

    #[test]
    fn lines_are_read_as_in_a_manifest() {
        check("rand = \"0.9\"", "rand (rand) = \"0.9\"");
        check("serde-json", "serde_json (serde-json) = \"*\"");
        check(
            "r = { package = \"rand\", version = \"0.9\" }",
            "r (rand) = {",
        );
        check(
            "tmp = { path = \"tmp\" }",
            "tmp (tmp) = { path = \"/tmp\" }",
        );
        check("", "`:dep` needs a crate");
        check(
            "a b",
            "`:dep a b` is not a line of a Cargo.toml: a name and a version are expected",
        );
        check(
            "x = 1",
            "`:dep x = 1` is not a line of a Cargo.toml: a version or a table is expected",
        );
        check(
            "./nowhere",
            "cannot read the package in ./nowhere: No such file",
        );
    }
}
