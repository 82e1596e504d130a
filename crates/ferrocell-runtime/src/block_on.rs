//! Waits for the future that a cell with `.await` is.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::checkpoint;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs the future on the calling thread while `surroundings` exist: those in which the reactor, which has threads of its
/// own, is found.
///
/// The reactor's own way to wait would go on waiting when the user interrupts the cell.
pub fn block_on<S, F: Future>(surroundings: S, future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let output = loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            break output;
        }
        thread::park();
        checkpoint();
    };
    drop(surroundings);
    output
}
