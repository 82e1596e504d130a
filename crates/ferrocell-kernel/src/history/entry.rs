//! One line of the file.

use jupyter_protocol::HistoryEntry;
use serde::{Deserialize, Deserializer, Serialize};

/// The most bytes of an output that are kept: front ends recall inputs, and outputs may be of any size.
const LARGEST_OUTPUT: usize = 16 << 10;

/// An input and what came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The number of its session; zero for the sessions of earlier versions, which had names.
    #[serde(deserialize_with = "number_of_session")]
    pub(super) session: usize,
    pub(super) line: usize,
    pub(super) input: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
}

fn number_of_session<'de, D: Deserializer<'de>>(session: D) -> Result<usize, D::Error> {
    let session = serde_json::Value::deserialize(session)?;
    Ok(session.as_u64().map_or(0, |number| number as usize))
}

impl Entry {
    pub(super) fn new(session: usize, line: usize, input: String, output: Option<String>) -> Entry {
        let output = output.map(|mut output| {
            if output.len() > LARGEST_OUTPUT {
                let end = (0..=LARGEST_OUTPUT)
                    .rev()
                    .find(|end| output.is_char_boundary(*end));
                output.truncate(end.unwrap_or_default());
                output.push('…');
            }
            output
        });
        Entry {
            session,
            line,
            input,
            output,
        }
    }

    /// The form of `history_reply`.
    pub(super) fn into_protocol(self, output: bool) -> HistoryEntry {
        match output {
            true => HistoryEntry::InputOutput(
                self.session,
                self.line,
                (self.input, self.output.unwrap_or_default()),
            ),
            false => HistoryEntry::Input(self.session, self.line, self.input),
        }
    }
}
