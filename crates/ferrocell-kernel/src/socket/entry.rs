//! What is put into the iopub channel.

use jupyter_protocol::Status;
use tokio::sync::oneshot;

use crate::language::Event;
use crate::wire::Origin;
use zmtp_server::Frames;

/// What travels in order.
pub(crate) enum Entry {
    /// From the language.
    Event(Event),
    /// From the kernel.
    Notice(Notice),
    /// A request to be told when all before it is written.
    Drained(oneshot::Sender<()>),
}

/// What the kernel says itself, in order or ahead of what waits.
pub(crate) enum Notice {
    /// A whole message.
    Message(Frames),
    /// The kernel is busy with a request, or done with it.
    Status(Origin, Status),
}
