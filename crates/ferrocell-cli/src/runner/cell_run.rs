//! What became of one cell.

use std::time::Duration;

use super::failure::Failure;
use super::times::Times;

/// The record of one cell in a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellRun {
    pub(crate) outcome: Outcome,
    /// From the request until the cell's reply and its `idle`.
    pub(crate) duration: Option<Duration>,
    /// How much of that the code itself ran, if the kernel says when it began.
    pub(crate) ran: Option<Duration>,
    /// The prompts of this cell and of its threads, with what was answered.
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) execution_count: Option<i32>,
    /// When the kernel says it began and ended, as frontends record it.
    pub(crate) times: Times,
}

/// How a cell ended.
#[derive(Clone, Debug, Default)]
pub(crate) enum Outcome {
    /// Markdown, a raw cell, an empty cell, or a cell behind the one that ended the run.
    #[default]
    NotRun,
    /// Not run on this kernel, for the reason that its metadata gives.
    Skipped(String),
    /// Ran to its end.
    Succeeded,
    /// Raised, as its tags allow.
    RaisedAsExpected,
    Failed(Failure),
}

/// A prompt and what was typed.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) prompt: String,
    pub(crate) answer: String,
}
