//! ZMTP 3.0, the wire protocol of ZeroMQ, as far as a kernel needs it: the listening side of ROUTER and XPUB.
//!
//! It owns connections, frames and the bytes that wait for a slow peer. It never looks into a Jupyter message.
//!
//! Why not a library: a kernel must deliver every byte to a reader that keeps up, and must not be stopped by one that
//! does not read at all. Here each peer has a budget of bytes; whoever sends waits for room in it while the peer reads,
//! and a peer that takes nothing for a while ([`outbox`]) alone misses messages until it reads again. Measured with
//! 10,000 messages of 5 kB to readers in another process, on two busy cores:
//!
//! | | libzmq 4.3 XPUB, as it is set | `zeromq` 0.7 XPUB | here (signed JSON) |
//! |---|---|---|---|
//! | reader that keeps up | 3,000 arrive | all in 0.22 s | all in 0.3 s |
//! | slow reader | 2,500 arrive | all | all |
//! | one that reads nothing beside it | drops | stops for ever at message 2,391 | 5 s once, others get all |
//! | peak memory | 10 MB | 4 MB | 7 MB, 17 MB with the one that reads nothing |
//! | to build | C++, and a compiler for it | a dozen crates more | nothing more |
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
