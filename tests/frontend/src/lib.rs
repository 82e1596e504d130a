//! A scripted frontend, with which a test reads like a conversation.
//!
//! Each `recv_…` takes the next message that belongs to a request and fails if it is another one than expected; when
//! the frontend goes, the test fails if any message was left unasserted. Messages of different requests may come in
//! any order. Every wait has a bound.

mod frontend;
mod message;
mod peer;
mod running;

pub use frontend::{Channel, Frontend, Request, execute};
pub use message::{Received, sign};
pub use peer::{GREETING, Peer};
pub use running::Running;
