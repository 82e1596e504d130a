//! ZMTP 3.0, the wire protocol of ZeroMQ, as far as a kernel needs it: the listening side of ROUTER and XPUB.
//!
//! It owns connections, frames and the bytes that wait for a slow peer. It never looks into a Jupyter message.
//!
//! Why not a library: a kernel must deliver every byte to a reader that keeps up, and must not be stopped by one that
//! does not read at all. libzmq's XPUB drops messages of a fast cell unseen, and the XPUB of `zeromq` 0.7 waits for
//! ever for a subscriber that has stalled. Here each peer has a budget of bytes: whoever sends waits for room in it,
//! but only [`STALL`](outbox::STALL) long, after which that peer alone misses messages until it reads again.
//!
//! The specification is ZeroMQ RFC 23 (ZMTP 3.0); the socket patterns are RFC 28 (ROUTER) and RFC 29 (XPUB).

mod frame;
mod handshake;
mod listener;
mod outbox;
mod publisher;
mod router;

pub(crate) use listener::Listener;
pub(crate) use publisher::Publisher;
pub(crate) use router::{Router, Routes};

/// A multipart message: its frames, in order.
pub(crate) type Frames = Vec<bytes::Bytes>;
