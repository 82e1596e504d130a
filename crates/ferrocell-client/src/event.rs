//! What a kernel can do to its client, in one stream.

use std::process::ExitStatus;

use jupyter_protocol::JupyterMessage;
use jupyter_zmq_client::RuntimeError;

/// One thing that happened on a channel of the kernel or to its process.
pub enum Event {
    /// A message on iopub: output, status, display.
    Published(Box<JupyterMessage>),
    /// A reply on shell.
    Replied(Box<JupyterMessage>),
    /// A request on stdin: the kernel's user code asks for input.
    Asked(Box<JupyterMessage>),
    /// A message that does not follow the protocol, and why.
    Malformed(RuntimeError),
    /// The kernel's process ended.
    Exited(ExitStatus),
}
