//! Leaves: the futures at which a body is suspended.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that polls by calling a function.
///
/// [`std::future::poll_fn`] makes the same, but its `poll` is compiled once and called from
/// everywhere, and a resumption polls twice: the call would cost as much as all the rest.
#[inline]
pub(crate) fn poll_fn<T>(poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> impl Future<Output = T> {
    PollFn(poll)
}

struct PollFn<F>(F);

/// The function is called and never pinned.
impl<F> Unpin for PollFn<F> {}

impl<T, F: FnMut(&mut Context<'_>) -> Poll<T>> Future for PollFn<F> {
    type Output = T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        (self.0)(context)
    }
}
