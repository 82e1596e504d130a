//! The package that a notebook is to those who read Cargo's variables: crates, derives, and the user's own `env!`.

use std::env;
use std::path::Path;
use std::process::Command;

/// Set, as on evcxr, where code of a notebook is built or runs.
const IS_RUNTIME: (&str, &str) = ("EVCXR_IS_RUNTIME", "1");

/// What Cargo tells about a package beyond its name and version. A notebook says nothing of it.
const UNSAID: [&str; 9] = [
    "AUTHORS",
    "DESCRIPTION",
    "HOMEPAGE",
    "LICENSE",
    "LICENSE_FILE",
    "README",
    "REPOSITORY",
    "RUST_VERSION",
    "VERSION_PRE",
];

/// Describes the notebook in `folder` to a process, which learns nothing of the package that this program was built from.
pub(crate) fn describe(command: &mut Command, folder: &Path) {
    forget(command);
    let name = name(folder);
    command
        .env("CARGO_CRATE_NAME", name.replace('-', "_"))
        .env("CARGO_MANIFEST_DIR", folder)
        .env("CARGO_MANIFEST_PATH", folder.join("Cargo.toml"))
        .env("CARGO_PKG_NAME", name)
        .env("CARGO_PKG_VERSION", "0.1.0")
        .env("CARGO_PKG_VERSION_MAJOR", "0")
        .env("CARGO_PKG_VERSION_MINOR", "1")
        .env("CARGO_PKG_VERSION_PATCH", "0")
        .envs(UNSAID.map(|field| (format!("CARGO_PKG_{field}"), "")));
}

/// Keeps from a process what Cargo told this program about the package that it was built from.
pub(crate) fn forget(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_of_a_package) {
            command.env_remove(name);
        }
    }
    command.env(IS_RUNTIME.0, IS_RUNTIME.1);
}

fn is_of_a_package(variable: &str) -> bool {
    const NAMES: [&str; 5] = [
        "CARGO",
        "CARGO_CRATE_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_TMPDIR",
        "OUT_DIR",
    ];
    const PREFIXES: [&str; 4] = ["CARGO_BIN_", "CARGO_CFG_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    NAMES.contains(&variable) || PREFIXES.iter().any(|prefix| variable.starts_with(prefix))
}

/// A package's name made of the notebook's, which a Jupyter server tells its kernels, or of its folder's.
fn name(folder: &Path) -> String {
    let notebook = env::var("JPY_SESSION_NAME").unwrap_or_default();
    let notebook = notebook
        .strip_suffix(".ipynb")
        .and_then(|path| Path::new(path).file_name());
    let name = notebook.or(folder.file_name()).unwrap_or_default();
    package_name(&name.to_string_lossy())
}

/// The characters of a package's name, which does not begin with a digit.
fn package_name(text: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || c == '_';
    let words = text.split(|c| !allowed(c)).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    match name.chars().next() {
        Some(first) if !first.is_numeric() => name,
        Some(_) => format!("notebook-{name}"),
        None => "notebook".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::package_name;

    #[test]
    fn any_file_name_makes_a_package_name() {
        for (text, name) in [
            ("analysis", "analysis"),
            ("My  notes (2)", "My-notes-2"),
            ("01_start", "notebook-01_start"),
            ("größe", "größe"),
            (".", "notebook"),
        ] {
            assert_eq!(package_name(text), name, "{text}");
        }
    }
}
