//! Turns the cells of a Rust notebook into shared objects and runs them.
//!
//! A cell goes through one pipeline, each step of which takes values and returns values:
//!
//! ```text
//! text ─ cell ─▶ items, statements, tail ─ plan ─▶ what it needs and changes ─ generate ─▶ a crate ─ build ─▶ an object ─ run ─▶ Outcome
//! ```
//!
//! What the session remembers between cells is plain data and is replaced only after success, so a cell that does not
//! compile changes nothing. Files, processes and sockets are touched at the edges only: by the compiler's caller, by
//! the dependencies' builder and by the process that runs cells.
//!
//! This crate knows nothing of Jupyter.

mod ahead;
mod analyzer;
#[cfg(test)]
mod any_text;
mod api;
mod cell;
mod compiler;
mod controls;
mod deps;
mod directives;
mod error;
mod host_path;
mod interrupts;
mod program;
mod query;
mod session;
mod settings;
mod toolchain;

pub use api::*;
#[cfg(any(test, fuzzing))]
pub use compiler::fuzz_cells;
pub use controls::Controls;
pub use directives::dependencies;
pub use query::Queries;
#[cfg(any(test, fuzzing))]
pub use query::fuzz_directives;
pub use session::{Session, StartError};
pub use toolchain::write_display_package;
