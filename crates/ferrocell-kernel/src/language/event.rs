//! What happens while code runs.

use super::{CellId, Display, RequestId, Stream};

/// Something that the code of a cell does, during its execution or after it.
#[derive(Clone, Debug)]
pub enum Event {
    /// It prints.
    Text {
        /// Who prints.
        cell: CellId,
        /// Where to.
        stream: Stream,
        /// Whole characters; a line may come in pieces.
        text: String,
    },
    /// It shows something.
    Display {
        /// Who shows it.
        cell: CellId,
        /// What.
        display: Display,
    },
    /// It takes back what it has shown.
    ClearOutput {
        /// Whose output goes.
        cell: CellId,
        /// Whether to wait with it until there is new output.
        wait: bool,
    },
    /// It asks. The answer comes through [`Controls::reply_input`](super::Controls::reply_input).
    Input {
        /// Who asks: the question appears under this cell.
        cell: CellId,
        /// The question's name.
        request: RequestId,
        /// What to show before the answer.
        prompt: String,
        /// Whether the answer is to be hidden while it is typed.
        password: bool,
    },
    /// It no longer waits for an answer, because what asked was interrupted or is gone. None is given any more.
    Withdrawn {
        /// The question's name.
        request: RequestId,
    },
}
