//! One running kernel, from its start to the moment when nothing of it is left.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{
    CommId, CommMsg, CommOpen, CompleteRequest, ConnectionInfo, ExecuteRequest, InputReply,
    InterruptRequest, JupyterMessage, ShutdownRequest,
};
use jupyter_zmq_client::{RuntimeError, peek_ports_with_listeners};
use serde_json::Map;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::channels::Channels;
use super::event::Event;
use super::process::KernelProcess;
use super::spec::KernelSpec;
use super::start_error::StartError;

/// How often a kernel is started on fresh ports before its failure counts.
const START_ATTEMPTS: u32 = 6;

/// How long to wait before the second attempt; each further one waits as much longer.
const START_PAUSE: Duration = Duration::from_millis(200);

/// A kernel that is ready for requests.
///
/// Dropping it kills the kernel and every process in its group.
pub struct Session {
    channels: Channels,
    events: UnboundedReceiver<Event>,
    process: KernelProcess,
    interrupts_by_message: bool,
    /// Whether the comm for drafts is open.
    has_drafts: bool,
}

/// The comm for drafts; one is enough for a session.
fn drafts() -> CommId {
    CommId("drafts".to_owned())
}

impl Session {
    /// Starts the kernel in `working_folder` and waits until it answers on all channels.
    ///
    /// Between the choice of the ports and the moment when the kernel takes them, any program of the machine may be
    /// given one of them. A start that fails in such a way is tried again on other ports.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be started, ends, or is not ready within `limit`.
    pub async fn start(
        spec: &KernelSpec,
        working_folder: &Path,
        limit: Duration,
    ) -> Result<Self, StartError> {
        for attempt in 1..START_ATTEMPTS {
            match Self::try_start(spec, working_folder, limit).await {
                Err(error) if error.may_be_a_taken_port() => sleep(START_PAUSE * attempt).await,
                outcome => return outcome,
            }
        }
        Self::try_start(spec, working_folder, limit).await
    }

    async fn try_start(
        spec: &KernelSpec,
        working_folder: &Path,
        limit: Duration,
    ) -> Result<Self, StartError> {
        let connection_error = |error| StartError::Connection {
            name: spec.name().into(),
            error,
        };
        let (connection, listeners) = connection_info(spec).await.map_err(connection_error)?;
        let text = serde_json::to_string(&connection).expect("plain data becomes JSON");
        // Held until here so that no other program is given the same ports, but no longer: a kernel may need less time to
        // take them than this process to get on.
        drop(listeners);
        let (process, mut child) = KernelProcess::spawn(spec, working_folder, &text)?;

        let (sender, mut events) = unbounded_channel();
        let exits = sender.clone();
        let (ended, has_ended) = oneshot::channel();
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                // Both receivers may be gone already, when the session was dropped.
                let _ = ended.send(status);
                let _ = exits.send(Event::Exited(status));
            }
        });

        let ready = async {
            let mut channels = Channels::connect(&connection, &sender).await?;
            channels.wait_until_ready(&mut events).await?;
            Ok(channels)
        };
        let ended_early = |status: ExitStatus| StartError::Ended {
            name: spec.name().into(),
            status,
            last_words: process.last_words(),
        };
        tokio::select! {
            biased;
            Ok(status) = has_ended => Err(ended_early(status)),
            ready = timeout(limit, ready) => match ready {
                Ok(Ok(channels)) => Ok(Self {
                    channels,
                    events,
                    interrupts_by_message: spec.interrupts_by_message(),
                    process,
                    has_drafts: false,
                }),
                Ok(Err(source)) => Err(connection_error(source)),
                Err(_) => Err(StartError::NotReady {
                    name: spec.name().into(),
                    limit,
                    last_words: process.last_words(),
                }),
            },
        }
    }

    /// Sends a cell's code; the answer is the header id by which everything that it causes is known.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn execute(&mut self, code: String) -> Result<String, RuntimeError> {
        let request: JupyterMessage = ExecuteRequest {
            allow_stdin: true,
            // Cells are sent one by one, and whether an error stops the run is the runner's choice.
            stop_on_error: false,
            ..ExecuteRequest::new(code)
        }
        .into();
        let id = request.header.msg_id.clone();
        self.channels.shell.send(request).await?;
        Ok(id)
    }

    /// Asks what could stand at a place of a text, counted in code points, and returns the id of the request.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn complete(&mut self, code: String, cursor: usize) -> Result<String, RuntimeError> {
        let cursor_pos = cursor;
        let request = JupyterMessage::from(CompleteRequest { code, cursor_pos });
        let id = request.header.msg_id.clone();
        self.channels.shell.send(request).await?;
        Ok(id)
    }

    /// Sends a cell's code before it is to run, by the comm that ferrocell's kernel has for that. Other kernels do not know it.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn draft(&mut self, code: String) -> Result<(), RuntimeError> {
        if !self.has_drafts {
            self.has_drafts = true;
            let open = CommOpen {
                comm_id: drafts(),
                target_name: "ferrocell.draft".to_owned(),
                ..CommOpen::default()
            };
            self.channels.shell.send(open.into()).await?;
        }
        let draft = CommMsg {
            comm_id: drafts(),
            data: Map::from_iter([("code".to_owned(), code.into())]),
        };
        self.channels.shell.send(draft.into()).await
    }

    /// Answers a prompt.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn reply_input(
        &mut self,
        request: &JupyterMessage,
        value: String,
    ) -> Result<(), RuntimeError> {
        let reply = InputReply {
            value,
            ..InputReply::default()
        };
        self.channels.stdin.send(reply.as_child_of(request)).await
    }

    /// The next thing that happens; never returns when nothing does.
    pub async fn next_event(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// Asks the running cell to stop, in the way that the kernelspec names.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn interrupt(&mut self) -> Result<(), RuntimeError> {
        if self.interrupts_by_message {
            self.channels.control.send(InterruptRequest {}.into()).await
        } else {
            Ok(self.process.interrupt()?)
        }
    }

    /// Asks the kernel to end. It is gone when [`Event::Exited`] has come.
    ///
    /// # Errors
    ///
    /// When the kernel cannot be reached.
    pub async fn request_shutdown(&mut self) -> Result<(), RuntimeError> {
        let request = ShutdownRequest { restart: false };
        self.channels.control.send(request.into()).await
    }

    /// The process that the kernelspec's command became.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The last lines that the kernel wrote outside the protocol, ready to be appended to a message.
    pub fn last_words(&self) -> String {
        self.process.last_words()
    }
}

async fn connection_info(
    spec: &KernelSpec,
) -> Result<(ConnectionInfo, Vec<tokio::net::TcpListener>), RuntimeError> {
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (ports, listeners) = peek_ports_with_listeners(ip, 5).await?;
    let connection = ConnectionInfo {
        transport: Transport::TCP,
        ip: ip.to_string(),
        shell_port: ports[0],
        iopub_port: ports[1],
        stdin_port: ports[2],
        control_port: ports[3],
        hb_port: ports[4],
        signature_scheme: "hmac-sha256".into(),
        key: Uuid::new_v4().to_string(),
        kernel_name: Some(spec.name().into()),
    };
    Ok((connection, listeners))
}
