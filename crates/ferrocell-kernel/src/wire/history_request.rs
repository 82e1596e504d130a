//! `history_request`.

use serde::Deserialize;

/// Which earlier inputs are wanted. What a frontend leaves out has a default; `raw` makes no difference here, because
/// inputs are kept as they were typed.
///
/// Specification: "History".
#[derive(Debug, Deserialize)]
#[serde(tag = "hist_access_type", rename_all = "lowercase")]
pub(crate) enum HistoryRequest {
    /// Lines `start` to before `stop` of a session: 0 is this one, negative ones count back from it.
    Range {
        #[serde(default)]
        output: bool,
        #[serde(default)]
        session: Option<i64>,
        #[serde(default)]
        start: Option<usize>,
        #[serde(default)]
        stop: Option<usize>,
    },
    /// The last `n` inputs.
    Tail {
        #[serde(default)]
        output: bool,
        n: usize,
    },
    /// The last `n` inputs that match a pattern with the wildcards `*` and `?`.
    Search {
        #[serde(default)]
        output: bool,
        #[serde(default)]
        n: Option<usize>,
        pattern: String,
        #[serde(default)]
        unique: bool,
    },
}
