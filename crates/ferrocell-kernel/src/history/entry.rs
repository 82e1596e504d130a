//! One line of the file.

use jupyter_protocol::HistoryEntry;
use serde::{Deserialize, Serialize};

/// An input and what came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) session: String,
    pub(super) line: usize,
    pub(super) input: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
}

impl Entry {
    /// The form of `history_reply`.
    pub(super) fn into_protocol(self, session: usize, output: bool) -> HistoryEntry {
        match output {
            true => HistoryEntry::InputOutput(
                session,
                self.line,
                (self.input, self.output.unwrap_or_default()),
            ),
            false => HistoryEntry::Input(session, self.line, self.input),
        }
    }
}
