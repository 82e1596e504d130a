//! The endpoints of the connection file.

use jupyter_protocol::{ConnectionInfo, Transport};
use zmtp_server::{Endpoint, Listener, Router};

use crate::error::KernelError;

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
    let ip = &connection.ip;
    let endpoint = match connection.transport {
        Transport::TCP => Endpoint::Tcp {
            ip: ip.clone(),
            port,
        },
        // The "ip" of an ipc connection is the start of a path.
        Transport::IPC => Endpoint::Ipc(format!("{ip}-{port}").into()),
    };
    Listener::bind(&endpoint)
        .await
        .map_err(|source| KernelError::Bind {
            channel,
            ip: ip.clone(),
            port,
            source,
        })
}
