//! Which of the cells that wait are still to run.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::wire::Message;

/// What the thread that runs cells has to do.
pub(crate) enum Job {
    /// An `execute_request` with its number in the queue.
    Cell(u64, Box<Message>),
    /// To look at the session, for whoever waits.
    Look(oneshot::Sender<Option<Value>>),
}

/// Numbers the requests for cells as they come. An interrupt withdraws all that came before it, whether a cell runs at that
/// moment or the next one is about to.
#[derive(Default)]
pub(crate) struct Queue {
    received: AtomicU64,
    withdrawn: AtomicU64,
}

impl Queue {
    /// The number of a request that has just come.
    pub(crate) fn number(&self) -> u64 {
        self.received.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Withdraws all requests that have come so far.
    pub(crate) fn withdraw(&self) {
        let received = self.received.load(Ordering::SeqCst);
        self.withdrawn.store(received, Ordering::SeqCst);
    }

    /// Whether the request of this number is not to run any more.
    pub(crate) fn is_withdrawn(&self, number: u64) -> bool {
        number <= self.withdrawn.load(Ordering::SeqCst)
    }
}
