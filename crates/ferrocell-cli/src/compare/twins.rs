//! The verdict on one cell and its twin, as a front end has them: with the outputs of their last runs.

use anyhow::{Context, Result};
use nbformat::v4::{Cell, Output};
use serde::Deserialize;
use serde_json::Value;

use super::judge::Side;
use super::rule::Rule;
use super::transcript::Transcript;
use super::verdict::Verdict;
use crate::runner::Outcome;

/// Judges cells of two notebooks by the rule of the reference's last one. Before it stand those that are judged with it.
pub(crate) fn judge_twins(reference: &Value, other: &Value) -> Result<Verdict> {
    let (reference, other) = (Twin::read(reference)?, Twin::read(other)?);
    let rule = Rule::of(
        reference
            .cells
            .last()
            .context("there is no cell to judge")?,
    )?;
    let unfit = [&reference, &other].into_iter().find_map(Twin::unfit);
    Ok(unfit.unwrap_or_else(|| {
        let (expected, found) = (reference.transcript(), other.transcript());
        rule.apply(
            Side {
                name: "Python",
                transcript: &expected,
            },
            Side {
                name: "Rust",
                transcript: &found,
            },
        )
    }))
}

/// One side's cells.
struct Twin {
    cells: Vec<Cell>,
    outcomes: Vec<Outcome>,
}

impl Twin {
    fn read(cells: &Value) -> Result<Self> {
        let cells = Vec::<Cell>::deserialize(cells).context("these are no cells of a notebook")?;
        let outcomes = cells.iter().map(outcome).collect();
        Ok(Self { cells, outcomes })
    }

    fn transcript(&self) -> Transcript {
        let outputs = self.cells.iter().map(outputs);
        Transcript::of(outputs.zip(&self.outcomes))
    }

    /// Why the outputs are nothing to compare, if they are not.
    fn unfit(&self) -> Option<Verdict> {
        let mut cells = self.cells.iter().zip(&self.outcomes);
        let (cell, _) = cells.find(|(_, outcome)| matches!(outcome, Outcome::NotRun))?;
        let error = outputs(cell).iter().find_map(|output| match output {
            Output::Error(error) => Some(format!("{}: {}", error.ename, error.evalue)),
            _ => None,
        });
        Some(Verdict::Failed(match error {
            Some(error) => format!("cell `{}`: {error}", cell.id()),
            None => format!("cell `{}` was not run", cell.id()),
        }))
    }
}

/// How a cell has ended, by what stands under it: one that failed counts as not run.
fn outcome(cell: &Cell) -> Outcome {
    let Cell::Code {
        execution_count,
        metadata,
        ..
    } = cell
    else {
        return Outcome::Succeeded;
    };
    let has_failed = outputs(cell)
        .iter()
        .any(|output| matches!(output, Output::Error(_)));
    let may_fail = metadata
        .tags
        .iter()
        .flatten()
        .any(|tag| tag == "raises-exception");
    match (has_failed, execution_count) {
        (true, _) if may_fail => Outcome::RaisedAsExpected,
        (false, Some(_)) => Outcome::Succeeded,
        _ => Outcome::NotRun,
    }
}

fn outputs(cell: &Cell) -> &[Output] {
    match cell {
        Cell::Code { outputs, .. } => outputs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::judge_twins;

    fn cell(metadata: Value, outputs: Value) -> Value {
        json!({ "cell_type": "code", "id": "c", "source": "x\ny", "metadata": metadata, "execution_count": 3, "outputs": outputs })
    }

    fn printed(text: &str) -> Value {
        json!([{ "output_type": "stream", "name": "stdout", "text": text }])
    }

    fn verdict(metadata: Value, reference: Value, other: Value) -> String {
        let (reference, other) = (cell(metadata.clone(), reference), cell(metadata, other));
        let verdict = judge_twins(&json!([reference]), &json!([other])).unwrap();
        format!(
            "{} {}",
            verdict.word(),
            verdict.reason().unwrap_or_default()
        )
    }

    #[test]
    fn twins_are_judged_by_the_rule_of_the_reference() {
        let masked = json!({ "ferrocell": { "compare": { "rule": "masked" } } });
        let skipped =
            json!({ "ferrocell": { "compare": { "rule": "skip", "reason": "a picture" } } });
        let error =
            json!([{ "output_type": "error", "ename": "E", "evalue": "v", "traceback": [] }]);
        let other_error =
            json!([{ "output_type": "error", "ename": "F", "evalue": "w", "traceback": [] }]);
        let raises = json!({ "tags": ["raises-exception"], "trusted": true });
        for (metadata, reference, other, expected) in [
            (json!({}), printed("a\n"), printed("a\n"), "agrees "),
            (
                json!({}),
                printed("a\n"),
                printed("b\n"),
                "differs line 1: Python has \"a\", Rust has \"b\"",
            ),
            (
                masked,
                printed("1 s\n"),
                printed("2 s\n"),
                "agrees numbers masked",
            ),
            (
                skipped,
                printed("a\n"),
                printed("b\n"),
                "not compared a picture",
            ),
            (
                json!({}),
                printed("a\n"),
                error.clone(),
                "failed cell `c`: E: v",
            ),
            (raises, error, other_error, "agrees "),
        ] {
            assert_eq!(verdict(metadata, reference, other), expected);
        }
        let error = judge_twins(&json!([]), &json!([])).unwrap_err();
        assert_eq!(error.to_string(), "there is no cell to judge");
    }
}
