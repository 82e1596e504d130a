//! What happens while cells run, and after.

use std::sync::Arc;

use crate::{CellId, MimeBundle, RequestId};

/// Receives the events of a session, from the session's own threads, in order.
///
/// It may block: the user's program then waits with its next write, which is what keeps memory bounded under a flood
/// of output. It must not call back into the session.
pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;

/// Something that a cell caused. Events of a cell may arrive long after its
/// `Session::execute` returned, from threads that it started.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Text written to standard output, whole characters only.
    Stdout {
        /// The cell that caused it.
        cell: CellId,
        /// The text, which may be a part of a line.
        text: String,
    },
    /// Text written to standard error, whole characters only.
    Stderr {
        /// The cell that caused it.
        cell: CellId,
        /// The text, which may be a part of a line.
        text: String,
    },
    /// A rich value shown at this place among the output (`display_data`).
    Display {
        /// The cell that caused it.
        cell: CellId,
        /// Its representations.
        data: MimeBundle,
        /// Metadata by MIME type; empty for most.
        metadata: MimeBundle,
        /// The display's name, under which a later `update` may replace it.
        display_id: Option<String>,
        /// Whether this replaces the display of that name (`update_display_data`).
        update: bool,
    },
    /// The output so far is to be cleared (`clear_output`).
    ClearOutput {
        /// The cell whose output is meant.
        cell: CellId,
        /// Whether to wait with clearing until new output arrives.
        wait: bool,
    },
    /// The user's code waits for a line; answer through
    /// `Controls::reply_input`. Several questions may be open at once.
    Input {
        /// The cell that asks (or that started the thread that asks).
        cell: CellId,
        /// The name of the question.
        request: RequestId,
        /// What to show; empty when the program printed its prompt itself.
        prompt: String,
        /// Whether the answer is to be hidden while it is typed.
        password: bool,
    },
    /// A question is open no longer, although it was not answered: the thread that asked was interrupted or is gone.
    Withdrawn {
        /// The cell that asked.
        cell: CellId,
        /// The name of the question.
        request: RequestId,
    },
    /// The session itself is at work (dependencies, toolchain) and says how far it is.
    Progress {
        /// The cell for which it works.
        cell: CellId,
        /// One line, for example `compiling serde (3 of 12)`; empty when the work is done and the line can go.
        message: String,
    },
}

impl Event {
    /// The cell that caused the event.
    pub fn cell(&self) -> CellId {
        match self {
            Self::Stdout { cell, .. }
            | Self::Stderr { cell, .. }
            | Self::Display { cell, .. }
            | Self::ClearOutput { cell, .. }
            | Self::Input { cell, .. }
            | Self::Withdrawn { cell, .. }
            | Self::Progress { cell, .. } => *cell,
        }
    }
}
