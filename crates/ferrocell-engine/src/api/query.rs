//! Answers to questions about code that is being written.
//!
//! Positions count Unicode code points, as the Jupyter messaging spec's `cursor_pos` does.

use crate::MimeBundle;

/// Whether code could be executed as it stands (`is_complete_reply`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Ready to run.
    Complete,
    /// More is to come.
    Incomplete {
        /// What to put at the start of the next line.
        indent: String,
    },
    /// No continuation can make it valid.
    Invalid,
    /// It cannot be told.
    Unknown,
}

/// What could stand at the cursor (`complete_reply`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// The candidates, best first.
    pub matches: Vec<Completion>,
    /// Where the text that a candidate replaces begins.
    pub cursor_start: usize,
    /// Where it ends.
    pub cursor_end: usize,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The text to insert.
    pub text: String,
    /// What it is: `variable`, `function`, `method`, `field`, `struct`, `keyword`, `crate`, …
    pub kind: &'static str,
    /// Its type or signature, empty if unknown.
    pub signature: String,
    /// What has to be imported for it to be found by its name alone, or, of a trait's method, at all.
    pub import: Option<Import>,
}

/// An import that a candidate needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What to write after `use`.
    pub path: String,
    /// What to insert then, in the place of the candidate's text.
    pub name: String,
}

impl Completion {
    /// A candidate.
    pub(crate) fn new(text: &str, kind: &'static str, signature: &str) -> Self {
        Self {
            text: text.to_owned(),
            kind,
            signature: signature.to_owned(),
            import: None,
        }
    }
}

/// What stands at the cursor (`inspect_reply`).
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Its description, at least as `text/plain`.
    pub data: MimeBundle,
}

/// A variable of a notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type, as the user would write it.
    pub ty: String,
    /// Whether it was declared `mut`.
    pub is_mutable: bool,
    /// What keeps it from being moved or changed, if something does.
    pub note: Option<String>,
}
