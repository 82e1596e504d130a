//! Jupyter messages: what a message is ([`Message`]), how it is signed and checked ([`Codec`]), and the contents that a
//! kernel reads and writes, one file per message type.
//!
//! The contents that need nothing special are those of the `jupyter-protocol` crate; the files here are the ones that
//! it lacks or that must carry MIME bundles untouched. Nothing here sends anything.
//!
//! The specification is "Messaging in Jupyter" of jupyter_client, version 5.5.

mod codec;
mod content;
mod display_data;
mod execute_reply;
mod execute_request;
mod execute_result;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod history_request;
mod inspect_reply;
mod kernel_info_reply;
mod message;
mod origin;
mod seen;

pub(crate) use codec::Codec;
pub(crate) use content::Content;
pub(crate) use display_data::{DisplayData, Transient, UpdateDisplayData};
pub(crate) use execute_reply::{ExecuteReply, ExpressionResult};
pub(crate) use execute_request::ExecuteRequest;
pub(crate) use execute_result::ExecuteResult;
#[cfg(any(test, fuzzing))]
pub use fuzz::fuzz_message;
pub(crate) use history_request::HistoryRequest;
pub(crate) use inspect_reply::InspectReply;
pub(crate) use kernel_info_reply::KernelInfoReply;
pub(crate) use message::{Malformed, Message};
pub(crate) use origin::Origin;

/// The version of the messaging protocol that every header names.
pub(crate) const PROTOCOL_VERSION: &str = "5.5";
