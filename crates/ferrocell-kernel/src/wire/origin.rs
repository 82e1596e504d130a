//! Where a message comes from.

use bytes::Bytes;

/// What every message that follows from a request must carry: who is to receive it and which request it answers.
///
/// Specification: "Wire Protocol" (identities) and "Parent header".
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// The routing envelope of the request.
    pub(crate) identities: Vec<Bytes>,
    /// The header of the request, byte for byte; empty if there is no request.
    pub(crate) header: Bytes,
}
