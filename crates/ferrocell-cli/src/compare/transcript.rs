//! What counts of a cell's outputs when two kernels are compared.

use jupyter_protocol::media::{Media, MediaType};
use nbformat::v4::Output;

use crate::runner::Outcome;
use crate::text::{as_displayed, without_ansi};

/// Stands for an error that the cell's own notebook announces. Two languages never name an error alike; that each
/// raised the one which its notebook demands was checked while it ran.
const RAISED_AS_EXPECTED: &str = "(raised as expected)";

/// What a Rust cell without a value may show; Python shows nothing for its `None`.
const UNIT: &str = "()";

/// The lines that count: standard output, the plain text of results and displays, and the names of errors.
///
/// Standard error is shown to the reader but not compared. Escape sequences, blanks at a line's end and empty lines at
/// the end do not count.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Transcript {
    pub(crate) lines: Vec<String>,
}

impl Transcript {
    /// The transcript of the given cells, one after the other.
    pub(crate) fn of<'a>(cells: impl IntoIterator<Item = (&'a [Output], &'a Outcome)>) -> Self {
        let mut text = String::new();
        for (outputs, outcome) in cells {
            let expected_error = matches!(outcome, Outcome::RaisedAsExpected);
            for output in outputs {
                append(&mut text, output, expected_error);
            }
            if expected_error {
                append_block(&mut text, RAISED_AS_EXPECTED);
            }
        }
        Self::of_text(&text)
    }

    fn of_text(text: &str) -> Self {
        let text = as_displayed(&without_ansi(text));
        let lines = text.trim_end().lines();
        Self {
            lines: lines.map(|line| line.trim_end().to_owned()).collect(),
        }
    }
}

fn append(text: &mut String, output: &Output, expected_error: bool) {
    match output {
        Output::Stream { name, text: stream } if name == "stdout" => text.push_str(&stream.0),
        Output::Stream { .. } => {}
        Output::DisplayData(display) => append_plain(text, &display.data),
        Output::ExecuteResult(result) => append_plain(text, &result.data),
        Output::Error(error) if !expected_error => append_block(text, &error.ename),
        Output::Error(_) => {}
    }
}

fn append_plain(text: &mut String, media: &Media) {
    for media in &media.content {
        if let MediaType::Plain(plain) = media
            && plain != UNIT
        {
            append_block(text, &with_double_quotes(plain));
        }
    }
}

/// Appends text that starts and ends its own lines, whatever stands before it.
fn append_block(text: &mut String, block: &str) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(block);
    text.push('\n');
}

/// Python shows a string in single quotes, Rust in double quotes: `'x'` and `"x"` are the same result.
fn with_double_quotes(result: &str) -> String {
    let inner = result
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    match inner {
        Some(inner) if !inner.contains(['\'', '"', '\\']) => format!("\"{inner}\""),
        _ => result.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Transcript;
    use crate::runner::Outcome;

    fn stream(name: &str, text: &str) -> Value {
        json!({"output_type": "stream", "name": name, "text": text})
    }

    fn result(plain: &str) -> Value {
        json!({"output_type": "execute_result", "execution_count": 1, "metadata": {},
            "data": {"text/plain": plain}})
    }

    fn error(name: &str) -> Value {
        json!({"output_type": "error", "ename": name, "evalue": "", "traceback": []})
    }

    #[test]
    fn what_counts_of_a_cells_outputs() {
        let cases: [(Vec<Value>, Outcome, &[&str]); 8] = [
            (vec![], Outcome::Succeeded, &[]),
            (
                vec![stream("stdout", "a \nb\n\n"), stream("stderr", "c\n")],
                Outcome::Succeeded,
                &["a", "b"],
            ),
            (
                vec![stream("stdout", "1 %\r100 %\n")],
                Outcome::Succeeded,
                &["100 %"],
            ),
            (
                vec![stream("stdout", "\u{1b}[1mbold\u{1b}[0m")],
                Outcome::Succeeded,
                &["bold"],
            ),
            (
                vec![stream("stdout", "no newline"), result("'text'")],
                Outcome::Succeeded,
                &["no newline", "\"text\""],
            ),
            (vec![result("()")], Outcome::Succeeded, &[]),
            (vec![error("Full")], Outcome::Succeeded, &["Full"]),
            (
                vec![error("Full")],
                Outcome::RaisedAsExpected,
                &["(raised as expected)"],
            ),
        ];
        for (outputs, outcome, expected) in cases {
            let outputs: Vec<_> = outputs
                .into_iter()
                .map(|output| serde_json::from_value(output).expect("an output"))
                .collect();
            let transcript = Transcript::of([(outputs.as_slice(), &outcome)]);
            assert_eq!(transcript.lines, expected);
        }
    }
}
