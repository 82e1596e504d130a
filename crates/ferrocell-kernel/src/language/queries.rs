//! What can be asked about code.

use serde_json::Value;

use super::{Completeness, Completions, Inspection, Remark};

/// Waits for what there is to say of a draft; `None` if a newer one came before, or if it cannot be told.
pub type Pending = Box<dyn FnOnce() -> Option<Vec<Remark>> + Send>;

/// What is to be said of two cells that should say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One word for it: `agrees`, `differs`, `failed`, `not compared`.
    pub word: String,
    /// Where they differ, or by which rule they agree; may be empty.
    pub reason: String,
}

/// A variable as a front end lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// Whatever else is to be known of it; may be empty.
    pub note: String,
}

/// What can be asked from other threads while a cell runs. No method waits for the cell to end.
///
/// Cursor positions count Unicode code points and never lie beyond the end of the code.
pub trait Queries: Send + Sync + 'static {
    /// How the code at the cursor may go on.
    ///
    /// Specification: [Completion](https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion).
    fn complete(&self, code: &str, cursor: usize) -> Completions;

    /// What is known of the name at the cursor. `detail_level` is 0 for a summary and 1 for more, such as source code.
    ///
    /// Specification: [Introspection](https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection).
    fn inspect(&self, code: &str, cursor: usize, detail_level: u8) -> Option<Inspection>;

    /// Whether the code can be run as it stands.
    ///
    /// Specification: [Code completeness](https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness).
    fn is_complete(&self, code: &str) -> Completeness;

    /// The code of a cell will be run after those that were announced before it, so it may be prepared while they run.
    /// It may as well never be: an interrupt or an error withdraws it. By default nothing is prepared.
    fn expect(&self, _code: &str) {}

    /// Takes the code of a cell that is being written, in the place of an earlier one, and looks at it in the background.
    /// Nothing of it is to be run. By default there is nothing to say.
    fn draft(&self, _code: &str) -> Pending {
        Box::new(|| None)
    }

    /// The code of a cell in its usual layout, or one sentence about why it stays as it is. By default it does.
    fn format(&self, _code: &str) -> Result<String, String> {
        Err("this kernel does not format code".to_owned())
    }

    /// Judges whether cells say the same as those of another language's notebook, the reference: both as cells of the
    /// notebook format with their outputs, the judged one last. By default they are not judged.
    fn judge(&self, _reference: &Value, _other: &Value) -> Verdict {
        Verdict {
            word: "not compared".to_owned(),
            reason: "this kernel compares no cells".to_owned(),
        }
    }

    /// The variables that the next cell may use. By default none is told.
    fn variables(&self) -> Vec<Variable> {
        Vec::new()
    }
}
