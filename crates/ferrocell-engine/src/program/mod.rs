//! The user's program: the process that runs cells, and what it reports.

mod error;
mod evcxr_stream;
mod host_process;
pub(crate) mod panics;
mod questions;
mod reader;
mod report;
mod snapshot;
mod supervision;
pub(crate) mod symbols;
pub(crate) mod table;

pub(crate) use error::HostError;
pub(crate) use host_process::{HostOptions, HostProcess};
pub(crate) use questions::{Answer, Questions};
pub(crate) use report::{PanicReport, Report};
pub(crate) use snapshot::{Mark, Promoted};
pub(crate) use supervision::Supervision;
