//! Brings together the questions that the user's threads ask and the answers that the front end gives.
//!
//! A thread that asks opens a connection for the answer, and then announces its question among the output. It keeps the
//! connection open for as long as it waits: when that closes, because the thread was interrupted or is gone, nobody waits
//! for an answer any more.

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{CellId, RequestId};

/// The questions of one host process. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Questions(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    listener: UnixListener,
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    /// Connections of questions that were not announced yet.
    arrived: HashMap<RequestId, UnixStream>,
    open: HashMap<RequestId, Open>,
}

/// A question that waits for its answer.
#[derive(Debug)]
struct Open {
    cell: CellId,
    connection: UnixStream,
}

/// How a question ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With a line, without its end.
    Line(String),
    /// With the end of the input.
    EndOfInput,
    /// With an interrupt.
    Interrupted,
}

impl Questions {
    /// Listens at `path`, for the user alone.
    pub(crate) fn listen(path: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(Self(Arc::new(Shared {
            listener,
            asked: Mutex::default(),
        })))
    }

    /// Takes note of a question that was announced. `false` if the thread that asked has gone meanwhile.
    pub(crate) fn announce(&self, request: RequestId, cell: CellId) -> bool {
        let mut asked = self.lock();
        // The connection was opened before the announcement was written, so it is here.
        while let Ok((mut connection, _)) = self.0.listener.accept() {
            let mut token = [0; 8];
            if connection.read_exact(&mut token).is_ok() {
                let request = RequestId(u64::from_le_bytes(token));
                asked.arrived.insert(request, connection);
            }
        }
        let Some(connection) = asked.arrived.remove(&request) else {
            return false;
        };
        asked.open.insert(request, Open { cell, connection });
        true
    }

    /// Ends a question. One that is not open any more is no longer of interest to anybody.
    pub(crate) fn answer(&self, request: RequestId, answer: Answer) {
        let Some(mut question) = self.lock().open.remove(&request) else {
            return;
        };
        let bytes = match answer {
            Answer::EndOfInput => vec![0],
            Answer::Line(line) => [&[1], line.as_bytes()].concat(),
            Answer::Interrupted => vec![2],
        };
        // If the thread that asked has given up at this moment, nobody waits for the answer. Closing alone would end the
        // connection only when the reading thread no longer looks at it.
        let _ = question.connection.write_all(&bytes);
        let _ = question.connection.shutdown(Shutdown::Both);
    }

    /// The connections of all open questions: when one is closed, its question is to be [withdrawn](Self::withdraw).
    pub(crate) fn connections(&self) -> Vec<(RequestId, RawFd)> {
        let number = |(request, open): (&RequestId, &Open)| (*request, open.connection.as_raw_fd());
        self.lock().open.iter().map(number).collect()
    }

    /// Takes back a question, if it was not answered meanwhile; gives the cell that asked.
    pub(crate) fn withdraw(&self, request: RequestId) -> Option<CellId> {
        self.lock().open.remove(&request).map(|open| open.cell)
    }

    /// Takes back everything, because the process has ended.
    pub(crate) fn withdraw_all(&self) -> Vec<(RequestId, CellId)> {
        let asked = std::mem::take(&mut *self.lock());
        let cell = |(request, open): (RequestId, Open)| (request, open.cell);
        asked.open.into_iter().map(cell).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.0.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
