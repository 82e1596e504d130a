//! Turns the cells of a Rust notebook into shared objects and runs them.

mod api;

pub use api::*;
