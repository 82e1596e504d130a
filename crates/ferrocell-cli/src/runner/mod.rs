//! Running a notebook on a kernel, cell by cell, over the real protocol.
//!
//! Owns the order of events: which message belongs to which cell, when a cell is over, what is typed at its prompts,
//! and how a run ends. Never prints a result and never judges one against another notebook.

mod cell_run;
mod execution;
mod failure;
mod options;
mod progress;
mod record;
mod run;
mod source_line;
mod stop_signals;
mod times;

pub(crate) use cell_run::Outcome;
pub(crate) use failure::Failure;
pub(crate) use options::RunOptions;
pub(crate) use run::Run;
pub(crate) use stop_signals::StopSignals;
