//! One run in a comparison, under a name that tells it from the others.

use std::time::Duration;

use nbformat::v4::{Cell, Output};

use super::verdict::Verdict;
use crate::runner::{Outcome, Run};

/// A run and its name: the kernel's, with the notebook's where several columns have the same kernel.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) run: Run,
}

impl Column {
    /// Names the runs.
    pub(crate) fn all(runs: Vec<Run>) -> Vec<Self> {
        let kernels: Vec<String> = runs.iter().map(|run| run.kernel.name().into()).collect();
        let named = runs.into_iter().map(|run| {
            let kernel = run.kernel.name();
            let alone = kernels.iter().filter(|each| *each == kernel).count() == 1;
            let notebook = run.document.path.file_stem().unwrap_or_default();
            let name = if alone {
                kernel.to_owned()
            } else {
                format!("{kernel} ({})", notebook.display())
            };
            Self { name, run }
        });
        named.collect()
    }

    /// The cell as it stands in the executed notebook.
    pub(crate) fn cell(&self, cell: usize) -> &Cell {
        &self.run.document.notebook.cells[cell]
    }

    pub(crate) fn outputs(&self, cell: usize) -> &[Output] {
        match self.cell(cell) {
            Cell::Code { outputs, .. } => outputs,
            _ => &[],
        }
    }

    pub(crate) fn outcome(&self, cell: usize) -> &Outcome {
        &self.run.cells[cell].outcome
    }

    pub(crate) fn duration(&self, cell: usize) -> Option<Duration> {
        self.run.cells[cell].duration
    }

    /// How much of a cell's time went by before its code began to run.
    pub(crate) fn compiled(&self, cell: usize) -> Option<Duration> {
        let run = &self.run.cells[cell];
        run.duration?.checked_sub(run.ran?)
    }

    /// The time that all cells took together.
    pub(crate) fn total(&self) -> Duration {
        let cells = self.run.cells.iter();
        cells.filter_map(|cell| cell.duration).sum()
    }

    /// Why a cell's outputs are nothing to compare, if they are not.
    pub(crate) fn unfit(&self, cell: usize) -> Option<Verdict> {
        let name = &self.name;
        match self.outcome(cell) {
            Outcome::Succeeded | Outcome::RaisedAsExpected => None,
            Outcome::Skipped(reason) => {
                Some(Verdict::NotCompared(format!("not run on {name}: {reason}")))
            }
            Outcome::Failed(failure) => Some(Verdict::Failed(format!("on {name}: {failure}"))),
            Outcome::NotRun if self.is_empty(cell) => None,
            Outcome::NotRun => Some(Verdict::Failed(format!("it was not run on {name}"))),
        }
    }

    fn is_empty(&self, cell: usize) -> bool {
        let mut lines = self.cell(cell).source().iter();
        lines.all(|line| line.trim().is_empty())
    }
}
