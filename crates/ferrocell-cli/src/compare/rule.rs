//! How a cell's outputs are to be judged, as the reference notebook's metadata says.

use anyhow::{Context, Result, bail};
use nbformat::v4::Cell;
use serde::Deserialize;

use super::judge::{Side, judge};
use super::numbers::Numbers;
use super::verdict::Verdict;

/// The rule of one cell. Without one in its metadata, a cell is compared line by line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    /// Further cells whose outputs are judged together with this cell's.
    pub(crate) with: Vec<String>,
}

/// What a rule compares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Text {
        numbers: Numbers,
        ordered: bool,
    },
    /// Not compared, for a reason.
    Skip(String),
    /// Judged together with the named cell.
    With(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleMetadata {
    #[serde(default)]
    rule: Name,
    #[serde(default)]
    with: Vec<String>,
    ordered: Option<bool>,
    seconds: Option<Vec<(f64, f64)>>,
    reason: Option<String>,
    cell: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    #[default]
    Exact,
    Unordered,
    Masked,
    Timing,
    Skip,
    With,
}

impl Rule {
    pub(crate) fn of(cell: &Cell) -> Result<Self> {
        let metadata = &cell.metadata().additional;
        let compare = metadata
            .get("ferrocell")
            .and_then(|ferrocell| ferrocell.get("compare"));
        let Some(value) = compare else {
            return Ok(Self {
                kind: Kind::Text {
                    numbers: Numbers::Exact,
                    ordered: true,
                },
                with: Vec::new(),
            });
        };
        let read = || Self::from_metadata(RuleMetadata::deserialize(value)?);
        read().with_context(|| format!("cell `{}`: metadata.ferrocell.compare", cell.id()))
    }

    /// What the rule lets pass, in words; nothing for a rule that compares every line as it stands.
    pub(crate) fn in_words(&self) -> Option<String> {
        let Kind::Text { numbers, ordered } = &self.kind else {
            return None;
        };
        let mut words = Vec::new();
        if !ordered {
            words.push("lines in any order".to_owned());
        }
        match numbers {
            Numbers::Exact => {}
            Numbers::Masked => words.push("numbers masked".into()),
            Numbers::Within(ranges) => {
                let ranges = ranges.iter().map(|(from, to)| format!("{from}–{to}"));
                let ranges = ranges.collect::<Vec<_>>().join(", ");
                words.push(format!("numbers within {ranges}"));
            }
        }
        if !self.with.is_empty() {
            words.push(format!("together with {}", self.with.join(", ")));
        }
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// What the rule makes of two sides.
    pub(crate) fn apply(&self, reference: Side<'_>, other: Side<'_>) -> Verdict {
        let (numbers, ordered) = match &self.kind {
            Kind::Text { numbers, ordered } => (numbers, *ordered),
            Kind::Skip(reason) => return Verdict::NotCompared(reason.clone()),
            Kind::With(judge) => return Verdict::JudgedWith(judge.clone()),
        };
        match judge(reference, other, numbers, ordered) {
            Ok(()) => Verdict::Agrees(self.in_words()),
            Err(reason) => Verdict::Differs(reason),
        }
    }

    fn from_metadata(metadata: RuleMetadata) -> Result<Self> {
        let text = |numbers, ordered| Kind::Text {
            numbers,
            ordered: metadata.ordered.unwrap_or(ordered),
        };
        let kind = match (metadata.rule, metadata.seconds) {
            (Name::Exact, None) => text(Numbers::Exact, true),
            (Name::Unordered, None) => text(Numbers::Exact, false),
            (Name::Masked, None) => text(Numbers::Masked, true),
            (Name::Timing, Some(ranges)) => text(Numbers::Within(ranges), true),
            (Name::Timing, None) => bail!("the rule `timing` needs `seconds`"),
            (Name::Skip, None) => Kind::Skip(
                metadata
                    .reason
                    .context("the rule `skip` needs a `reason`")?,
            ),
            (Name::With, None) => {
                Kind::With(metadata.cell.context("the rule `with` needs a `cell`")?)
            }
            (_, Some(_)) => bail!("only the rule `timing` takes `seconds`"),
        };
        Ok(Self {
            kind,
            with: metadata.with,
        })
    }
}

#[cfg(test)]
mod tests {
    use nbformat::v4::Cell;
    use serde_json::{Value, json};

    use super::Rule;

    fn rule(compare: Value) -> Result<Rule, String> {
        let cell = json!({"cell_type": "code", "id": "ask", "source": [], "outputs": [],
            "execution_count": null, "metadata": {"ferrocell": {"compare": compare}}});
        let cell: Cell = serde_json::from_value(cell).expect("a cell");
        Rule::of(&cell).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn rules_are_read_from_the_metadata() {
        let cases = [
            (json!({}), Ok(None)),
            (json!({"rule": "exact"}), Ok(None)),
            (json!({"rule": "unordered"}), Ok(Some("lines in any order"))),
            (json!({"rule": "masked"}), Ok(Some("numbers masked"))),
            (
                json!({"rule": "masked", "ordered": false, "with": ["a", "b"]}),
                Ok(Some(
                    "lines in any order, numbers masked, together with a, b",
                )),
            ),
            (
                json!({"rule": "timing", "seconds": [[0, 60], [5.5, 6]]}),
                Ok(Some("numbers within 0–60, 5.5–6")),
            ),
            (json!({"rule": "skip", "reason": "why"}), Ok(None)),
            (json!({"rule": "timing"}), Err("needs `seconds`")),
            (json!({"rule": "skip"}), Err("needs a `reason`")),
            (json!({"rule": "with"}), Err("needs a `cell`")),
            (
                json!({"rule": "exact", "seconds": [[0, 1]]}),
                Err("only the rule `timing`"),
            ),
            (json!({"rule": "loose"}), Err("unknown variant `loose`")),
            (
                json!({"rule": "exact", "tolerance": 1}),
                Err("unknown field `tolerance`"),
            ),
        ];
        for (metadata, expected) in cases {
            match (rule(metadata.clone()), expected) {
                (Ok(rule), Ok(words)) => {
                    assert_eq!(rule.in_words().as_deref(), words, "{metadata}");
                }
                (Err(error), Err(part)) => assert!(
                    error.contains("cell `ask`") && error.contains(part),
                    "{metadata}: {error}"
                ),
                (found, _) => panic!("{metadata}: {found:?}"),
            }
        }
    }
}
