//! The iopub channel: what everyone may see. Text is gathered a little under load, and never for long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::{ClearOutput, ExecutionState, IoPubWelcome, Status, StreamContent};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::cells::Cells;
use crate::language::{CellId, Display, Event, Events, Stream};
use crate::wire::{Codec, Content, DisplayData, Origin, Transient, UpdateDisplayData};
use zmtp_server::{Frames, Listener, Publisher};

use super::stdin::Question;
use super::{Entry, Notice, Stdin};

/// Events that may wait; beyond that, the program that prints is slowed down.
const BACKLOG: usize = 64;

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
    express: mpsc::UnboundedSender<Notice>,
}

/// The far end: takes what was put in and publishes it.
struct Publication {
    codec: Arc<Codec>,
    ordered: mpsc::Receiver<Entry>,
    express: mpsc::UnboundedReceiver<Notice>,
    publisher: Publisher,
    cells: Arc<Cells>,
    stdin: Stdin,
    text: Option<Text>,
    published: Instant,
    /// The request of the cell that runs.
    running: Option<Origin>,
}

/// Text that is being gathered.
struct Text {
    cell: CellId,
    stream: Stream,
    text: String,
}

impl IoPub {
    /// Opens the channel on `listener`.
    pub(crate) fn new(
        codec: Arc<Codec>,
        listener: Listener,
        cells: Arc<Cells>,
        stdin: Stdin,
    ) -> IoPub {
        let greeting = codec.clone();
        let publisher = Publisher::new(listener, move |topic| welcome(&greeting, topic));
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
            running: None,
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
        self.put(lane, Notice::Message(message(&self.codec, origin, content)));
    }

    /// Puts what is to be published on its lane.
    pub(crate) fn put(&self, lane: Lane, notice: Notice) {
        match lane {
            Lane::Ordered => self.ordered.put(Entry::Notice(notice)),
            // The queue is closed only when the kernel has ended.
            Lane::Express => drop(self.express.send(notice)),
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
fn welcome(codec: &Codec, topic: &[u8]) -> Frames {
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
                Some(notice) = self.express.recv() => self.express(notice).await,
                () = sleep_until(due), if self.text.is_some() => self.flush().await,
                entry = self.ordered.recv() => match entry {
                    Some(entry) => self.ordered(entry).await,
                    None => return,
                },
            }
        }
    }

    async fn ordered(&mut self, entry: Entry) {
        match entry {
            Entry::Event(event) => self.event(event).await,
            Entry::Notice(notice) => {
                self.flush().await;
                if let Some((origin, state)) = self.notice(notice).await {
                    self.running = (state == ExecutionState::Busy).then_some(origin);
                }
            }
            Entry::Drained(sender) => {
                self.flush().await;
                self.publisher.drained().await;
                // Whoever waited may have given up.
                let _ = sender.send(());
            }
        }
    }

    async fn express(&mut self, notice: Notice) {
        if let Some((_, ExecutionState::Idle)) = self.notice(notice).await
            && let Some(running) = &self.running
        {
            // Frontends show the latest status, and the kernel is not idle while a cell runs.
            self.send(running, &Status::busy()).await;
        }
    }

    /// Publishes a notice; gives back what it says if it is a status.
    async fn notice(&self, notice: Notice) -> Option<(Origin, ExecutionState)> {
        match notice {
            Notice::Message(frames) => {
                self.publisher.publish(&frames).await;
                None
            }
            Notice::Status(origin, status) => {
                self.send(&origin, &status).await;
                Some((origin, status.execution_state))
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
            Event::Withdrawn { request } => self.stdin.forget(request),
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
            self.send(
                &self.cells.asked(cell).origin,
                &StreamContent { name, text },
            )
            .await;
            self.published = Instant::now();
        }
    }

    async fn publish<T: Content>(&mut self, cell: CellId, content: &T) {
        self.flush().await;
        self.send(&self.cells.asked(cell).origin, content).await;
    }

    async fn send<T: Content>(&self, origin: &Origin, content: &T) {
        self.publisher
            .publish(&message(&self.codec, origin, content))
            .await;
    }
}
