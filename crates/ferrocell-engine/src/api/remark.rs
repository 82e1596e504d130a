//! What the compiler has to say of a text that is being written.

/// A message of the compiler about a place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Whether the text could be executed all the same.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The error's code, such as `E0382`, or the lint's name; empty if it has none.
    pub code: String,
    /// What to add, and what helps.
    pub notes: Vec<String>,
    /// What the compiler would change, each by itself.
    pub fixes: Vec<Fix>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the character there is no more part of it.
    pub end: Position,
}

/// A change that may mend what a remark is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What is replaced, none of it twice.
    pub edits: Vec<Edit>,
}

/// A piece of a text that another takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the character there stays.
    pub end: Position,
    /// What stands there then.
    pub text: String,
}

impl Edit {
    /// Whether it replaces the same as another.
    pub(crate) fn is_at(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The text cannot be executed.
    Error,
    /// It can.
    Warning,
}

/// A place in a text, as messages write it: both count from 1, columns in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}
