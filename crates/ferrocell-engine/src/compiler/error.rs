//! Why a cell is not compiled.

use crate::compiler::rustc::CompileError;

/// Why a cell was not built.
#[derive(Debug)]
pub(crate) enum BuildError {
    /// It is wrong. One line, and the rendered messages.
    Wrong {
        /// One line.
        value: String,
        /// Each of the compiler's messages.
        rendered: Vec<String>,
    },
    /// The compiler could not be called or failed itself.
    Broken(String),
    /// It was interrupted.
    Interrupted,
}

impl From<CompileError> for BuildError {
    fn from(error: CompileError) -> Self {
        Self::Broken(error.to_string())
    }
}
