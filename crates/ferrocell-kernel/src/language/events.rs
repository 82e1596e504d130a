//! The way of events from the language to the frontends.

use tokio::sync::{mpsc, oneshot};

use super::Event;
use crate::socket::Entry;

/// Where a session puts its events. Clones share one bounded queue.
#[derive(Clone)]
pub struct Events {
    queue: mpsc::Sender<Entry>,
}

impl Events {
    pub(crate) fn new(queue: mpsc::Sender<Entry>) -> Events {
        Events { queue }
    }

    /// Hands an event over. It **blocks** while the frontends are behind: a session that passes the block on to the
    /// program that prints keeps memory bounded and loses nothing. After the kernel has ended, events go nowhere.
    ///
    /// # Panics
    ///
    /// Panics if it is called from asynchronous code, which must not block.
    pub fn send(&self, event: Event) {
        self.put(Entry::Event(event));
    }

    /// Waits until all that was handed over is written.
    pub(crate) async fn drained(&self) {
        let (sender, receiver) = oneshot::channel();
        // Both fail only when the channel has ended, and then there is nothing to wait for.
        let _ = self.queue.send(Entry::Drained(sender)).await;
        let _ = receiver.await;
    }

    pub(crate) fn put(&self, entry: Entry) {
        // The queue is closed only when the kernel ends, and then nobody is left to see the event.
        let _ = self.queue.blocking_send(entry);
    }
}
