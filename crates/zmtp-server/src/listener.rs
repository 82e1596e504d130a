//! Where peers connect: a TCP port or a Unix socket.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixSocket};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Where a socket listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `tcp://ip:port`; the address `*` stands for all IPv4 addresses of the machine.
    Tcp {
        /// The address, or a host name.
        ip: String,
        /// The port.
        port: u16,
    },
    /// `ipc://path`: a Unix socket, for this user alone.
    Ipc(PathBuf),
}

/// A bound [`Endpoint`]. A Unix socket's file is removed when the listener is dropped.
#[derive(Debug)]
pub struct Listener(Bound);

#[derive(Debug)]
enum Bound {
    Tcp(TcpListener),
    Ipc(UnixListener, PathBuf),
}

pub(crate) type Reader = Box<dyn AsyncRead + Send + Unpin>;
pub(crate) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl Listener {
    /// Binds an endpoint.
    ///
    /// # Errors
    ///
    /// As `bind(2)` and `listen(2)`; an address in use, above all. The file of a Unix socket whose process has been killed
    /// is replaced.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub async fn bind(endpoint: &Endpoint) -> io::Result<Listener> {
        Ok(Listener(match endpoint {
            Endpoint::Tcp { ip, port } => {
                let ip = if ip == "*" { "0.0.0.0" } else { ip };
                Bound::Tcp(TcpListener::bind((ip, *port)).await?)
            }
            Endpoint::Ipc(path) => Bound::Ipc(listen(path)?, path.clone()),
        }))
    }

    /// The next connection. A failure (such as too many open files) is logged and waited out: others may still come.
    pub(crate) async fn accept(&self) -> (Reader, Writer) {
        loop {
            match self.try_accept().await {
                Ok(connection) => return connection,
                Err(error) => {
                    log::warn!("a connection was not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn try_accept(&self) -> io::Result<(Reader, Writer)> {
        match &self.0 {
            Bound::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // A prompt or a progress bar is a few bytes: Nagle's algorithm would hold them back.
                stream.set_nodelay(true)?;
                let (reader, writer) = stream.into_split();
                Ok((Box::new(reader), Box::new(writer)))
            }
            Bound::Ipc(listener, _) => {
                let (stream, _) = listener.accept().await?;
                let (reader, writer) = stream.into_split();
                Ok((Box::new(reader), Box::new(writer)))
            }
        }
    }
}

/// Listens at `path`, for the user alone.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let mut socket = UnixSocket::new_stream()?;
    if let Err(error) = socket.bind(path) {
        let is_abandoned = std::os::unix::net::UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        if !is_abandoned {
            return Err(error);
        }
        // A process that was killed has left its file, and this one is started in its place.
        fs::remove_file(path)?;
        socket = UnixSocket::new_stream()?;
        socket.bind(path)?;
    }
    // Before anyone can connect.
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    socket.listen(BACKLOG)
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Bound::Ipc(_, path) = &self.0 {
            // The file may be gone already, with its folder.
            let _ = fs::remove_file(path);
        }
    }
}
