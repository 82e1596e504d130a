//! The line to the supervisor of the process that runs cells.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use ferrocell_wire::{Ended, Signal};

use crate::CellId;

/// A handle to the supervisor, which knows for sure which process is meant.
#[derive(Clone, Debug)]
pub(crate) struct Supervision(Arc<UnixStream>);

impl Supervision {
    /// The engine's end of the line.
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self(Arc::new(socket))
    }

    /// Asks the process that runs cells to stop this one. If it does not run, nothing happens.
    pub(crate) fn interrupt(&self, cell: CellId) {
        self.send(libc::SIGINT, cell);
    }

    /// Ends the process that runs cells.
    pub(crate) fn kill(&self) {
        self.send(libc::SIGKILL, CellId(0));
    }

    /// Ends all processes of the session.
    pub(crate) fn end(&self) {
        self.send(Signal::END, CellId(0));
    }

    /// How the process that ran cells has ended; waits until it has.
    pub(crate) fn ended(&self) -> io::Result<Ended> {
        let mut report = [0; Ended::SIZE];
        (&*self.0).read_exact(&mut report)?;
        Ok(Ended::decode(report))
    }

    fn send(&self, number: i32, cell: CellId) {
        let signal = Signal {
            number,
            cell: cell.0,
        };
        // If the supervisor is gone, so are the processes below it.
        let _ = (&*self.0).write_all(&signal.encode());
    }
}

impl AsRawFd for Supervision {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
