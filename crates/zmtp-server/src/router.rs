//! ROUTER: messages come with the identity of the peer that sent them, and go to the peer whose identity leads them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::io::BufReader;
use tokio::sync::mpsc;

use crate::frame::{Frame, LONGEST, encode_message};
use crate::listener::{Reader, Writer};
use crate::outbox::Outbox;
use crate::{Frames, Listener, handshake};

/// Messages that may wait to be taken by [`Router::receive`]; beyond that, peers wait.
const INBOX: usize = 64;

/// The frames of one message, at most: no Jupyter message comes near, and a message without end is cut off.
const MOST_FRAMES: usize = 1024;

/// The receiving side of a ROUTER socket.
pub struct Router {
    inbox: mpsc::Receiver<Frames>,
    routes: Routes,
}

/// The sending side: where each peer is reached. Clones share the peers.
#[derive(Clone, Default)]
pub struct Routes {
    peers: Arc<Mutex<HashMap<Bytes, (u64, Outbox)>>>,
}

impl Router {
    /// Accepts peers on `listener` for as long as the runtime lives.
    pub fn new(listener: Listener) -> Router {
        let (sender, inbox) = mpsc::channel(INBOX);
        let routes = Routes::default();
        tokio::spawn(accept(listener, sender, routes.clone()));
        Router { inbox, routes }
    }

    /// The next message, its first frame the identity of its sender.
    pub async fn receive(&mut self) -> Option<Frames> {
        self.inbox.recv().await
    }

    /// Where to send answers.
    pub fn routes(&self) -> Routes {
        self.routes.clone()
    }
}

impl Routes {
    /// Sends `frames` to the peer named by the first frame; `false` if no such peer is connected.
    pub async fn send(&self, frames: &[Bytes]) -> bool {
        let Some((identity, message)) = frames.split_first() else {
            return false;
        };
        let outbox = self.lock().get(identity).map(|(_, outbox)| outbox.clone());
        match outbox {
            Some(outbox) => {
                outbox.send(encode_message(message)).await;
                true
            }
            None => false,
        }
    }

    /// Waits until all that was sent is written.
    pub async fn drained(&self) {
        let outboxes: Vec<Outbox> = self
            .lock()
            .values()
            .map(|(_, outbox)| outbox.clone())
            .collect();
        for outbox in outboxes {
            outbox.drained().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Bytes, (u64, Outbox)>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: Listener, inbox: mpsc::Sender<Frames>, routes: Routes) {
    for number in 0.. {
        let (reader, writer) = listener.accept().await;
        tokio::spawn(serve(number, reader, writer, inbox.clone(), routes.clone()));
    }
}

/// One connection, from its handshake to its end.
async fn serve(
    number: u64,
    reader: Reader,
    mut writer: Writer,
    inbox: mpsc::Sender<Frames>,
    routes: Routes,
) {
    let mut reader = BufReader::new(reader);
    let mut identity = match handshake::open(&mut reader, &mut writer, "ROUTER").await {
        Ok(identity) => identity,
        Err(error) => return log::warn!("a peer was refused: {error}"),
    };
    if identity.is_empty() {
        // RFC 28: an identity that the socket makes up starts with a zero octet, which no peer may choose.
        identity = [&[0], number.to_be_bytes().as_slice()].concat().into();
    }
    let (outbox, writing) = Outbox::new(writer);
    routes.lock().insert(identity.clone(), (number, outbox));
    let reading = async {
        while let Ok(frames) = read_message(&identity, &mut reader).await {
            if inbox.send(frames).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = reading => {}
        _ = writing => {}
    }
    let mut peers = routes.lock();
    // A peer that reconnected under the same identity has taken the place already.
    if peers
        .get(&identity)
        .is_some_and(|(current, _)| *current == number)
    {
        peers.remove(&identity);
    }
}

async fn read_message(identity: &Bytes, reader: &mut BufReader<Reader>) -> io::Result<Frames> {
    let mut frames = vec![identity.clone()];
    let mut left = LONGEST;
    loop {
        let frame = Frame::read(reader, left).await?;
        left -= frame.body.len() as u64;
        if frame.command {
            continue;
        }
        frames.push(frame.body);
        if !frame.more {
            return Ok(frames);
        }
        if frames.len() > MOST_FRAMES {
            log::warn!("a peer sent a message of more than {MOST_FRAMES} frames and was cut off");
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}
