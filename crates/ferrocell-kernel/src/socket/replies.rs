//! The sending side of the shell and control channels.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::wire::{Codec, Content, Origin};
use zmtp_server::{Frames, Routes};

/// Sends replies to whoever asked, from any thread and without waiting. Clones share one queue.
#[derive(Clone)]
pub(crate) struct Replies {
    codec: Arc<Codec>,
    queue: mpsc::UnboundedSender<QueuedReply>,
}

enum QueuedReply {
    Reply(Frames),
    Drained(oneshot::Sender<()>),
}

impl Replies {
    /// Replies that leave by `routes`.
    pub(crate) fn new(codec: Arc<Codec>, routes: Routes) -> Replies {
        let (queue, replies) = mpsc::unbounded_channel();
        tokio::spawn(send_all(replies, routes));
        Replies { codec, queue }
    }

    /// Sends `content` as the reply to the request at `origin`.
    pub(crate) fn send<T: Content>(&self, origin: &Origin, content: &T) {
        let (_, message) = self.codec.write(Some(origin), content);
        self.put(QueuedReply::Reply(
            [origin.identities.as_slice(), &message].concat(),
        ));
    }

    /// Waits until all replies are written.
    pub(crate) async fn drained(&self) {
        let (sender, receiver) = oneshot::channel();
        self.put(QueuedReply::Drained(sender));
        // The sender is dropped only with the runtime, and then there is nothing to wait for.
        let _ = receiver.await;
    }

    fn put(&self, reply: QueuedReply) {
        // The queue is closed only when the kernel has ended.
        let _ = self.queue.send(reply);
    }
}

async fn send_all(mut queue: mpsc::UnboundedReceiver<QueuedReply>, routes: Routes) {
    while let Some(reply) = queue.recv().await {
        match reply {
            QueuedReply::Reply(frames) => {
                if !routes.send(&frames).await {
                    log::info!("a reply was not sent because the frontend that asked has gone");
                }
            }
            QueuedReply::Drained(sender) => {
                routes.drained().await;
                let _ = sender.send(());
            }
        }
    }
}
