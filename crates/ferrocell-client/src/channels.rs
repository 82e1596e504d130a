//! The four channels that a client needs, each read by a task of its own so that none can hold up another.

use std::time::Duration;

use jupyter_protocol::{ConnectionInfo, JupyterMessage, JupyterMessageContent, KernelInfoRequest};
use jupyter_zmq_client::{
    ClientControlConnection, Connection, DealerSendConnection, RuntimeError,
    create_client_control_connection, create_client_iopub_connection,
    create_client_shell_connection_with_identity, create_client_stdin_connection_with_identity,
    peer_identity_for_session,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;
use zeromq::SocketRecv;

use super::event::Event;
use super::listening::wait_for_listeners;

/// How long one `kernel_info_request` may stay without an answer before the next is sent.
const KNOCK_INTERVAL: Duration = Duration::from_millis(250);

/// The sending sides of shell and stdin, and the control channel.
pub(crate) struct Channels {
    pub(crate) shell: DealerSendConnection,
    pub(crate) stdin: DealerSendConnection,
    pub(crate) control: ClientControlConnection,
}

impl Channels {
    /// Connects, waiting for as long as nobody listens yet; what arrives from then on goes to `events`.
    pub(crate) async fn connect(
        connection: &ConnectionInfo,
        events: &UnboundedSender<Event>,
    ) -> Result<Self, RuntimeError> {
        let ports = [
            connection.shell_port,
            connection.iopub_port,
            connection.stdin_port,
            connection.control_port,
        ];
        wait_for_listeners(&ports).await;
        let session = Uuid::new_v4().to_string();
        // The kernel routes a prompt on stdin by the identity that the request on shell came from.
        let identity = peer_identity_for_session(&session)?;
        let iopub = create_client_iopub_connection(connection, "", &session).await?;
        let shell =
            create_client_shell_connection_with_identity(connection, &session, identity.clone());
        let (shell, replies) = shell.await?.split();
        let stdin = create_client_stdin_connection_with_identity(connection, &session, identity);
        let (stdin, prompts) = stdin.await?.split();
        let control = create_client_control_connection(connection, &session).await?;

        tokio::spawn(forward(iopub, Event::Published, events.clone()));
        tokio::spawn(forward(replies, Event::Replied, events.clone()));
        tokio::spawn(forward(prompts, Event::Asked, events.clone()));
        Ok(Self {
            shell,
            stdin,
            control,
        })
    }

    /// Asks for `kernel_info` until both a reply and a message on iopub about the request have come: only then is the
    /// subscription known to be in place, so that no output of the first cell can be missed.
    pub(crate) async fn wait_until_ready(
        &mut self,
        events: &mut UnboundedReceiver<Event>,
    ) -> Result<(), RuntimeError> {
        let (mut replied, mut published) = (false, false);
        while !(replied && published) {
            self.shell.send(KernelInfoRequest {}.into()).await?;
            let knock_again = Instant::now() + KNOCK_INTERVAL;
            while let Ok(Some(event)) = timeout_at(knock_again, events.recv()).await {
                match event {
                    Event::Replied(message) => replied |= is_kernel_info(&message),
                    Event::Published(message) => {
                        published |= message.parent_header.is_some();
                    }
                    // Nothing was asked to run yet; that the kernel ended is watched by the session.
                    Event::Asked(_) | Event::Malformed(_) | Event::Exited(_) => {}
                }
                if replied && published {
                    break;
                }
            }
        }
        Ok(())
    }
}

fn is_kernel_info(message: &JupyterMessage) -> bool {
    matches!(message.content, JupyterMessageContent::KernelInfoReply(_))
}

async fn forward<S: SocketRecv>(
    mut channel: Connection<S>,
    event: fn(Box<JupyterMessage>) -> Event,
    events: UnboundedSender<Event>,
) {
    loop {
        let next = match channel.read().await {
            Ok(message) => event(Box::new(message)),
            // The other end is gone; that the kernel ended is told by its process.
            Err(RuntimeError::ZmqError(_)) => return,
            Err(malformed) => Event::Malformed(malformed),
        };
        if events.send(next).is_err() {
            return;
        }
    }
}
