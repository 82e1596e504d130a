//! The thing that runs cells.

use std::time::Duration;

use serde_json::Value;

use super::{CellId, Controls, Failure, MimeBundle, Outcome, Queries};

/// Runs cells, one after the other, on one thread.
pub trait Session {
    /// What can be done from other threads while a cell runs.
    type Controls: Controls;
    /// What can be asked from other threads while a cell runs.
    type Queries: Queries;

    /// Runs a cell and returns when it has ended; threads that it started may go on. Whatever the cell has printed by
    /// then was handed to the session's events before this returns.
    ///
    /// Specification: [Execute](https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute).
    fn execute(&mut self, cell: CellId, code: &str) -> Outcome;

    /// Computes one of a request's `user_expressions` after its code has run. By default the expression is executed
    /// like a cell, and its result is the value.
    ///
    /// # Errors
    ///
    /// What is wrong with the expression.
    fn evaluate(&mut self, cell: CellId, expression: &str) -> Result<MimeBundle, Failure> {
        match self.execute(cell, expression) {
            Outcome::Ok { result } => Ok(result.unwrap_or_default()),
            Outcome::Error(failure) => Err(failure),
        }
    }

    /// What there is to see of the session between two cells without running the user's code, as a JSON object of the
    /// language's own. By default nothing is.
    fn look(&mut self) -> Option<Value> {
        None
    }

    /// How much of the latest [`execute`](Self::execute) went by before the code began to run, as with a compiler. Frontends
    /// are told when it began. By default it begins at once.
    fn preparation(&self) -> Duration {
        Duration::ZERO
    }

    /// A handle for other threads. The kernel asks once.
    fn controls(&self) -> Self::Controls;

    /// A handle for other threads. The kernel asks once.
    fn queries(&self) -> Self::Queries;
}
