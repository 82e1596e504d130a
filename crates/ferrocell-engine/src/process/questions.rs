//! Brings together the questions that the user's threads ask and the answers that the front end gives.
//!
//! A question is announced among the output; the connection over which its answer goes arrives on a socket of its own.
//! Either may come first.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use ferrocell_wire::TAKE_OVER;

use super::report::Lost;
use crate::RequestId;

/// The questions of one host process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    halves: HashMap<RequestId, Half>,
    successor: Option<Successor>,
}

/// A copy of the process that has taken over.
#[derive(Debug)]
pub(crate) struct Successor {
    /// Where its frames come from.
    pub(crate) output: UnixStream,
    /// Its process id.
    pub(crate) process: u32,
    /// What is gone with the one before.
    pub(crate) lost: Lost,
}

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
                    // A thread that died before it said what it wants may have a copy that holds its connection open.
                    let is_timed = connection.set_read_timeout(Some(INTRODUCTION)).is_ok();
                    if !is_timed || connection.read_exact(&mut token).is_err() {
                        continue;
                    }
                    match u64::from_le_bytes(token) {
                        END => return,
                        // If it has ended again meanwhile, its end will be noticed where its frames are read.
                        TAKE_OVER => drop(accepting.succeed(connection)),
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

    /// Ends the thread that listens at `path`.
    pub(crate) fn end(path: &Path) {
        if let Ok(mut connection) = UnixStream::connect(path) {
            // If it fails, the thread has ended already.
            let _ = connection.write_all(&END.to_le_bytes());
        }
    }

    /// The copy that has taken over since the last call.
    pub(crate) fn successor(&self) -> Option<Successor> {
        self.open().successor.take()
    }

    fn succeed(&self, mut connection: UnixStream) -> io::Result<()> {
        let mut number = || -> io::Result<u32> {
            let mut bytes = [0; 4];
            connection.read_exact(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        };
        let (process, lost) = (
            number()?,
            Lost {
                threads: number()?,
                connections: number()?,
            },
        );
        let mut acknowledge = connection.try_clone()?;
        self.open().successor = Some(Successor {
            output: connection,
            process,
            lost,
        });
        acknowledge.write_all(&[1])
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meet(&self, request: RequestId, half: Half) {
        let mut open = self.open();
        let halves = &mut open.halves;
        let (connection, answer) = match (halves.remove(&request), half) {
            (Some(Half::Connection(connection)), Half::Answer(answer))
            | (Some(Half::Answer(answer)), Half::Connection(connection)) => (connection, answer),
            (_, half) => {
                halves.insert(request, half);
                return;
            }
        };
        drop(open);
        send(connection, answer);
    }
}

/// How long a connection may take to say what it is for; the host says so at once.
const INTRODUCTION: Duration = Duration::from_secs(10);

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
