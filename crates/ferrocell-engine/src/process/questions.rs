//! Brings together the questions that the user's threads ask and the answers that the front end gives.
//!
//! A question is announced among the output; the connection over which its answer goes arrives on a socket of its own.
//! Either may come first.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use crate::RequestId;

/// The questions of one host process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions(Arc<Mutex<HashMap<RequestId, Half>>>);

/// What came first.
#[derive(Debug)]
enum Half {
    Connection(UnixStream),
    Answer(Option<String>),
}

impl Questions {
    /// Listens at `path` until the socket there is gone.
    pub(crate) fn listen(path: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let questions = Self::default();
        let accepting = questions.clone();
        thread::Builder::new()
            .name("questions".to_owned())
            .spawn(move || {
                for connection in listener.incoming() {
                    let Ok(mut connection) = connection else {
                        return;
                    };
                    let mut token = [0; 8];
                    if connection.read_exact(&mut token).is_err() {
                        continue;
                    }
                    match u64::from_le_bytes(token) {
                        END => return,
                        token => accepting.meet(RequestId(token), Half::Connection(connection)),
                    }
                }
            })?;
        Ok(questions)
    }

    /// Answers a question with a line, or with the end of the input.
    pub(crate) fn answer(&self, request: RequestId, line: Option<String>) {
        self.meet(request, Half::Answer(line));
    }

    /// Forgets what a process that has ended asked.
    pub(crate) fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Ends the thread that listens at `path`.
    pub(crate) fn end(path: &Path) {
        if let Ok(mut connection) = UnixStream::connect(path) {
            // If it fails, the thread has ended already.
            let _ = connection.write_all(&END.to_le_bytes());
        }
    }

    fn meet(&self, request: RequestId, half: Half) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (connection, answer) = match (halves.remove(&request), half) {
            (Some(Half::Connection(connection)), Half::Answer(answer))
            | (Some(Half::Answer(answer)), Half::Connection(connection)) => (connection, answer),
            (_, half) => {
                halves.insert(request, half);
                return;
            }
        };
        drop(halves);
        send(connection, answer);
    }
}

/// The token that ends the listening thread; the host counts its questions from 1.
const END: u64 = 0;

fn send(mut connection: UnixStream, answer: Option<String>) {
    let bytes = match answer {
        Some(line) => [&[1], line.as_bytes()].concat(),
        None => vec![0],
    };
    // If the thread that asked was interrupted meanwhile, nobody waits for the answer.
    let _ = connection.write_all(&bytes);
}
