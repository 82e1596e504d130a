//! How an execution ended.

use crate::MimeBundle;

/// How an execution ended. All output that the cell itself caused was delivered before.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The cell ran to its end.
    Ok {
        /// The tail expression's value; `None` for `()` and for cells that end in a statement.
        result: Option<MimeBundle>,
        /// What the user should know although the cell succeeded: compiler warnings that matter, variables that are
        /// gone and why. Rendered for a terminal (ANSI colours), one note each.
        notes: Vec<String>,
    },
    /// The cell did not compile, failed, was interrupted or brought its process down. The fields are those of the
    /// Jupyter messaging spec's `error` message.
    Error {
        /// The kind. Of the cell: `CompileError`, `Panic`, `Error` (a `?` at top level), `KeyboardInterrupt`, `Crash`,
        /// `DirectiveError`, `DependencyError`. Of what it needs: `ToolchainError`, `CompilerError`, `LoadError`,
        /// `HostError`.
        name: String,
        /// One line.
        value: String,
        /// Lines to show as they are, rendered for a terminal (ANSI colours).
        traceback: Vec<String>,
    },
}

impl Outcome {
    /// A success with neither result nor notes.
    pub fn done() -> Self {
        Self::Ok {
            result: None,
            notes: Vec::new(),
        }
    }

    /// Whether the cell ran to its end.
    pub fn is_ok(&self) -> bool {
        matches!(self, Self::Ok { .. })
    }
}
