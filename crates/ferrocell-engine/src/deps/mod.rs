//! The crates that a notebook asks for.
//!
//! All of them are built as one dynamic library, so that each exists once in the user's process, however many cells use
//! it. Bundles are kept in the cache and shared by all sessions: one that was built before costs nothing but a look.

mod artifacts;
mod bundle;
mod bundle_builder;
mod cargo;
mod lock;
mod manifest;
mod metadata;
mod natives;
mod path;
mod sources;
mod spec;
mod spelling;

use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub(crate) use bundle::Bundle;
pub(crate) use bundle_builder::{BundleBuilder, clear};
use lock::Lock;
pub(crate) use spec::{Spec, SpecError};

/// Why dependencies are not there.
#[derive(Debug, Error)]
pub(crate) enum DepsError {
    /// The line is wrong.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Cargo says no.
    #[error("{0}")]
    Cargo(String),
    /// Files.
    #[error(
        "cannot keep dependencies in {place}: {error}. Is the disk full, or the folder not writable? \
         `FERROCELL_CACHE_DIR` chooses another"
    )]
    Io {
        /// The folder.
        place: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// Stopped.
    #[error("interrupted before dependencies were built; the earlier ones still work")]
    Interrupted,
}
