//! Everything that can keep a cell from ending well, as the front end is told.

use crate::Outcome;
use crate::compiler::error::BuildError;
use crate::deps::DepsError;
use crate::program::HostError;
use crate::toolchain::ToolchainError;

/// Why a cell was not run, or not to its end.
#[derive(Debug)]
pub(crate) enum ExecuteError {
    /// No toolchain.
    Toolchain(ToolchainError),
    /// It was not built.
    Build(BuildError),
    /// The process for the user's code does not do its part.
    Host(String),
    /// A line for the engine is wrong.
    Directive(String),
    /// Dependencies are not there.
    Deps(DepsError),
    /// A line for the engine was interrupted; what stopped.
    Interrupted(String),
}

impl From<DepsError> for ExecuteError {
    fn from(error: DepsError) -> Self {
        Self::Deps(error)
    }
}

impl From<ToolchainError> for ExecuteError {
    fn from(error: ToolchainError) -> Self {
        Self::Toolchain(error)
    }
}

impl From<BuildError> for ExecuteError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl From<HostError> for ExecuteError {
    fn from(error: HostError) -> Self {
        Self::Host(error.to_string())
    }
}

impl ExecuteError {
    /// The error as the cell's outcome.
    pub(crate) fn into_outcome(self) -> Outcome {
        match self {
            Self::Toolchain(error) => simple("ToolchainError", error.to_string()),
            Self::Build(BuildError::Wrong { value, rendered }) => {
                let traceback = rendered
                    .iter()
                    .flat_map(|message| message.lines())
                    .map(str::to_owned)
                    .collect();
                Outcome::Error {
                    name: "CompileError".to_owned(),
                    value,
                    traceback,
                }
            }
            Self::Build(BuildError::Broken(message)) => simple("CompilerError", message),
            Self::Build(BuildError::Interrupted) => {
                interrupted("interrupted while it was compiled; nothing has changed")
            }
            Self::Host(message) => simple("HostError", message),
            Self::Directive(message) => simple("DirectiveError", message),
            Self::Interrupted(what) => interrupted(&what),
            Self::Deps(error @ DepsError::Interrupted) => interrupted(&error.to_string()),
            Self::Deps(error) => {
                let text = error.to_string();
                let value = text.lines().next().unwrap_or_default().to_owned();
                let traceback = text.lines().map(str::to_owned).collect();
                Outcome::Error {
                    name: "DependencyError".to_owned(),
                    value,
                    traceback,
                }
            }
        }
    }
}

/// An error whose traceback says no more than the error itself.
pub(crate) fn simple(name: &str, value: String) -> Outcome {
    let traceback = format!("\x1b[1;31m{name}\x1b[0m: {value}")
        .lines()
        .map(str::to_owned)
        .collect();
    Outcome::Error {
        name: name.to_owned(),
        value,
        traceback,
    }
}

/// What Python calls an interrupt.
pub(crate) fn interrupted(value: &str) -> Outcome {
    simple("KeyboardInterrupt", value.to_owned())
}
