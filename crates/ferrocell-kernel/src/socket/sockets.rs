//! The endpoints of the connection file.

use jupyter_protocol::ConnectionInfo;

use crate::error::KernelError;
use crate::zmtp::{Listener, Router};

/// All channels, bound. Specification: "Connection files".
pub(crate) struct Sockets {
    pub(crate) control: Router,
    pub(crate) shell: Router,
    pub(crate) stdin: Router,
    pub(crate) heartbeat: Router,
    pub(crate) iopub: Listener,
}

impl Sockets {
    /// Binds them all.
    pub(crate) async fn bind(connection: &ConnectionInfo) -> Result<Sockets, KernelError> {
        Ok(Sockets {
            control: Router::new(bind(connection, "control", connection.control_port).await?),
            shell: Router::new(bind(connection, "shell", connection.shell_port).await?),
            stdin: Router::new(bind(connection, "stdin", connection.stdin_port).await?),
            heartbeat: Router::new(bind(connection, "heartbeat", connection.hb_port).await?),
            iopub: bind(connection, "iopub", connection.iopub_port).await?,
        })
    }
}

async fn bind(
    connection: &ConnectionInfo,
    channel: &'static str,
    port: u16,
) -> Result<Listener, KernelError> {
    Listener::bind(connection, port)
        .await
        .map_err(|source| KernelError::Bind {
            channel,
            ip: connection.ip.clone(),
            port,
            source,
        })
}
