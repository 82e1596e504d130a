//! What can be done to running code.

use super::{CellId, NoAnswer, RequestId};

/// What can be done from other threads while a cell runs. No method waits for the cell to end.
pub trait Controls: Send + Sync + 'static {
    /// Stops a cell that runs or is about to be given to [`Session::execute`](super::Session::execute), which then returns
    /// an error. When the cell has ended, nothing is to happen.
    ///
    /// Specification: [Kernel interrupt](https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-interrupt).
    fn interrupt(&self, cell: CellId);

    /// Answers an [`Event::Input`](super::Event::Input): a line without its end, or why there is none.
    ///
    /// Specification: [Messages on the stdin channel](https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-stdin-router-dealer-channel).
    fn reply_input(&self, request: RequestId, answer: Result<String, NoAnswer>);

    /// Ends the session and everything it started.
    ///
    /// Specification: [Kernel shutdown](https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown).
    fn shutdown(&self);
}
