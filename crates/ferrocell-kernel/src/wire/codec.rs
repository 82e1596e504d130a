//! Frames to messages and messages to frames: signing, checking, parsing.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use chrono::{SubsecRound, Utc};
use hmac::{Hmac, KeyInit, Mac};
use jupyter_protocol::Header;
use sha2::Sha256;
use uuid::Uuid;

use super::seen::Seen;
use super::{Content, Malformed, Message, Origin, PROTOCOL_VERSION};
use zmtp_server::Frames;

const DELIMITER: &[u8] = b"<IDS|MSG>";
const EMPTY: Bytes = Bytes::from_static(b"{}");

/// Reads and writes the messages of one connection. It knows the key, this kernel's session id and which signatures it
/// has seen.
///
/// Specification: "Wire Protocol".
pub(crate) struct Codec {
    session: String,
    key: Option<Hmac<Sha256>>,
    seen: Mutex<Seen>,
}

impl Codec {
    /// A codec for `key`. An empty key means that messages carry no signature.
    pub(crate) fn new(key: &str) -> Codec {
        let key = (!key.is_empty())
            .then(|| Hmac::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length"));
        Codec {
            session: Uuid::new_v4().to_string(),
            key,
            seen: Mutex::default(),
        }
    }

    /// Reads a message, if its signature is genuine and was not seen before.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says what is wrong with it; whoever sent it gets no answer.
    pub(crate) fn read(&self, mut frames: Frames) -> Result<Message, Malformed> {
        let delimiter = frames
            .iter()
            .position(|frame| frame == DELIMITER)
            .ok_or(Malformed::Frames)?;
        let parts = frames.split_off(delimiter + 1);
        frames.truncate(delimiter);
        let [signature, header, parent_header, metadata, content, ..] = parts.as_slice() else {
            return Err(Malformed::Frames);
        };
        self.check(signature, [header, parent_header, metadata, content])?;
        Ok(Message {
            header: read_header(header)?,
            origin: Origin {
                identities: frames,
                header: header.clone(),
            },
            parent_header: parent_header.clone(),
            content: content.clone(),
        })
    }

    /// Writes a message of `content` that follows from `parent`, from its delimiter on. Its id comes along, for those
    /// who wait for an answer to it.
    pub(crate) fn write<T: Content>(
        &self,
        parent: Option<&Origin>,
        content: &T,
    ) -> (String, Frames) {
        let header = Header {
            msg_id: Uuid::new_v4().to_string(),
            username: "kernel".into(),
            session: self.session.clone(),
            date: Utc::now().trunc_subsecs(6),
            msg_type: content.msg_type().into(),
            version: PROTOCOL_VERSION.into(),
        };
        let parts = [
            to_json(&header),
            parent
                .map(|origin| origin.header.clone())
                .filter(|header| !header.is_empty())
                .unwrap_or(EMPTY),
            to_json(&content.metadata()),
            to_json(content),
        ];
        let mut frames = vec![Bytes::from_static(DELIMITER), self.sign(&parts)];
        frames.extend(parts);
        (header.msg_id, frames)
    }

    /// The kernel's session id, by which a frontend tells one life of the kernel from the next.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    fn sign(&self, parts: &[Bytes]) -> Bytes {
        let Some(key) = &self.key else {
            return Bytes::new();
        };
        let signature = parts
            .iter()
            .fold(key.clone(), Mac::chain_update)
            .finalize()
            .into_bytes();
        signature
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            .into()
    }

    /// Compares in constant time, so that a signature cannot be guessed octet by octet.
    fn check(&self, signature: &[u8], parts: [&Bytes; 4]) -> Result<(), Malformed> {
        let Some(key) = &self.key else { return Ok(()) };
        let signature = from_hex(signature).ok_or(Malformed::Signature)?;
        let computed = parts.into_iter().fold(key.clone(), Mac::chain_update);
        computed
            .verify_slice(&signature)
            .map_err(|_| Malformed::Signature)?;
        match self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(signature)
        {
            true => Ok(()),
            false => Err(Malformed::Replayed),
        }
    }
}

fn read_header(header: &[u8]) -> Result<Header, Malformed> {
    serde_json::from_slice(header).map_err(|source| Malformed::Json {
        part: "header",
        source,
    })
}

fn to_json(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value)
        .expect("contents have string keys and no failing parts")
        .into()
}

/// Lower-case digits only, as signatures are written: otherwise a message would have more than one.
fn from_hex(digits: &[u8]) -> Option<[u8; 32]> {
    let digits: &[u8; 64] = digits.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |octet: u8| match octet {
            b'A'..=b'F' => None,
            octet => char::from(octet).to_digit(16),
        };
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const HEADER: &[u8] =
        br#"{"msg_id":"1","session":"s","username":"u","msg_type":"t","version":"5.5"}"#;

    fn signed(codec: &Codec, parts: [Vec<u8>; 4]) -> Frames {
        let parts = parts.map(Bytes::from);
        let mut frames = vec![
            Bytes::from("identity"),
            Bytes::from(DELIMITER),
            codec.sign(&parts),
        ];
        frames.extend(parts);
        frames
    }

    proptest! {
        /// Whatever stands in the parts of a message that is signed rightly, it is read or refused.
        #[test]
        fn any_signed_parts_are_survived(parts in [vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..60), vec(any::<u8>(), 0..60)]) {
            let codec = Codec::new("key");
            let _ = codec.read(signed(&codec, parts)).map(|message| message.parent_id());
        }

        /// A message that was changed in any one bit is not genuine.
        #[test]
        fn one_bit_makes_a_forgery(part in 2..7usize, position in any::<prop::sample::Index>(), bit in 0..8u8) {
            let codec = Codec::new("key");
            let parts = [HEADER, b"{}", b"{}", br#"{"code":"1"}"#].map(<[u8]>::to_vec);
            let mut frames = signed(&codec, parts);
            assert!(codec.read(frames.clone()).is_ok());
            let mut bytes = frames[part].to_vec();
            bytes[position.index(frames[part].len())] ^= 1 << bit;
            frames[part] = bytes.into();
            assert!(matches!(codec.read(frames), Err(Malformed::Signature)));
        }
    }

    #[test]
    fn without_a_key_nothing_is_signed_or_checked() {
        let codec = Codec::new("");
        let frames = signed(&codec, [HEADER, b"{}", b"{}", b"{}"].map(<[u8]>::to_vec));
        assert!(frames[2].is_empty());
        assert_eq!(codec.read(frames).expect("a message").header.msg_id, "1");
    }
}
