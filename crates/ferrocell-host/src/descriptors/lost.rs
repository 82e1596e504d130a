//! What a copy has to do without, in words.

use super::address::Address;
use super::kind::Kind;
use crate::input;

/// One thing.
#[derive(Clone, Copy)]
pub(super) enum Lost {
    /// A connection to this address; to another process, if that has no name.
    Connection(Address),
    /// A socket at which connections arrived.
    Listener(Address),
    /// A socket without a connection.
    Socket(Address),
    /// A pipe that another process reads.
    PipeTo,
    /// A pipe into which another process writes.
    PipeFrom,
    /// A named pipe.
    NamedPipe(Address),
    /// What could not be made again.
    Other(Kind),
}

impl Lost {
    /// Whether it is a connection of the host itself, which makes another one when it needs it.
    pub(super) fn is_ours(&self) -> bool {
        match self {
            Self::Connection(peer) => {
                input::socket().is_some_and(|path| peer.to_string() == path.to_string_lossy())
            }
            _ => false,
        }
    }

    /// What it is, without an article.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Connection(peer) if peer.is_named() => format!("connection to {peer}"),
            Self::Connection(peer) if peer.is_known() => "connection to another process".to_owned(),
            Self::Connection(_) => "connection that was not complete".to_owned(),
            Self::Listener(address) => format!("listener on {address}"),
            Self::Socket(address) if address.is_named() => format!("socket at {address}"),
            Self::Socket(_) => "socket".to_owned(),
            Self::PipeTo => "pipe to a child process".to_owned(),
            Self::PipeFrom => "pipe from a child process".to_owned(),
            Self::NamedPipe(path) => format!("pipe {path}"),
            Self::Other(kind) => match kind {
                Kind::Eventfd => "eventfd",
                Kind::Timerfd => "timerfd",
                Kind::Epoll => "epoll instance",
                Kind::Pipe | Kind::NamedPipe => "pipe",
                Kind::Socket => "socket",
            }
            .to_owned(),
        }
    }
}
