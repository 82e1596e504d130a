//! One request and its reply.

use jupyter_protocol::{ReplyError, ReplyStatus, Status};
use serde::Serialize;

use crate::socket::{IoPub, Lane, Notice, Replies};
use crate::wire::{Content, Message};

/// A request that is being worked on: the frontends were told that the kernel is busy with it, and will be told that it
/// is idle when the reply is sent.
///
/// Specification: "Request-Reply" and "Kernel status".
pub(crate) struct Exchange {
    pub(crate) message: Message,
    iopub: IoPub,
    lane: Lane,
    replies: Replies,
}

impl Exchange {
    /// Takes a request in. What is published about it goes by `lane`.
    pub(crate) fn begin(message: Message, iopub: IoPub, lane: Lane, replies: Replies) -> Exchange {
        let exchange = Exchange {
            message,
            iopub,
            lane,
            replies,
        };
        exchange.publish_status(Status::busy());
        exchange
    }

    /// Publishes a message that follows from the request.
    pub(crate) fn publish<T: Content>(&self, content: &T) {
        self.iopub.publish(self.lane, &self.message.origin, content);
    }

    fn publish_status(&self, status: Status) {
        self.iopub.put(
            self.lane,
            Notice::Status(self.message.origin.clone(), status),
        );
    }

    /// Sends the reply.
    pub(crate) fn reply<T: Content>(self, content: &T) {
        self.replies.send(&self.message.origin, content);
        self.end();
    }

    /// Replies that the request failed, whatever its type.
    pub(crate) fn fail(self, name: &str, value: impl ToString) {
        let value = value.to_string();
        log::warn!("{} failed: {name}: {value}", self.message.header.msg_type);
        let error = ReplyError {
            ename: name.into(),
            traceback: vec![format!("{name}: {value}")],
            evalue: value,
        };
        let reply = ErrorReply {
            msg_type: self.message.header.msg_type.replace("_request", "_reply"),
            status: ReplyStatus::Error,
            error,
        };
        self.reply(&reply);
    }

    /// Ends a message that has no reply.
    pub(crate) fn end(self) {
        self.publish_status(Status::idle());
    }
}

/// The reply to a request of any type that failed.
#[derive(Serialize)]
struct ErrorReply {
    #[serde(skip)]
    msg_type: String,
    status: ReplyStatus,
    #[serde(flatten)]
    error: ReplyError,
}

impl Content for ErrorReply {
    fn msg_type(&self) -> &str {
        &self.msg_type
    }
}
