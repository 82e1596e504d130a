//! What waits to be written to one peer, within a budget of bytes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

/// Bytes that may wait for one peer.
const BUDGET: usize = 8 << 20;

/// How long a sender waits for a peer that takes nothing, before that peer misses messages.
pub(crate) const STALL: Duration = Duration::from_secs(5);

/// The sending end: cheap to clone, alive until the last clone is gone.
#[derive(Clone)]
pub(crate) struct Outbox {
    queue: mpsc::UnboundedSender<QueuedMessage>,
    room: Arc<Semaphore>,
    /// Bytes written so far: what has not stalled goes up.
    written: Arc<AtomicU64>,
    stalled: Arc<AtomicBool>,
}

/// A message and the room that it takes; the room is free again once the message is written.
struct QueuedMessage {
    bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

impl Outbox {
    /// An outbox, and the task that writes what is put into it.
    pub(crate) fn new<W: AsyncWrite + Unpin>(
        writer: W,
    ) -> (Outbox, impl Future<Output = io::Result<()>>) {
        let (queue, messages) = mpsc::unbounded_channel();
        let outbox = Outbox {
            queue,
            room: Arc::new(Semaphore::new(BUDGET)),
            written: Arc::default(),
            stalled: Arc::default(),
        };
        let writing = write_all(writer, messages, outbox.written.clone());
        (outbox, writing)
    }

    /// Puts an encoded message in line, waiting for room while the peer keeps reading.
    pub(crate) async fn send(&self, bytes: Bytes) {
        // A message larger than the budget takes all of it, so it still goes out, alone.
        let room = self.room(bytes.len().min(BUDGET) as u32).await;
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
            let _ = self.queue.send(QueuedMessage { bytes, _room });
        }
    }

    /// Room for `size` bytes; `None` if the peer takes nothing.
    async fn room(&self, size: u32) -> Option<OwnedSemaphorePermit> {
        if self.stalled.load(Ordering::Relaxed) {
            return self.room.clone().try_acquire_many_owned(size).ok();
        }
        loop {
            let written = self.written.load(Ordering::Relaxed);
            match timeout(STALL, self.room.clone().acquire_many_owned(size)).await {
                Ok(room) => return room.ok(),
                Err(_) if self.written.load(Ordering::Relaxed) == written => return None,
                Err(_) => {}
            }
        }
    }

    /// Waits until all that was sent is written. A peer that has stalled or gone is not waited for.
    pub(crate) async fn drained(&self) {
        tokio::select! {
            _ = self.room(BUDGET as u32) => {}
            () = self.queue.closed() => {}
        }
    }
}

/// Writes messages as they come. All that has gathered meanwhile goes out with one flush: a burst of small messages costs
/// few system calls.
async fn write_all<W: AsyncWrite + Unpin>(
    writer: W,
    mut messages: mpsc::UnboundedReceiver<QueuedMessage>,
    written: Arc<AtomicU64>,
) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(64 << 10, writer);
    let mut batch = Vec::with_capacity(64);
    while messages.recv_many(&mut batch, 64).await > 0 {
        let mut latest = None;
        for mut message in batch.drain(..) {
            while !message.bytes.is_empty() {
                let count = writer.write_buf(&mut message.bytes).await?;
                written.fetch_add(count as u64, Ordering::Relaxed);
            }
            // The latest one's room is kept until the flush, so that whoever has all room knows that all is flushed.
            latest = Some(message);
        }
        writer.flush().await?;
        drop(latest);
    }
    writer.shutdown().await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, duplex};
    use tokio::time::Instant;

    use super::*;

    const MESSAGE: usize = 1 << 20;

    fn message(fill: u8) -> Bytes {
        vec![fill; MESSAGE].into()
    }

    /// With time that moves only when nothing else can: a peer that reads nothing holds a sender up once, for the time
    /// of a stall, and then misses messages at no cost until it reads again.
    #[tokio::test(start_paused = true)]
    async fn a_stalled_peer_holds_nobody_up_for_long() {
        let (mut peer, writer) = duplex(1024);
        let (outbox, writing) = Outbox::new(writer);
        tokio::spawn(writing);
        let fits = BUDGET / MESSAGE;
        for number in 0..fits {
            outbox.send(message(number as u8)).await;
        }
        // The writer gets to the point where it can write no more.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let start = Instant::now();
        for _ in 0..100 {
            outbox.send(message(99)).await;
        }
        assert_eq!(start.elapsed(), STALL);
        outbox.drained().await;
        assert_eq!(start.elapsed(), STALL, "a stalled peer is not waited for");

        let mut received = vec![0; fits * MESSAGE];
        peer.read_exact(&mut received).await.expect("what fitted");
        outbox.send(message(100)).await;
        let mut last = vec![0; MESSAGE];
        peer.read_exact(&mut last).await.expect("what came after");
        let fills: Vec<u8> = received.chunks(MESSAGE).map(|message| message[0]).collect();
        assert_eq!(fills, (0..fits as u8).collect::<Vec<_>>());
        assert_eq!(last[0], 100);
    }

    /// A peer that is slow but reads gets everything, in order.
    #[tokio::test(start_paused = true)]
    async fn a_slow_peer_loses_nothing() {
        let (mut peer, writer) = duplex(1024);
        let (outbox, writing) = Outbox::new(writer);
        tokio::spawn(writing);
        let reading = tokio::spawn(async move {
            let mut fills = Vec::new();
            let mut message = vec![0; MESSAGE];
            while peer.read_exact(&mut message).await.is_ok() {
                fills.push(message[0]);
                tokio::time::sleep(STALL / 2).await;
            }
            fills
        });
        for number in 0..40 {
            outbox.send(message(number)).await;
        }
        outbox.drained().await;
        drop(outbox);
        assert_eq!(
            reading.await.expect("no panic"),
            (0..40).collect::<Vec<u8>>()
        );
    }
}
