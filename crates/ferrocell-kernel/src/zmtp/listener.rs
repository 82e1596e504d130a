//! Where peers connect: a TCP port or a Unix socket.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jupyter_protocol::{ConnectionInfo, Transport};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixSocket};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A bound endpoint of the connection file. A Unix socket's file goes when the listener does.
pub(crate) enum Listener {
    /// `tcp://ip:port`.
    Tcp(TcpListener),
    /// `ipc://ip-port`, where "ip" is a path.
    Ipc(UnixListener, PathBuf),
}

pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;
pub(super) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

impl Listener {
    /// Binds the endpoint for `port`.
    pub(crate) async fn bind(connection: &ConnectionInfo, port: u16) -> io::Result<Listener> {
        match connection.transport {
            Transport::TCP => {
                let ip = if connection.ip == "*" {
                    "0.0.0.0"
                } else {
                    &connection.ip
                };
                Ok(Listener::Tcp(TcpListener::bind((ip, port)).await?))
            }
            Transport::IPC => {
                let path = PathBuf::from(format!("{}-{port}", connection.ip));
                Ok(Listener::Ipc(listen(&path)?, path))
            }
        }
    }

    /// The next connection. A failure (such as too many open files) is logged and waited out: others may still come.
    pub(super) async fn accept(&self) -> (Reader, Writer) {
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
        match self {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // A prompt or a progress bar is a few bytes: Nagle's algorithm would hold them back.
                stream.set_nodelay(true)?;
                let (reader, writer) = stream.into_split();
                Ok((Box::new(reader), Box::new(writer)))
            }
            Listener::Ipc(listener, _) => {
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
        // A kernel that was killed has left its file, and this one is started in its place.
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
        if let Listener::Ipc(_, path) = self {
            // The file may be gone already, with the folder of its frontend.
            let _ = fs::remove_file(path);
        }
    }
}
