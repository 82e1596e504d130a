//! The opening of a connection: both sides greet, then both say READY with their socket type (mechanism NULL).

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::frame::{Frame, encode_command};

/// Signature, version 3.0, mechanism NULL, not a server of security, filler.
const GREETING: [u8; 64] = {
    let mut greeting = [0; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12] = b'N';
    greeting[13] = b'U';
    greeting[14] = b'L';
    greeting[15] = b'L';
    greeting
};

/// How long a peer may take to open a connection: whoever says nothing must not hold a descriptor for ever.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest READY that is accepted, with all the properties that a peer gives itself.
const LONGEST: u64 = 8 << 10;

/// Opens the connection as a socket of type `socket_type` and returns the identity that the peer gives itself, empty
/// if it gives none.
pub(crate) async fn open(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    socket_type: &str,
) -> io::Result<Bytes> {
    timeout(PATIENCE, exchange(reader, writer, socket_type))
        .await
        .unwrap_or_else(|_| Err(invalid("the peer did not open the connection in time")))
}

async fn exchange(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    socket_type: &str,
) -> io::Result<Bytes> {
    writer.write_all(&GREETING).await?;
    let mut greeting = [0; 64];
    reader.read_exact(&mut greeting).await?;
    let speaks = greeting[0] == 0xff
        && greeting[9] & 1 == 1
        && greeting[10] >= 3
        && greeting[12..32] == GREETING[12..32];
    if !speaks {
        return Err(invalid("the peer does not speak ZMTP 3 without security"));
    }

    let mut ready = b"\x05READY".to_vec();
    ready.extend(property("Socket-Type", socket_type.as_bytes()));
    ready.extend(property("Identity", b""));
    writer.write_all(&encode_command(&ready)).await?;
    let frame = Frame::read(reader, LONGEST).await?;
    let properties = match frame.body.strip_prefix(b"\x05READY") {
        Some(properties) if frame.command => properties,
        _ => return Err(invalid("the peer did not say READY")),
    };
    Ok(identity(properties)
        .map(Bytes::copy_from_slice)
        .unwrap_or_default())
}

fn property(name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![name.len() as u8];
    bytes.extend(name.as_bytes());
    bytes.extend((value.len() as u32).to_be_bytes());
    bytes.extend(value);
    bytes
}

/// The value of the property `Identity`, whose name is compared without regard to case.
fn identity(mut properties: &[u8]) -> Option<&[u8]> {
    loop {
        let (&length, rest) = properties.split_first()?;
        let (name, rest) = rest.split_at_checked(length.into())?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        if name.eq_ignore_ascii_case(b"identity") {
            return Some(value);
        }
        properties = rest;
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_identity_is_found_among_other_properties() {
        let properties = [
            property("Socket-Type", b"DEALER"),
            property("identity", b"me"),
        ]
        .concat();
        assert_eq!(identity(&properties), Some(b"me".as_slice()));
        assert_eq!(identity(&property("Socket-Type", b"SUB")), None);
    }

    /// With time that moves only when nothing else can: a peer that stops in the middle is given up.
    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_not_waited_for() {
        for said in [&[][..], &GREETING[..20], &GREETING] {
            let (mut peer, ours) = tokio::io::duplex(1024);
            peer.write_all(said).await.expect("room");
            let (mut reader, mut writer) = tokio::io::split(ours);
            let start = tokio::time::Instant::now();
            assert!(open(&mut reader, &mut writer, "ROUTER").await.is_err());
            assert_eq!(start.elapsed(), PATIENCE);
        }
    }

    proptest! {
        #[test]
        fn any_properties_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = identity(&bytes);
        }
    }
}
