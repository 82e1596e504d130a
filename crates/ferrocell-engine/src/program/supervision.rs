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
        self.send(libc::SIGINT, cell.0);
    }

    /// Ends the process that runs cells.
    pub(crate) fn kill(&self) {
        self.send(libc::SIGKILL, 0);
    }

    /// The engine has started a tool, which leads this process group and is not to outlive the engine; zero when it is done.
    pub(crate) fn guard(&self, tool: u32) {
        self.send(Signal::TOOL, tool.into());
    }

    /// Ends all processes of the session.
    pub(crate) fn end(&self) {
        self.send(Signal::END, 0);
    }

    /// How the process that ran cells has ended; waits until it has.
    pub(crate) fn ended(&self) -> io::Result<Ended> {
        let mut report = [0; Ended::SIZE];
        (&*self.0).read_exact(&mut report)?;
        Ok(Ended::decode(report))
    }

    fn send(&self, number: i32, target: u64) {
        let signal = Signal { number, target };
        // If the supervisor is gone, so are the processes below it.
        let _ = (&*self.0).write_all(&signal.encode());
    }
}

impl AsRawFd for Supervision {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
