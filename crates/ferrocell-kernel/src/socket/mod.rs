//! The five channels, one file each, and what they share: the way of replies.
//!
//! Each channel is a task of its own that never waits for a running cell. The order of messages within a channel is
//! kept; channels do not wait for one another.

pub(crate) mod control;
mod drafts;
mod entry;
pub(crate) mod heartbeat;
mod iopub;
mod kernel_requests;
mod replies;
pub(crate) mod shell;
mod sockets;
mod stdin;

pub(crate) use drafts::Drafts;
pub(crate) use entry::{Entry, Notice};
pub(crate) use iopub::{IoPub, Lane};
pub(crate) use kernel_requests::KernelRequests;
pub(crate) use replies::Replies;
pub(crate) use sockets::Sockets;
pub(crate) use stdin::{Stdin, Which};
