//! From a cell to a shared object: what it needs and changes, the crate that is generated for it, and what rustc says of that.
//! No process is started here but the compiler's.

mod adjustments;
mod artifact;
pub(crate) mod artifacts;
pub(crate) mod attempt;
mod beside;
mod boxing;
pub(crate) mod build;
pub(crate) mod canonical;
pub(crate) mod diagnostics;
mod editions;
pub(crate) mod error;
pub(crate) mod explain;
pub(crate) mod files;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod generate;
mod learn;
mod mir;
pub(crate) mod paths;
pub(crate) mod pipeline;
#[cfg(test)]
mod pipeline_tests;
pub(crate) mod plan;
mod python;
pub(crate) mod rustc;
#[cfg(test)]
mod sanitizer_tests;
pub(crate) mod sharing;
pub(crate) mod size;
pub(crate) mod source_map;
pub(crate) mod state;
pub(crate) mod type_names;
mod versions;

#[cfg(any(test, fuzzing))]
pub use fuzz::fuzz_cells;
