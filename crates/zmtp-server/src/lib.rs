//! The listening side of ZeroMQ's ROUTER and XPUB sockets, in ZMTP 3.0, its wire protocol.
//!
//! It owns connections, frames and the bytes that wait for a slow peer. It never looks into a message. There is no
//! security mechanism (ZMTP's NULL), no connecting side, and no other socket type.
//!
//! A publisher whose every subscriber is told what it subscribed to:
//!
//! ```no_run
//! # async fn publish() -> std::io::Result<()> {
//! use zmtp_server::{Endpoint, Listener, Publisher};
//!
//! let endpoint = Endpoint::Tcp { ip: "127.0.0.1".into(), port: 5555 };
//! let publisher = Publisher::new(Listener::bind(&endpoint).await?, |topic| vec![topic.to_vec().into()]);
//! publisher.publish(&["news".into(), "hello".into()]).await;
//! # Ok(())
//! # }
//! ```
//!
//! Why beside libzmq and `zeromq`: a server may have to deliver every byte to a reader that keeps up, and must not be stopped by one that
//! does not read at all. Here each peer has a budget of 8 MiB; whoever sends waits for room in it while the peer reads,
//! and a peer that takes nothing for five seconds alone misses messages until it reads again. Measured with
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
#[cfg(any(test, fuzzing))]
mod fuzz;
mod handshake;
mod listener;
mod outbox;
mod publisher;
mod router;

#[cfg(any(test, fuzzing))]
pub use fuzz::fuzz_peer;
pub use listener::{Endpoint, Listener};
pub use publisher::Publisher;
pub use router::{Router, Routes};

/// A multipart message: its frames, in order.
pub type Frames = Vec<bytes::Bytes>;
