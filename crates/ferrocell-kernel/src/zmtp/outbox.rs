//! What waits to be written to one peer, within a budget of bytes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Bytes that may wait for one peer.
const BUDGET: usize = 8 << 20;

/// How long a sender waits for a peer that takes nothing, before that peer misses messages.
pub(super) const STALL: Duration = Duration::from_secs(5);

/// The sending end: cheap to clone, alive until the last clone is gone.
#[derive(Clone)]
pub(super) struct Outbox {
    queue: mpsc::UnboundedSender<Parcel>,
    room: Arc<Semaphore>,
    stalled: Arc<AtomicBool>,
}

/// A message and the room that it takes; the room is free again once the message is written.
struct Parcel {
    bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

impl Outbox {
    /// An outbox, and the task that writes what is put into it.
    pub(super) fn new<W: AsyncWrite + Unpin>(
        writer: W,
    ) -> (Outbox, impl Future<Output = io::Result<()>>) {
        let (queue, parcels) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(BUDGET));
        let outbox = Outbox {
            queue,
            room,
            stalled: Arc::default(),
        };
        (outbox, write_all(writer, parcels))
    }

    /// Puts an encoded message in line, waiting for room while the peer keeps reading.
    pub(super) async fn send(&self, bytes: Bytes) {
        // A message larger than the budget takes all of it, so it still goes out, alone.
        let size = bytes.len().min(BUDGET) as u32;
        let room = match self.room.clone().try_acquire_many_owned(size) {
            Ok(room) => Some(room),
            Err(_) if self.stalled.load(Ordering::Relaxed) => None,
            Err(_) => tokio::time::timeout(STALL, self.room.clone().acquire_many_owned(size))
                .await
                .ok()
                .and_then(Result::ok),
        };
        let stalled = room.is_none();
        if stalled != self.stalled.swap(stalled, Ordering::Relaxed) {
            match stalled {
                true => log::warn!(
                    "a peer has read nothing for {STALL:?}; it misses messages until it reads again"
                ),
                false => log::warn!("a peer that had stalled reads again"),
            }
        }
        if let Some(_room) = room {
            // A closed queue means that the peer has gone; its connection's task removes it.
            let _ = self.queue.send(Parcel { bytes, _room });
        }
    }

    /// Waits until all that was sent is written. A peer that has stalled or gone is not waited for.
    pub(super) async fn drained(&self) {
        if !self.stalled.load(Ordering::Relaxed) {
            let written = self.room.acquire_many(BUDGET as u32);
            let _ = tokio::select! {
                written = written => written.is_ok(),
                () = self.queue.closed() => false,
                () = tokio::time::sleep(STALL) => false,
            };
        }
    }
}

/// Writes parcels as they come. All that has gathered meanwhile goes out with one flush: a burst of small messages costs
/// few system calls.
async fn write_all<W: AsyncWrite + Unpin>(
    writer: W,
    mut parcels: mpsc::UnboundedReceiver<Parcel>,
) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(64 << 10, writer);
    let mut batch = Vec::with_capacity(64);
    while parcels.recv_many(&mut batch, 64).await > 0 {
        for parcel in &batch {
            writer.write_all(&parcel.bytes).await?;
        }
        writer.flush().await?;
        batch.clear();
    }
    writer.shutdown().await
}
