//! Whether code can be run as it stands.

/// Whether code can be run, or needs more lines.
///
/// Specification: [Code completeness](https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It can be run.
    Complete,
    /// More lines are needed.
    Incomplete {
        /// What the next line should start with.
        indent: String,
    },
    /// No further lines can mend it.
    Invalid,
    /// The language cannot say.
    Unknown,
}
