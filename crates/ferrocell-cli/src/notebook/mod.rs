//! A notebook on disk and in memory: reading, writing, and what its cells' metadata asks for.
//!
//! Knows the [notebook format](https://nbformat.readthedocs.io/en/latest/format_description.html); never runs anything.

mod cell_options;
mod document;
mod outputs;
mod parameters;

pub(crate) use cell_options::CellOptions;
pub(crate) use document::{Document, is_code};
pub(crate) use outputs::Outputs;
pub(crate) use parameters::{Parameter, inject};
