//! Runs of the same cells side by side, with a verdict on every code cell.

use anyhow::Result;

use super::column::Column;
use super::rulebook::Rulebook;
use super::verdict::Verdict;
use crate::notebook::is_code;
use crate::runner::Run;

/// Any number of runs, the first of which is the reference that the others are judged against.
///
/// Row `i` is cell `i` of every column: the static check has shown that they match.
pub(crate) struct Comparison {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// One cell in all columns.
pub(crate) struct Row {
    pub(crate) id: String,
    /// One for each column behind the reference; none for a cell without code.
    pub(crate) verdicts: Vec<Verdict>,
}

impl Comparison {
    /// Judges every code cell of the runs by the rules in the first one.
    pub(crate) fn of(runs: Vec<Run>) -> Result<Self> {
        let columns = Column::all(runs);
        let (reference, others) = columns.split_first().expect("a comparison has a reference");
        let rules = Rulebook::of(reference)?;
        let cells = reference.run.document.notebook.cells.iter().enumerate();
        let rows = cells.map(|(index, cell)| {
            let judged = others.iter().filter(|_| is_code(cell));
            Row {
                id: cell.id().to_string(),
                verdicts: judged
                    .map(|other| rules.verdict(index, reference, other))
                    .collect(),
            }
        });
        Ok(Self {
            rows: rows.collect(),
            columns,
        })
    }

    /// All verdicts, row by row.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.rows.iter().flat_map(|row| &row.verdicts)
    }
}
