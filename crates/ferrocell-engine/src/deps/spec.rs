//! What `:dep` says.

use std::fs;
use std::path::Path;

use thiserror::Error;
use toml::{Table, Value};

use super::{path, spelling};

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
        let line = spelling::without_comment(line);
        let syntax = |reason: String| SpecError::Syntax {
            line: line.to_owned(),
            reason,
        };
        if line.is_empty() {
            return Err(SpecError::Empty);
        }
        let unquoted = line.trim_matches(['"', '\'']);
        if path::is_path(unquoted) {
            let path = absolute(unquoted, working_dir)?;
            return Ok(Self {
                name: package_name(Path::new(&path))?,
                value: Value::Table(Table::from_iter([("path".to_owned(), path.into())])),
            });
        }
        if let Some(spec) = Self::short(unquoted) {
            return Ok(spec);
        }
        if !line.contains('=') {
            return Err(syntax("a name and a version are expected".to_owned()));
        }
        let table: Table = spelling::quote_versions(line)
            .parse()
            .map_err(|error: toml::de::Error| syntax(error.message().to_owned()))?;
        let mut entries = table.into_iter();
        let (Some((name, mut value)), None) = (entries.next(), entries.next()) else {
            return Err(syntax("one crate per line is expected".to_owned()));
        };
        match &mut value {
            Value::String(_) => {}
            Value::Table(table) => {
                spelling::as_cargo_has_it(table);
                if let Some(Value::String(path)) = table.get_mut("path") {
                    *path = absolute(path, working_dir)?;
                }
            }
            _ => return Err(syntax("a version or a table is expected".to_owned())),
        }
        let spec = Self { name, value };
        match [&spec.name, spec.package()]
            .iter()
            .find(|name| !is_name(name))
        {
            Some(name) => Err(syntax(format!("`{name}` cannot be the name of a crate"))),
            None => Ok(spec),
        }
    }

    /// `name` or `name@1.0`.
    fn short(line: &str) -> Option<Self> {
        let (name, version) = line.split_once('@').unwrap_or((line, "*"));
        let is_short = is_name(name) && !version.contains(char::is_whitespace);
        is_short.then(|| Self::newest(name).with("version", version))
    }

    /// The crate of this name, in its newest version.
    pub(crate) fn newest(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: Value::String("*".to_owned()),
        }
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
        let mut spec = self.clone();
        let features = spec
            .table()
            .entry("features")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(features) = features {
            features.push(feature.into());
        }
        spec
    }

    /// The spec with another value of a key.
    fn with(mut self, key: &str, value: &str) -> Self {
        if key == "version" && self.value.is_str() {
            self.value = value.into();
        } else {
            self.table().insert(key.to_owned(), value.into());
        }
        self
    }

    /// Its value as a table, which a version alone becomes.
    fn table(&mut self) -> &mut Table {
        if let Value::String(version) = &self.value {
            let version = Value::String(version.clone());
            self.value = Value::Table(Table::from_iter([("version".to_owned(), version)]));
        }
        self.value
            .as_table_mut()
            .expect("a spec is a version or a table")
    }

    /// Finds the crate under the name that cargo proposes, if that differs only by `-` and `_`. Whether it does.
    pub(crate) fn respell(&mut self, message: &str) -> bool {
        let searched = format!("`{}`", self.package());
        if !message.contains(&searched) {
            return false;
        }
        let same = |name: &str| name.replace('-', "_") == self.package().replace('-', "_");
        let mut words = message.split(|c| !is_of_name(c));
        match words.find(|word| same(word) && *word != self.package()) {
            Some(name) => {
                *self = self.clone().with("package", name);
                true
            }
            None => false,
        }
    }
}

/// Whether a crate can have this name, as far as its characters tell.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_of_name)
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// The absolute path that is meant.
fn absolute(text: &str, working_dir: &Path) -> Result<String, SpecError> {
    let path = path::resolve(text, working_dir).map_err(|reason| SpecError::Path {
        path: text.to_owned(),
        reason,
    })?;
    Ok(path.to_string_lossy().into_owned())
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
    use proptest::prelude::*;

    use super::*;
    use crate::any_text::{config, texts_of};

    const PIECES: &[&str] = &[
        "rand",
        "serde-json",
        "é",
        "日本",
        "\u{2028}",
        " ",
        "=",
        " = ",
        "\"",
        "'",
        "\"0.9\"",
        "0.10",
        "*",
        "@",
        "@1.2",
        "{",
        "}",
        "[",
        "]",
        ",",
        ";",
        "#",
        "//",
        "/*",
        ".",
        "..",
        "/",
        "~",
        "~/",
        "$HOME",
        "$",
        "${",
        "path",
        "version = \"1\"",
        "features = [\"a\"]",
        "default_features",
        "git = ",
        "package = \"x\"",
        "optional = true",
        "workspace = true",
        "\\",
        "\r",
    ];

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
        check("rand = 0.10 # the newest", "rand (rand) = \"0.10\"");
        check("rand@0.9.1", "rand (rand) = \"0.9.1\"");
        check("\"rand\" = '0.9'; // for dice", "rand (rand) = \"0.9\"");
        check("rand = >=0.8, <0.10", "rand (rand) = \">=0.8, <0.10\"");
        check("rand = “0.9”", "rand (rand) = \"0.9\"");
        check(
            "s = { version = 1.0.2, package = \"serde\", default_features = false, features = \"derive, rc\" }",
            "s (serde) = { default-features = false, features = [\"derive\", \"rc\"], package = \"serde\", version = \"1.0.2\" }",
        );
        check(
            "x = { git = \"https://example.org/x#1\", branch = \"main\",\n  features = [\"a\",], }",
            "x (x) = { branch = \"main\", features = [\"a\"], git = \"https://example.org/x#1\" }",
        );
        check(
            "tmp = { path = \"$TMPDIR_OF_NOBODY/x\" }",
            "cannot read the package in $TMPDIR_OF_NOBODY/x: the variable TMPDIR_OF_NOBODY is not set",
        );
        check(
            "h = { path = \"~\" }",
            &format!("h (h) = {{ path = \"{}\" }}", env!("HOME")),
        );
        check(
            "h = { path = \"${HOME}/.\" }",
            &format!("h (h) = {{ path = \"{}\" }}", env!("HOME")),
        );
        check("", "`:dep` needs a crate");
        check(
            "@",
            "`:dep @` is not a line of a Cargo.toml: a name and a version are expected",
        );
        check(
            "\"a b\" = \"1\"",
            "`:dep \"a b\" = \"1\"` is not a line of a Cargo.toml: `a b` cannot be the name of a crate",
        );
        check(
            "a b",
            "`:dep a b` is not a line of a Cargo.toml: a name and a version are expected",
        );
        check("x = 1", "x (x) = \"1\"");
        check(
            "x = true",
            "`:dep x = true` is not a line of a Cargo.toml: a version or a table is expected",
        );
        check(
            "./nowhere",
            "cannot read the package in ./nowhere: No such file",
        );
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_line_is_read_or_refused(line in texts_of(PIECES)) {
            if let Ok(spec) = Spec::parse(line.trim(), Path::new("/")) {
                spec.crate_name();
                spec.version();
                spec.with_feature("rt");
                prop_assert!(is_name(&spec.name) && is_name(spec.package()), "{line}");
            }
        }
    }
}
