//! All rules of a reference notebook, and the verdict that they lead to.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::column::Column;
use super::judge::Side;
use super::rule::{Kind, Rule};
use super::transcript::Transcript;
use super::verdict::Verdict;

/// The rules of the reference's cells, and where each cell stands.
pub(crate) struct Rulebook {
    by_cell: Vec<Rule>,
    places: HashMap<String, usize>,
}

impl Rulebook {
    /// Reads the rules and checks that cells which are judged together agree on it.
    pub(crate) fn of(reference: &Column) -> Result<Self> {
        let cells = &reference.run.document.notebook.cells;
        let by_cell = cells.iter().map(Rule::of).collect::<Result<Vec<_>>>()?;
        let places: HashMap<String, usize> = cells
            .iter()
            .enumerate()
            .map(|(place, cell)| (cell.id().to_string(), place))
            .collect();
        for (rule, cell) in by_cell.iter().zip(cells) {
            let id = cell.id().as_str();
            for other in &rule.with {
                let theirs = places.get(other).map(|&place| &by_cell[place].kind);
                if theirs != Some(&Kind::With(id.to_owned())) {
                    bail!(
                        "cell `{id}` is to be judged with `{other}`, but `{other}` has no rule `with` that names `{id}`"
                    );
                }
            }
            if let Kind::With(judge) = &rule.kind {
                let theirs = places.get(judge).map(|&place| &by_cell[place].with);
                if !theirs.is_some_and(|with| with.iter().any(|each| each == id)) {
                    bail!(
                        "cell `{id}` is to be judged with `{judge}`, but `{judge}` does not list it under `with`"
                    );
                }
            }
        }
        Ok(Self { by_cell, places })
    }

    /// Judges one code cell of a column against the reference.
    pub(crate) fn verdict(&self, index: usize, reference: &Column, other: &Column) -> Verdict {
        let rule = &self.by_cell[index];
        let mut cells: Vec<usize> = rule.with.iter().map(|id| self.places[id]).collect();
        cells.push(index);
        cells.sort_unstable();

        for column in [reference, other] {
            if let Some(verdict) = cells.iter().find_map(|&cell| column.unfit(cell)) {
                return verdict;
            }
        }
        let transcript = |column: &Column| {
            let cells = cells.iter();
            Transcript::of(cells.map(|&cell| (column.outputs(cell), column.outcome(cell))))
        };
        let (expected, found) = (transcript(reference), transcript(other));
        rule.apply(
            Side {
                name: &reference.name,
                transcript: &expected,
            },
            Side {
                name: &other.name,
                transcript: &found,
            },
        )
    }
}
