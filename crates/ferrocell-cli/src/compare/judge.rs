//! The judgement itself: two transcripts, one rule, one verdict. Pure, so that a table of cases can prove it.

use super::numbers::{Numbers, mask};
use super::transcript::Transcript;

/// A transcript and the name under which a reason speaks of it.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) name: &'a str,
    pub(crate) transcript: &'a Transcript,
}

/// Compares two sides; the error says where they part.
pub(crate) fn judge(
    reference: Side<'_>,
    other: Side<'_>,
    numbers: &Numbers,
    ordered: bool,
) -> Result<(), String> {
    let expected = Reading::of(reference.transcript, numbers, ordered);
    let found = Reading::of(other.transcript, numbers, ordered);
    let (here, there) = (reference.name, other.name);

    let pairs = expected.lines.iter().zip(&found.lines);
    if let Some((at, (expected, found))) = pairs.enumerate().find(|(_, (a, b))| a != b) {
        let sorted = if ordered { "" } else { " (sorted)" };
        return Err(format!(
            "line {}{sorted}: {here} has {expected:?}, {there} has {found:?}",
            at + 1
        ));
    }
    let (in_reference, in_other) = (expected.lines.len(), found.lines.len());
    if in_reference != in_other {
        let (longer, lines) = if in_reference > in_other {
            (here, &expected.lines)
        } else {
            (there, &found.lines)
        };
        let further = &lines[in_reference.min(in_other)];
        return Err(format!(
            "{here} has {in_reference} lines, {there} has {in_other}; only {longer} has {further:?}"
        ));
    }
    if let Numbers::Within(ranges) = numbers {
        within(here, &expected.numbers, ranges)?;
        within(there, &found.numbers, ranges)?;
    }
    Ok(())
}

/// What a rule sees of a transcript.
struct Reading {
    lines: Vec<String>,
    numbers: Vec<f64>,
}

impl Reading {
    /// Without `ordered`, the lines are sorted, so that they compare as a multiset; numbers follow their lines.
    fn of(transcript: &Transcript, numbers: &Numbers, ordered: bool) -> Self {
        let mut lines: Vec<(String, Vec<f64>)> = transcript
            .lines
            .iter()
            .map(|line| match numbers {
                Numbers::Exact => (line.clone(), Vec::new()),
                Numbers::Masked | Numbers::Within(_) => mask(line),
            })
            .collect();
        if !ordered {
            lines
                .sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.partial_cmp(y).expect("finite")));
        }
        let (lines, numbers): (_, Vec<_>) = lines.into_iter().unzip();
        Self {
            lines,
            numbers: numbers.concat(),
        }
    }
}

fn within(name: &str, numbers: &[f64], ranges: &[(f64, f64)]) -> Result<(), String> {
    if numbers.len() != ranges.len() {
        let (found, expected) = (numbers.len(), ranges.len());
        return Err(format!(
            "{name} shows {found} numbers, the rule has ranges for {expected}"
        ));
    }
    let mut pairs = numbers.iter().zip(ranges).enumerate();
    match pairs.find(|(_, (number, (from, to)))| !(from..=to).contains(number)) {
        None => Ok(()),
        Some((at, (number, (from, to)))) => Err(format!(
            "number {} of {name} is {number}, which is not within {from} to {to}",
            at + 1
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, judge};
    use crate::compare::numbers::Numbers;
    use crate::compare::transcript::Transcript;

    fn transcript(text: &str) -> Transcript {
        Transcript {
            lines: text.lines().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn the_rules_as_a_table() {
        let five_to_six = || Numbers::Within(vec![(5.0, 6.0)]);
        let cases = [
            // reference, other, numbers, ordered, what the reason must contain (nothing: the sides agree)
            ("a\nb", "a\nb", Numbers::Exact, true, None),
            ("", "", Numbers::Exact, true, None),
            ("a\nb", "b\na", Numbers::Exact, true, Some("line 1")),
            ("a\nb", "b\na", Numbers::Exact, false, None),
            (
                "a\na",
                "a",
                Numbers::Exact,
                false,
                Some("2 lines, right has 1"),
            ),
            (
                "a\na\nb",
                "a\nb\nb",
                Numbers::Exact,
                false,
                Some("line 2 (sorted)"),
            ),
            (
                "a",
                "a\nmore",
                Numbers::Exact,
                true,
                Some("only right has \"more\""),
            ),
            ("n 1", "n 2", Numbers::Exact, true, Some("\"n 1\"")),
            ("n 1", "n 2", Numbers::Masked, true, None),
            ("n 1", "m 2", Numbers::Masked, true, Some("\"n #\"")),
            (
                "n 1\nm 1",
                "m 2\nn 3",
                Numbers::Masked,
                true,
                Some("line 1"),
            ),
            ("n 1\nm 1", "m 2\nn 3", Numbers::Masked, false, None),
            ("took 5.1", "took 5.9", five_to_six(), true, None),
            ("took 5.1", "took 6.0", five_to_six(), true, None),
            (
                "took 5.1",
                "took 6.1",
                five_to_six(),
                true,
                Some("number 1 of right is 6.1"),
            ),
            (
                "took 4.9",
                "took 5.1",
                five_to_six(),
                true,
                Some("number 1 of left is 4.9"),
            ),
            (
                "a 5 6",
                "a 5 6",
                five_to_six(),
                true,
                Some("left shows 2 numbers"),
            ),
            (
                "none",
                "none",
                five_to_six(),
                true,
                Some("left shows 0 numbers"),
            ),
            (
                "b 1\na 5",
                "a 6\nb 2",
                Numbers::Within(vec![(5.0, 6.0), (0.0, 2.0)]),
                false,
                None,
            ),
        ];
        for (left, right, numbers, ordered, reason) in cases {
            let (reference, other) = (transcript(left), transcript(right));
            let verdict = judge(
                Side {
                    name: "left",
                    transcript: &reference,
                },
                Side {
                    name: "right",
                    transcript: &other,
                },
                &numbers,
                ordered,
            );
            let case = format!("{left:?} / {right:?} by {numbers:?}, ordered: {ordered}");
            match (verdict, reason) {
                (Ok(()), None) => {}
                (Err(found), Some(part)) => assert!(found.contains(part), "{case}: {found}"),
                (verdict, _) => panic!("{case}: {verdict:?}"),
            }
        }
    }
}
