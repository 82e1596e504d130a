//! What descriptors are descriptors of.

/// What a descriptor is a descriptor of, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Eventfd,
    Timerfd,
    Epoll,
    /// An end of a pipe without a name.
    Pipe,
    NamedPipe,
    Socket,
}
