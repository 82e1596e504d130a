//! One frame and its header.

use crate::Kind;

/// The longest payload of one frame. Longer writes are split, so that a reader needs no more memory than this.
pub const MAX_PAYLOAD: usize = 64 * 1024;

/// Set in the `detail` of each frame of a longer message but the last. Streams do without: they may be cut anywhere.
pub const MORE: u32 = 1 << 31;

/// Set in the `detail` of each frame of a longer message but the first: whoever has missed that one can tell.
pub const CONTINUED: u32 = 1 << 30;

/// What precedes each payload, in little-endian order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The frame's [`Kind`], as its number.
    pub kind: u32,
    /// The length of the payload in bytes.
    pub len: u32,
    /// The cell that caused it; zero if none did.
    pub cell: u64,
    /// Names a question, otherwise zero.
    pub token: u64,
    /// The kernel's id of the thread that caused it; zero for the one that runs cells.
    pub thread: u32,
    /// Whatever else the kind needs.
    pub detail: u32,
}

impl Header {
    /// The size of an encoded header in bytes.
    pub const SIZE: usize = 32;

    /// The header as it travels.
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0..4].copy_from_slice(&self.kind.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.len.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.cell.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.token.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.thread.to_le_bytes());
        bytes[28..32].copy_from_slice(&self.detail.to_le_bytes());
        bytes
    }

    /// Reads a header back.
    pub fn decode(bytes: &[u8; Self::SIZE]) -> Self {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let long = |at: usize| u64::from(word(at)) | (u64::from(word(at + 4)) << 32);
        Self {
            kind: word(0),
            len: word(4),
            cell: long(8),
            token: long(16),
            thread: word(24),
            detail: word(28),
        }
    }
}

/// A frame inside a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What precedes the payload.
    pub header: Header,
    /// What follows it.
    pub payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The first frame of `buffer` and the bytes behind it, or `None` while the frame is not complete.
    ///
    /// ```
    /// use ferrocell_wire::{Frame, Header, Kind};
    ///
    /// let header = Header { kind: Kind::Stdout as u32, len: 2, cell: 7, token: 0, thread: 1, detail: 0 };
    /// let mut bytes = header.encode().to_vec();
    /// bytes.extend(b"hi, and the start of the next");
    /// let (frame, rest) = Frame::split(&bytes).unwrap();
    /// assert_eq!((frame.header, frame.payload), (header, b"hi".as_slice()));
    /// assert!(Frame::split(rest).is_none());
    /// ```
    pub fn split(buffer: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (head, rest) = buffer.split_first_chunk::<{ Header::SIZE }>()?;
        let header = Header::decode(head);
        let (payload, rest) = rest.split_at_checked(header.len as usize)?;
        Some((Self { header, payload }, rest))
    }

    /// The kind, if this version of the format knows it.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_number(self.header.kind)
    }

    /// The payload as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> std::borrow::Cow<'a, str> {
        String::from_utf8_lossy(self.payload)
    }
}
