//! What the session learns from the process while it waits for a command to end.

use ferrocell_wire::{Ended, Status};

use crate::MimeBundle;
use crate::compiler::size::Size;

/// What the process says to the session itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// The tail expression's value.
    Result(MimeBundle),
    /// A panic of the thread that runs cells.
    Panic(PanicReport),
    /// Why the cell is about to fail.
    Failure(String),
    /// A variable is shared for good.
    Shared {
        /// Its name.
        name: String,
        /// Its size.
        size: Size,
    },
    /// The command has ended, and everything it wrote was delivered.
    Done {
        /// How.
        status: Status,
        /// Why it could not be loaded, if it could not.
        message: String,
        /// The threads that user code has running.
        threads: u64,
    },
    /// The process that ran cells has ended, and everything it wrote was delivered.
    Ended(Ended),
    /// Its supervisor is gone, and every process with it.
    Closed,
}

/// A panic, as its hook saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PanicReport {
    /// The thread's name.
    pub(crate) thread: String,
    /// The file, line and column in generated code or in a dependency.
    pub(crate) location: (String, usize, usize),
    /// The stack, as std writes it.
    pub(crate) backtrace: String,
    /// The message.
    pub(crate) message: String,
}

impl PanicReport {
    /// Reads the payload of a frame.
    pub(crate) fn parse(payload: &str) -> Self {
        let [thread, file, line, column, backtrace, message] =
            ferrocell_wire::split_fields(payload);
        let number = |text: &str| text.parse().unwrap_or_default();
        Self {
            thread: thread.to_owned(),
            location: (file.to_owned(), number(line), number(column)),
            backtrace: backtrace.to_owned(),
            message: message.to_owned(),
        }
    }
}
