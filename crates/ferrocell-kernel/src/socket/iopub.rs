//! The iopub channel: what everyone may see. Text is gathered a little under load, and never for long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::{ClearOutput, IoPubWelcome, StreamContent};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::cells::Cells;
use crate::language::{CellId, Display, Entry, Event, Events, Stream};
use crate::wire::{Codec, Content, DisplayData, Origin, Transient, UpdateDisplayData};
use crate::zmtp::{Frames, Publisher};

use super::Stdin;
use super::stdin::Question;

/// Events that may wait; beyond that, the program that prints is slowed down.
const BACKLOG: usize = 256;

/// The shortest time between two pieces of text of a program that prints without pause.
const PAUSE: Duration = Duration::from_millis(20);

/// The longest text that is gathered into one message.
const GATHERED: usize = 64 << 10;

/// By which lane a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// In order with the output of cells; blocks while the frontends are behind.
    Ordered,
    /// Ahead of waiting output; never blocks.
    Express,
}

/// The near end of the channel. Clones share it.
#[derive(Clone)]
pub(crate) struct IoPub {
    codec: Arc<Codec>,
    ordered: Events,
    express: mpsc::UnboundedSender<Frames>,
}

/// The far end: takes what was put in and publishes it.
struct Publication {
    codec: Arc<Codec>,
    ordered: mpsc::Receiver<Entry>,
    express: mpsc::UnboundedReceiver<Frames>,
    publisher: Publisher,
    cells: Arc<Cells>,
    stdin: Stdin,
    text: Option<Text>,
    published: Instant,
}

/// Text that is being gathered.
struct Text {
    cell: CellId,
    stream: Stream,
    text: String,
}

impl IoPub {
    /// Opens the channel on `publisher`.
    pub(crate) fn new(
        codec: Arc<Codec>,
        publisher: Publisher,
        cells: Arc<Cells>,
        stdin: Stdin,
    ) -> IoPub {
        let (ordered, ordered_receiver) = mpsc::channel(BACKLOG);
        let (express, express_receiver) = mpsc::unbounded_channel();
        let publication = Publication {
            codec: codec.clone(),
            ordered: ordered_receiver,
            express: express_receiver,
            publisher,
            cells,
            stdin,
            text: None,
            published: Instant::now(),
        };
        tokio::spawn(publication.run());
        IoPub {
            codec,
            ordered: Events::new(ordered),
            express,
        }
    }

    /// Publishes `content` as following from the request at `origin`.
    pub(crate) fn publish<T: Content>(&self, lane: Lane, origin: &Origin, content: &T) {
        let frames = message(&self.codec, origin, content);
        match lane {
            Lane::Ordered => self.ordered.put(Entry::Message(frames)),
            // The queue is closed only when the kernel has ended.
            Lane::Express => drop(self.express.send(frames)),
        }
    }

    /// Waits until all that was published is written.
    pub(crate) async fn drained(&self) {
        self.ordered.drained().await;
    }

    /// Where a session puts its events.
    pub(crate) fn events(&self) -> Events {
        self.ordered.clone()
    }
}

/// The greeting of a new subscriber. Specification: "Welcome message".
pub(crate) fn welcome(codec: &Codec, topic: &[u8]) -> Frames {
    let subscription = String::from_utf8_lossy(topic).into_owned();
    let (_, message) = codec.write(None, &IoPubWelcome { subscription });
    [[Bytes::copy_from_slice(topic)].as_slice(), &message].concat()
}

fn message<T: Content>(codec: &Codec, origin: &Origin, content: &T) -> Frames {
    let topic = format!("kernel.{}.{}", codec.session(), content.msg_type());
    let (_, message) = codec.write(Some(origin), content);
    [[Bytes::from(topic)].as_slice(), &message].concat()
}

impl Publication {
    /// Publishes until the near end is gone.
    async fn run(mut self) {
        loop {
            let due = self.published + PAUSE;
            tokio::select! {
                biased;
                Some(frames) = self.express.recv() => self.publisher.publish(&frames).await,
                () = sleep_until(due), if self.text.is_some() => self.flush().await,
                entry = self.ordered.recv() => match entry {
                    Some(Entry::Event(event)) => self.event(event).await,
                    Some(Entry::Message(frames)) => {
                        self.flush().await;
                        self.publisher.publish(&frames).await;
                    }
                    Some(Entry::Drained(sender)) => {
                        self.flush().await;
                        self.publisher.drained().await;
                        let _ = sender.send(());
                    }
                    None => return,
                },
            }
        }
    }

    async fn event(&mut self, event: Event) {
        match event {
            Event::Text { cell, stream, text } => self.gather(cell, stream, text).await,
            Event::Display { cell, display } => {
                let Display {
                    data,
                    metadata,
                    display_id,
                    update,
                } = display;
                let content = DisplayData {
                    data,
                    metadata,
                    transient: Transient { display_id },
                };
                match update {
                    true => self.publish(cell, &UpdateDisplayData(content)).await,
                    false => self.publish(cell, &content).await,
                }
            }
            Event::ClearOutput { cell, wait } => self.publish(cell, &ClearOutput { wait }).await,
            Event::Input {
                cell,
                request,
                prompt,
                password,
            } => {
                // What was printed before the question is seen before it.
                self.flush().await;
                self.stdin.ask(Question {
                    cell,
                    request,
                    prompt,
                    password,
                });
            }
        }
    }

    /// Adds text to what is gathered, and publishes at once when nothing was published lately.
    async fn gather(&mut self, cell: CellId, stream: Stream, text: String) {
        match &mut self.text {
            Some(gathered) if gathered.cell == cell && gathered.stream == stream => {
                gathered.text.push_str(&text)
            }
            _ => {
                self.flush().await;
                self.text = Some(Text { cell, stream, text });
            }
        }
        let full = self
            .text
            .as_ref()
            .is_some_and(|gathered| gathered.text.len() >= GATHERED);
        if full || self.published.elapsed() >= PAUSE {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        if let Some(Text { cell, stream, text }) = self.text.take() {
            let name = match stream {
                Stream::Stdout => jupyter_protocol::Stdio::Stdout,
                Stream::Stderr => jupyter_protocol::Stdio::Stderr,
            };
            self.send(cell, &StreamContent { name, text }).await;
            self.published = Instant::now();
        }
    }

    async fn publish<T: Content>(&mut self, cell: CellId, content: &T) {
        self.flush().await;
        self.send(cell, content).await;
    }

    async fn send<T: Content>(&self, cell: CellId, content: &T) {
        let frames = message(&self.codec, &self.cells.asked(cell).origin, content);
        self.publisher.publish(&frames).await;
    }
}
