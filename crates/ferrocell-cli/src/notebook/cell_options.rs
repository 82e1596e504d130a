//! What a cell's metadata tells the runner.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use nbformat::v4::Cell;
use serde::Deserialize;

const RAISES_EXCEPTION: &str = "raises-exception";
const SKIP_EXECUTION: &str = "skip-execution";

/// The tags and the `metadata.ferrocell` of one cell, as far as running it is concerned.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellOptions {
    /// What is typed at the prompts of this cell and of its threads, in order.
    pub(crate) answers: Vec<String>,
    /// The cell is allowed to raise.
    pub(crate) raises_exception: bool,
    /// The cell must raise, and its error must contain this text.
    pub(crate) raises: Option<String>,
    /// The cell is interrupted once it has printed this text.
    pub(crate) interrupt: Option<String>,
    skip: BTreeMap<String, String>,
    skip_execution: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FerrocellMetadata {
    answers: Vec<String>,
    raises: Option<String>,
    interrupt: Option<String>,
    skip: BTreeMap<String, String>,
}

impl CellOptions {
    pub(crate) fn of(cell: &Cell) -> Result<Self> {
        let metadata = cell.metadata();
        let ferrocell = match metadata.additional.get("ferrocell") {
            Some(value) => FerrocellMetadata::deserialize(value)
                .with_context(|| format!("cell `{}`: metadata.ferrocell", cell.id()))?,
            None => FerrocellMetadata::default(),
        };
        let tagged = |tag: &str| metadata.tags.iter().flatten().any(|each| each == tag);
        Ok(Self {
            answers: ferrocell.answers,
            raises_exception: tagged(RAISES_EXCEPTION) || ferrocell.raises.is_some(),
            raises: ferrocell.raises,
            interrupt: ferrocell.interrupt,
            skip: ferrocell.skip,
            skip_execution: tagged(SKIP_EXECUTION),
        })
    }

    /// Why the cell has no place in a program, if it has none.
    pub(crate) fn why_no_program(&self) -> Option<&'static str> {
        if self.skip_execution {
            Some("it is tagged skip-execution")
        } else if self.raises_exception || self.interrupt.is_some() {
            Some("it is meant to fail, and would end the program")
        } else {
            None
        }
    }

    /// Why the cell is not to be run on this kernel, if it is not.
    pub(crate) fn skip_reason(&self, kernel: &str) -> Option<&str> {
        self.skip
            .get(kernel)
            .map(String::as_str)
            .or(self.skip_execution.then_some("tagged skip-execution"))
    }
}
