//! Messages on the wire, read and written independently of the kernel's own code.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A message from the kernel, whose signature was checked.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its own header.
    pub header: Value,
    /// The header of the request that it follows from.
    pub parent_header: Value,
    /// What else there is to say of it.
    pub metadata: Value,
    /// What its type says that it has.
    pub content: Value,
}

impl Received {
    pub(super) fn read(key: &str, frames: Vec<Bytes>) -> Received {
        let delimiter = frames
            .iter()
            .position(|frame| frame == "<IDS|MSG>")
            .expect("a delimiter");
        let parts = &frames[delimiter + 2..];
        assert_eq!(parts.len(), 4, "a kernel's message has four parts");
        assert_eq!(frames[delimiter..], sign(key, parts), "a wrong signature");
        let [header, parent_header, metadata, content] =
            [0, 1, 2, 3].map(|index| serde_json::from_slice(&parts[index]).expect("JSON"));
        let received = Received {
            header,
            parent_header,
            metadata,
            content,
        };
        assert_eq!(received.header["version"], "5.5");
        received
    }

    /// Its type.
    pub fn msg_type(&self) -> &str {
        self.header["msg_type"].as_str().expect("a msg_type")
    }

    /// The `msg_id` of the request that this message follows from; empty if there is none.
    pub fn parent(&self) -> &str {
        self.parent_header["msg_id"].as_str().unwrap_or_default()
    }
}

/// The frames of a message, from the delimiter on.
pub fn sign(key: &str, parts: &[Bytes]) -> Vec<Bytes> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    parts.iter().for_each(|part| mac.update(part));
    let signature = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    [&[Bytes::from("<IDS|MSG>"), Bytes::from(signature)], parts].concat()
}
