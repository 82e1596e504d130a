//! What a kernel says about code that is being written, and how a front end could mend it.

use serde::Serialize;

/// A message about a place in code that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Whether the code could be run all the same.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The name of the error or warning; empty if it has none.
    pub code: String,
    /// What to add, and what helps.
    pub notes: Vec<String>,
    /// What would mend it, perhaps; each by itself.
    pub fixes: Vec<Fix>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the character there is no more part of it.
    pub end: Position,
}

/// A change of code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What is replaced, none of it twice; all places are those before the change.
    pub edits: Vec<Edit>,
}

/// A piece of code that another takes the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the character there stays.
    pub end: Position,
    /// What stands there then.
    pub text: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The code cannot be run.
    Error,
    /// It can.
    Warning,
}

/// A place in code: both count from 1, columns in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}
