//! How a cell ended.

use super::MimeBundle;

/// How a cell ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It ran to its end.
    Ok {
        /// The cell's value, if it has one to show.
        result: Option<MimeBundle>,
    },
    /// It did not.
    Error(Failure),
}

/// Why a cell did not run to its end.
///
/// Specification: [Request-Reply](https://jupyter-client.readthedocs.io/en/stable/messaging.html#request-reply) (errors).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The kind of error, one word: `Panic`, `KeyboardInterrupt`, …
    pub name: String,
    /// What happened.
    pub value: String,
    /// What the frontend shows, line by line, with ANSI colours.
    pub traceback: Vec<String>,
}
