//! A kernel that runs beside the test.

use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ferrocell_kernel::language::Language;
use ferrocell_kernel::{ConnectionInfo, Kernel, KernelError};
use jupyter_protocol::Transport;
use serde_json::json;
use tempfile::TempDir;

use super::{Channel, Frontend, PATIENCE};

/// A kernel on endpoints of its own. When it goes it is shut down, and must have ended well.
pub(crate) struct Running {
    pub(crate) connection: ConnectionInfo,
    folder: TempDir,
    thread: Option<JoinHandle<Result<(), KernelError>>>,
}

impl Running {
    /// Starts a kernel on Unix sockets.
    pub(crate) fn start(language: impl Language) -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let ip = folder.path().join("kernel").display().to_string();
        let connection = connection(Transport::IPC, ip, [1, 2, 3, 4, 5]);
        Running::on(connection, folder, language)
    }

    /// Starts a kernel on TCP ports.
    pub(crate) fn start_tcp(language: impl Language) -> Running {
        let ports = [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let ports = ports
            .each_ref()
            .map(|port| port.local_addr().expect("an address").port());
        let folder = tempfile::tempdir().expect("a folder");
        Running::on(
            connection(Transport::TCP, "127.0.0.1".into(), ports),
            folder,
            language,
        )
    }

    fn on(connection: ConnectionInfo, folder: TempDir, language: impl Language) -> Running {
        let mut running = Running {
            connection,
            folder,
            thread: None,
        };
        running.spawn(language);
        running
    }

    /// Starts a kernel in the place of one that has ended, with the same history.
    pub(crate) fn restart(&mut self, language: impl Language) {
        self.shut_down();
        self.spawn(language);
    }

    fn spawn(&mut self, language: impl Language) {
        let kernel = Kernel::new(self.connection.clone()).history(self.history());
        self.thread = Some(thread::spawn(|| kernel.run(language)));
        self.wait_until_bound();
    }

    /// Waits until the endpoint that is bound last takes connections.
    fn wait_until_bound(&self) {
        let ConnectionInfo { ip, iopub_port, .. } = &self.connection;
        let refused = || match self.connection.transport {
            Transport::IPC => UnixStream::connect(format!("{ip}-{iopub_port}")).err(),
            Transport::TCP => TcpStream::connect((ip.as_str(), *iopub_port)).err(),
        };
        let start = Instant::now();
        while let Some(error) = refused() {
            assert!(
                start.elapsed() < PATIENCE,
                "the kernel is not bound: {error}"
            );
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The history file.
    pub(crate) fn history(&self) -> PathBuf {
        self.folder.path().join("history.jsonl")
    }

    /// A frontend with the usual name.
    pub(crate) fn connect(&self) -> Frontend {
        self.connect_as("frontend")
    }

    /// A frontend with a name of its own.
    pub(crate) fn connect_as(&self, name: &str) -> Frontend {
        Frontend::connect(&self.connection, name)
    }

    /// Waits for the kernel to end, and gives how it ended.
    pub(crate) fn wait(&mut self) -> Result<(), KernelError> {
        self.thread
            .take()
            .expect("it runs")
            .join()
            .expect("no panic")
    }

    fn shut_down(&mut self) {
        let mut frontend = self.connect_as("the one who shuts down");
        let request = frontend.send(
            Channel::Control,
            "shutdown_request",
            json!({ "restart": false }),
        );
        let reply = frontend.recv_reply(Channel::Control, &request);
        assert_eq!(reply.content, json!({ "status": "ok", "restart": false }));
        frontend.leave();
        self.wait().expect("a good end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.thread.is_some() && !thread::panicking() {
            self.shut_down();
        }
    }
}

fn connection(transport: Transport, ip: String, ports: [u16; 5]) -> ConnectionInfo {
    let [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    ConnectionInfo {
        ip,
        transport,
        shell_port,
        iopub_port,
        stdin_port,
        control_port,
        hb_port,
        key: "a key for tests".into(),
        signature_scheme: "hmac-sha256".into(),
        kernel_name: None,
    }
}
