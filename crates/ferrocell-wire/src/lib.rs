//! What the engine and the host process say to each other: frames with a fixed header.
//!
//! Frames travel on two stream sockets. On the *control* socket the engine tells the host what to load and run. On the
//! *output* socket the host reports everything else, in the order in which it happened: what the user's code wrote,
//! asked, showed, and how a cell ended. Standard output is never used for control, so nothing a program prints can be
//! taken for a frame.
//!
//! When the process that runs cells has ended, its supervisor reports that on a third socket, on which the engine also
//! asks for signals to be sent: see [`Ended`] and [`Signal`].
//!
//! This crate owns the format and nothing else: it reads and writes no socket.

mod ended;
mod frame;
mod kind;
mod signal;
mod status;

pub use ended::{CallSite, Cause, Ended};
pub use frame::{CONTINUED, Frame, Header, MAX_PAYLOAD, MORE};
pub use kind::Kind;
pub use signal::Signal;
pub use status::Status;

/// The first argument of an executable that is to be the host; the others are the host's own.
pub const HOST_ARGUMENT: &str = "--ferrocell-host";

/// Joins the fields of a frame's payload. Fields hold no NUL byte; those that might (a message) come last.
pub fn join_fields(fields: &[&str]) -> String {
    fields.join("\0")
}

/// Splits a payload into `N` fields; the last one takes the rest, missing ones are empty.
pub fn split_fields<const N: usize>(payload: &str) -> [&str; N] {
    let mut parts = payload.splitn(N, '\0');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
