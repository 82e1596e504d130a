//! XPUB: each message goes to every subscriber whose subscription is a prefix of the message's first frame, and a new
//! subscription is answered with a welcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::io::BufReader;

use crate::frame::{Frame, encode_message};
use crate::listener::{Reader, Writer};
use crate::outbox::Outbox;
use crate::{Frames, Listener, handshake};

/// The longest subscription that is accepted, and how many of one subscriber: no frontend comes near.
const LONGEST: u64 = 8 << 10;
const MOST_TOPICS: usize = 1024;

/// A publishing socket. Clones share the subscribers.
#[derive(Clone)]
pub struct Publisher {
    subscribers: Arc<Mutex<HashMap<u64, Subscriber>>>,
    welcome: Arc<Welcome>,
}

/// Makes the message that greets a new subscription to a topic.
type Welcome = dyn Fn(&[u8]) -> Frames + Send + Sync;

struct Subscriber {
    /// At most [`MOST_TOPICS`].
    topics: Vec<Bytes>,
    outbox: Outbox,
}

impl Publisher {
    /// Accepts subscribers on `listener` for as long as the runtime lives; `welcome` makes the message with which a
    /// new subscription to a topic is answered.
    pub fn new(
        listener: Listener,
        welcome: impl Fn(&[u8]) -> Frames + Send + Sync + 'static,
    ) -> Publisher {
        let publisher = Publisher {
            subscribers: Arc::default(),
            welcome: Arc::new(welcome),
        };
        tokio::spawn(publisher.clone().accept(listener));
        publisher
    }

    /// Sends `frames` to all who subscribed to their topic, waiting for those that are behind but read.
    pub async fn publish(&self, frames: &[Bytes]) {
        let Some(topic) = frames.first() else { return };
        let interested = |subscriber: &&Subscriber| {
            subscriber
                .topics
                .iter()
                .any(|prefix| topic.starts_with(prefix))
        };
        let outboxes: Vec<Outbox> = self
            .lock()
            .values()
            .filter(interested)
            .map(|subscriber| subscriber.outbox.clone())
            .collect();
        if outboxes.is_empty() {
            return;
        }
        let bytes = encode_message(frames);
        for outbox in outboxes {
            outbox.send(bytes.clone()).await;
        }
    }

    /// Waits until all that was published is written.
    pub async fn drained(&self) {
        let outboxes: Vec<Outbox> = self
            .lock()
            .values()
            .map(|subscriber| subscriber.outbox.clone())
            .collect();
        for outbox in outboxes {
            outbox.drained().await;
        }
    }

    async fn accept(self, listener: Listener) {
        for number in 0.. {
            let (reader, writer) = listener.accept().await;
            tokio::spawn(self.clone().serve(number, reader, writer));
        }
    }

    /// One connection, from its handshake to its end.
    async fn serve(self, number: u64, reader: Reader, mut writer: Writer) {
        let mut reader = BufReader::new(reader);
        if let Err(error) = handshake::open(&mut reader, &mut writer, "XPUB").await {
            return log::warn!("a subscriber was refused: {error}");
        }
        let (outbox, writing) = Outbox::new(writer);
        self.lock().insert(
            number,
            Subscriber {
                topics: Vec::new(),
                outbox: outbox.clone(),
            },
        );
        let reading = async {
            while let Ok(frame) = Frame::read(&mut reader, LONGEST).await {
                self.subscription(number, &outbox, &frame).await;
            }
        };
        tokio::select! {
            () = reading => {}
            _ = writing => {}
        }
        self.lock().remove(&number);
    }

    /// RFC 29: a message of a subscriber starts with 1 to subscribe or 0 to unsubscribe, and the topic follows.
    async fn subscription(&self, number: u64, outbox: &Outbox, frame: &Frame) {
        match frame.body.first() {
            Some(1) if !frame.command => {
                let topic = frame.body.slice(1..);
                let welcome = encode_message(&(self.welcome)(&topic));
                if let Some(subscriber) = self.lock().get_mut(&number)
                    && subscriber.topics.len() < MOST_TOPICS
                {
                    subscriber.topics.push(topic);
                }
                outbox.send(welcome).await;
            }
            Some(0) if !frame.command => {
                if let Some(subscriber) = self.lock().get_mut(&number) {
                    let topic = &frame.body[1..];
                    if let Some(index) = subscriber.topics.iter().position(|known| known == topic) {
                        subscriber.topics.swap_remove(index);
                    }
                }
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Subscriber>> {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
