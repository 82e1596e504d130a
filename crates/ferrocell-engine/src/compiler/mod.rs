//! From a cell to a shared object: what it needs and changes, the crate that is generated for it, and what rustc says of that.
//! No process is started here but the compiler's.

pub(crate) mod adjustments;
pub(crate) mod boxing;
pub(crate) mod build;
pub(crate) mod diagnostics;
pub(crate) mod editions;
pub(crate) mod error;
pub(crate) mod explain;
pub(crate) mod files;
pub(crate) mod generate;
pub(crate) mod mir;
pub(crate) mod paths;
#[cfg(test)]
mod pipeline_tests;
pub(crate) mod plan;
pub(crate) mod rustc;
pub(crate) mod source_map;
pub(crate) mod state;
pub(crate) mod type_names;
pub(crate) mod versions;
