//! The line to the supervisor of the process that runs cells.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use ferrocell_wire::{END, Ended};

/// A handle to the supervisor, which knows for sure which process is meant.
#[derive(Clone, Debug)]
pub(crate) struct Supervision(Arc<UnixStream>);

impl Supervision {
    /// The engine's end of the line.
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self(Arc::new(socket))
    }

    /// Sends a signal to the process that runs cells. Without one, nothing happens.
    pub(crate) fn signal(&self, signal: libc::c_int) {
        self.send(signal);
    }

    /// Ends all processes of the session.
    pub(crate) fn end(&self) {
        self.send(END);
    }

    /// How the process that ran cells has ended; waits until it has.
    pub(crate) fn ended(&self) -> io::Result<Ended> {
        let mut report = [0; Ended::SIZE];
        (&*self.0).read_exact(&mut report)?;
        Ok(Ended::decode(report))
    }

    fn send(&self, command: i32) {
        // If the supervisor is gone, so are the processes below it.
        let _ = (&*self.0).write_all(&command.to_le_bytes());
    }
}

impl AsRawFd for Supervision {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
