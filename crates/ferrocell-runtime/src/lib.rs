//! What lives beside the user's code in the process that runs a notebook's cells.
//!
//! The engine compiles this crate once per toolchain, with the user's own rustc, into one dynamic library that all cells
//! share. It owns the notebook's variables between cells, shows values, and turns panics into reports. Only generated
//! code calls it. It depends on nothing but std, and knows nothing of what a cell looks like or of who listens.

mod block_on;
mod checkpoint;
mod environment;
mod failure;
mod host;
mod interrupt;
mod never;
mod panics;
mod run;
mod shield;
mod show;
mod size;
mod stdout;
mod store;

/// The name and text of each file of this crate, for the engine; only in the crate that Cargo builds.
#[cfg(exports_sources)]
pub const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

pub use block_on::block_on;
pub use checkpoint::checkpoint;
pub use failure::{ByDebug, ByDisplay, ByPretty, Failure};
pub use never::{Never, ReturnType};
pub use run::{Body, run};
pub use shield::Shield;
pub use show::{
    Chain, DebugText, Fallback, Finds, Finish, Found, Missing, Step, Stop, Text, Through, TypeText,
    Value, chain, formatted, show, show_rich,
};
pub use size::{Held, SizeAlone, SizeWithHeap, tell_size};
pub use stdout::flush;
pub use store::{Slot, forget, restore, share, shared, slot, take};
