//! How the code at the cursor may go on.

use super::MimeBundle;

/// Texts that may replace the code from `cursor_start` to `cursor_end`, which count Unicode code points.
///
/// Specification: [Completion](https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completions {
    /// The texts.
    pub matches: Vec<String>,
    /// Where the replaced code starts.
    pub cursor_start: usize,
    /// Where it ends.
    pub cursor_end: usize,
    /// More about the matches, such as `_jupyter_types_experimental`.
    pub metadata: MimeBundle,
}
