//! A notebook file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nbformat::v4;

use crate::rust_kernel;

/// A notebook of format 4.5 and the place that it was read from.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) notebook: v4::Notebook,
}

impl Document {
    /// Reads a notebook; older formats are brought to 4.5 in memory.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let read = || -> Result<v4::Notebook> {
            let text = fs::read_to_string(path)?;
            Ok(match nbformat::parse_notebook(&text)? {
                nbformat::Notebook::V4(notebook) => notebook,
                nbformat::Notebook::V4QuirksMode(quirks) => quirks.repair(),
                nbformat::Notebook::Legacy(notebook) => {
                    nbformat::upgrade_legacy_notebook(notebook)?
                }
                nbformat::Notebook::V3(notebook) => nbformat::upgrade_v3_notebook(notebook)?,
                other => anyhow::bail!("an unknown notebook format: {other:?}"),
            })
        };
        Ok(Self {
            notebook: read().with_context(|| format!("{} cannot be read", path.display()))?,
            path: path.into(),
        })
    }

    /// Writes the notebook as format 4.5.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let write = || -> Result<()> {
            let notebook = nbformat::Notebook::V4(self.notebook.clone());
            fs::write(path, nbformat::serialize_notebook(&notebook)?)?;
            Ok(())
        };
        write().with_context(|| format!("{} cannot be written", path.display()))
    }

    /// The folder in which the notebook's kernel runs.
    pub(crate) fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        }
    }

    /// The language of its code, by its metadata.
    pub(crate) fn language(&self) -> Option<&str> {
        let metadata = &self.notebook.metadata;
        let named = metadata
            .kernelspec
            .as_ref()
            .and_then(|spec| spec.language.as_ref());
        let named = named.or(metadata.language_info.as_ref().map(|info| &info.name));
        named.map(String::as_str)
    }

    /// The kernel that the notebook is for: this program's own for any Rust, else the one that its metadata names.
    pub(crate) fn kernel_name(&self) -> Result<&str> {
        let language = self.language();
        if language.is_some_and(|language| language.eq_ignore_ascii_case("rust")) {
            return Ok(rust_kernel::NAME);
        }
        let kernelspec = self.notebook.metadata.kernelspec.as_ref();
        kernelspec.map(|spec| spec.name.as_str()).with_context(|| {
            format!(
                "{} names no kernel in its metadata; choose one with --kernel",
                self.path.display()
            )
        })
    }
}

/// Whether the cell holds code.
pub(crate) fn is_code(cell: &v4::Cell) -> bool {
    matches!(cell, v4::Cell::Code { .. })
}
