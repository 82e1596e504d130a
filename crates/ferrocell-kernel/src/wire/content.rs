//! Which content belongs to which message type.

use jupyter_protocol as protocol;
use serde::Serialize;
use serde_json::{Map, Value};

/// The content of a message that the kernel sends.
pub(crate) trait Content: Serialize {
    /// The `msg_type` of the header.
    fn msg_type(&self) -> &str;

    /// What stands in the message's `metadata`.
    fn metadata(&self) -> Map<String, Value> {
        Map::new()
    }
}

macro_rules! contents {
    ($($content:ty => $msg_type:literal,)*) => {
        $(impl Content for $content {
            fn msg_type(&self) -> &str {
                $msg_type
            }
        })*
    };
}

contents! {
    protocol::ClearOutput => "clear_output",
    protocol::CommClose => "comm_close",
    protocol::CommMsg => "comm_msg",
    protocol::CommInfoReply => "comm_info_reply",
    protocol::CompleteReply => "complete_reply",
    protocol::ErrorOutput => "error",
    protocol::ExecuteInput => "execute_input",
    protocol::HistoryReply => "history_reply",
    protocol::InputRequest => "input_request",
    protocol::InterruptReply => "interrupt_reply",
    protocol::IoPubWelcome => "iopub_welcome",
    protocol::IsCompleteReply => "is_complete_reply",
    protocol::ShutdownReply => "shutdown_reply",
    protocol::Status => "status",
    protocol::StreamContent => "stream",
    super::DisplayData => "display_data",
    super::ExecuteResult => "execute_result",
    super::InspectReply => "inspect_reply",
    super::KernelInfoReply => "kernel_info_reply",
    super::UpdateDisplayData => "update_display_data",
}
