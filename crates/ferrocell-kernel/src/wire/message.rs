//! A message that was received and found genuine.

use bytes::Bytes;
use jupyter_protocol::Header;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Origin;

/// A message from a frontend. Its content is still JSON text: each handler reads the content it knows.
///
/// Specification: "General Message Format".
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) header: Header,
    pub(crate) origin: Origin,
    pub(crate) parent_header: Bytes,
    pub(crate) content: Bytes,
}

/// Why frames are no message that the kernel would act on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    /// The frame `<IDS|MSG>` is missing, or fewer than five frames follow it.
    #[error("it has no delimiter followed by a signature and four parts")]
    Frames,
    /// The signature is not that of the connection file's key.
    #[error("its signature is wrong: it was not made with this connection's key")]
    Signature,
    /// The same signature was seen before.
    #[error("it was received before: its signature is a repetition")]
    Replayed,
    /// A part is not the JSON that it should be.
    #[error("its {part} cannot be read: {source}")]
    Json {
        /// Which part.
        part: &'static str,
        /// Why.
        source: serde_json::Error,
    },
}

impl Message {
    /// Reads the content as `T`.
    pub(crate) fn content<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        serde_json::from_slice(&self.content).map_err(|source| Malformed::Json {
            part: "content",
            source,
        })
    }

    /// The `msg_id` of the parent header, if there is one.
    pub(crate) fn parent_id(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Parent {
            msg_id: String,
        }
        serde_json::from_slice(&self.parent_header)
            .ok()
            .map(|parent: Parent| parent.msg_id)
    }
}
