//! Frames as bytes: a flags octet, a length of one or eight octets, a body.

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// The longest message that is accepted from a peer: far above any notebook cell, far below the machine's memory.
pub(crate) const LONGEST: u64 = 128 << 20;

/// One frame as it came from a peer.
pub(crate) struct Frame {
    pub(crate) more: bool,
    pub(crate) command: bool,
    pub(crate) body: Bytes,
}

impl Frame {
    /// Reads one frame; a length beyond `most` is an error, after which the connection is of no more use.
    pub(crate) async fn read(
        reader: &mut (impl AsyncRead + Unpin),
        most: u64,
    ) -> io::Result<Frame> {
        let flags = reader.read_u8().await?;
        let length = match flags & LONG {
            0 => u64::from(reader.read_u8().await?),
            _ => reader.read_u64().await?,
        };
        if length > most {
            let message = format!("a frame of {length} bytes is longer than the {most} allowed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        // The body grows as it arrives, so that a peer cannot make us reserve what it never sends.
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body).await?;
        if (body.len() as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Frame {
            more: flags & MORE != 0,
            command: flags & COMMAND != 0,
            body: body.into(),
        })
    }
}

/// The bytes of a multipart message.
pub(crate) fn encode_message(frames: &[Bytes]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(frames.iter().map(|frame| frame.len() + 9).sum());
    for (index, frame) in frames.iter().enumerate() {
        let more = if index + 1 < frames.len() { MORE } else { 0 };
        encode(&mut bytes, more, frame);
    }
    bytes.freeze()
}

/// The bytes of a command frame.
pub(crate) fn encode_command(body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(body.len() + 9);
    encode(&mut bytes, COMMAND, body);
    bytes.freeze()
}

fn encode(bytes: &mut BytesMut, flags: u8, body: &[u8]) {
    match u8::try_from(body.len()) {
        Ok(length) => {
            bytes.put_u8(flags);
            bytes.put_u8(length);
        }
        Err(_) => {
            bytes.put_u8(flags | LONG);
            bytes.put_u64(body.len() as u64);
        }
    }
    bytes.put_slice(body);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..5)) {
            let frames: Vec<Bytes> = parts.into_iter().map(Bytes::from).collect();
            let bytes = encode_message(&frames);
            block_on(async {
                let mut reader = &bytes[..];
                for (index, frame) in frames.iter().enumerate() {
                    let read = Frame::read(&mut reader, LONGEST).await.expect("a frame");
                    assert_eq!(&read.body, frame);
                    assert_eq!(read.more, index + 1 < frames.len());
                    assert!(!read.command);
                }
                assert!(reader.is_empty());
            });
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            block_on(async {
                let mut reader = &bytes[..];
                while Frame::read(&mut reader, LONGEST).await.is_ok() {}
            });
        }
    }

    #[test]
    fn a_hostile_length_is_refused_before_anything_is_reserved() {
        let bytes = [[LONG, 0xff].as_slice(), &[0xff; 7]].concat();
        let error = block_on(Frame::read(&mut &bytes[..], LONGEST))
            .err()
            .expect("a refusal");
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
