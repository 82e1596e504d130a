//! The package that the server is shown.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::ahead::Basis;
use crate::compiler::paths::DISPLAY;
use crate::settings::Edition;
use crate::toolchain::write_display_package;

/// The file that holds the session's program, in the package's folder.
pub(super) const FILE: &str = "notebook.rs";

/// What a package is made from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Workspace {
    edition: Edition,
    /// The folder of the bundle's package, if there are dependencies.
    bundle: Option<PathBuf>,
}

impl Workspace {
    /// What the program of a session needs.
    pub(super) fn of(basis: &Basis) -> Self {
        let bundle = basis.state.bundle.as_ref();
        Self {
            edition: basis.state.settings.edition,
            bundle: bundle.and_then(|bundle| Some(bundle.dir.parent()?.to_owned())),
        }
    }

    /// Writes the package. The program's file is made if it is not there; the server is told of each change itself.
    pub(super) fn write(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        if !dir.join(FILE).exists() {
            fs::write(dir.join(FILE), "")?;
        }
        let mut manifest = toml::Table::new();
        if let Some(bundle) = &self.bundle {
            // Cargo resolved this one, so that nothing has to be looked up.
            fs::copy(bundle.join("Cargo.lock"), dir.join("Cargo.lock"))?;
            let text = fs::read_to_string(bundle.join("Cargo.toml"))?;
            manifest = text.parse().map_err(io::Error::other)?;
        }
        let own = table([
            ("name", toml::Value::from("notebook")),
            ("version", "0.0.0".into()),
            ("edition", self.edition.name().into()),
        ]);
        manifest.insert("package".into(), own.into());
        manifest.insert("workspace".into(), table([]).into());
        manifest.insert("lib".into(), table([("path", FILE.into())]).into());
        let dependencies = manifest
            .entry("dependencies")
            .or_insert_with(|| table([]).into());
        if let Some(dependencies) = dependencies.as_table_mut()
            && !dependencies.contains_key(DISPLAY)
        {
            write_display_package(&dir.join(DISPLAY))?;
            let path = table([("path", DISPLAY.into())]);
            dependencies.insert(DISPLAY.into(), path.into());
        }
        fs::write(dir.join("Cargo.toml"), manifest.to_string())
    }
}

fn table<const N: usize>(entries: [(&str, toml::Value); N]) -> toml::Table {
    let entries = entries.into_iter();
    entries
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
