//! A kernel that runs beside the test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ferrocell_kernel::language::Language;
use ferrocell_kernel::{ConnectionInfo, Kernel, KernelError};
use jupyter_protocol::Transport;
use serde_json::json;
use tempfile::TempDir;

use crate::frontend::{Channel, Frontend, PATIENCE};

/// A kernel on endpoints of its own. When it goes it is shut down, and must have ended well.
pub struct Running {
    /// Where it is.
    pub connection: ConnectionInfo,
    folder: TempDir,
    life: Life,
}

/// Where the kernel runs.
enum Life {
    Thread(JoinHandle<Result<(), KernelError>>),
    Process(Child),
    Ended,
}

impl Running {
    /// Starts a kernel on Unix sockets.
    pub fn start(language: impl Language) -> Running {
        let mut running = Running::unix();
        running.spawn(language);
        running
    }

    /// Starts a kernel on TCP ports.
    pub fn start_tcp(language: impl Language) -> Running {
        let mut running = Running::tcp();
        running.spawn(language);
        running
    }

    fn tcp() -> Running {
        // All five are held while they are chosen, so that they differ, and free when the kernel starts.
        let ports = {
            let listeners =
                [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
            listeners
                .each_ref()
                .map(|listener| listener.local_addr().expect("an address").port())
        };
        let mut running = Running::unix();
        running.connection = connection(Transport::TCP, "127.0.0.1".into(), ports);
        running
    }

    /// Starts a kernel in a process of its own, by the command for this connection file and this history file.
    pub fn start_process(command: impl FnOnce(&Path, &Path) -> Command) -> Running {
        Running::unix().in_process(command)
    }

    /// The same on TCP ports.
    pub fn start_process_on_tcp(command: impl FnOnce(&Path, &Path) -> Command) -> Running {
        Running::tcp().in_process(command)
    }

    fn in_process(mut self, command: impl FnOnce(&Path, &Path) -> Command) -> Running {
        let file = self.folder.path().join("connection.json");
        fs::write(&file, serde_json::to_vec(&self.connection).expect("JSON"))
            .expect("a connection file");
        let mut command = command(&file, &self.history());
        self.life = Life::Process(command.spawn().expect("the kernel starts"));
        self.wait_until_bound();
        self
    }

    fn unix() -> Running {
        let folder = tempfile::tempdir().expect("a folder");
        let ip = folder.path().join("kernel").display().to_string();
        Running {
            connection: connection(Transport::IPC, ip, [1, 2, 3, 4, 5]),
            folder,
            life: Life::Ended,
        }
    }

    /// Starts a kernel on the endpoints of one that has ended.
    pub fn spawn(&mut self, language: impl Language) {
        let kernel = Kernel::new(self.connection.clone()).history(self.history());
        self.life = Life::Thread(thread::spawn(|| kernel.run(language)));
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

    /// Starts a kernel in the place of one that is shut down, with the same history.
    pub fn restart(&mut self, language: impl Language) {
        self.shut_down();
        self.spawn(language);
    }

    /// The history file.
    pub fn history(&self) -> PathBuf {
        self.folder.path().join("history.jsonl")
    }

    /// A frontend with the usual name.
    pub fn connect(&self) -> Frontend {
        self.connect_as("frontend")
    }

    /// A frontend with a name of its own.
    pub fn connect_as(&self, name: &str) -> Frontend {
        Frontend::connect(&self.connection, name)
    }

    /// Connects a frontend that takes messages off iopub only as the test looks for them, so that a long output waits for it.
    pub fn connect_slowly(&self) -> Frontend {
        Frontend::connect_reading_ahead(&self.connection, "frontend", 1)
    }

    /// Sends a signal to the kernel's process.
    pub fn signal(&self, signal: libc::c_int) {
        let Life::Process(process) = &self.life else {
            panic!("the kernel has no process of its own")
        };
        // SAFETY: kill has no preconditions, and a child that was not waited for keeps its id.
        let result = unsafe { libc::kill(process.id() as libc::pid_t, signal) };
        assert_eq!(result, 0);
    }

    /// The most memory that the kernel's process has had so far, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let Life::Process(process) = &self.life else {
            panic!("the kernel has no process of its own")
        };
        let status =
            fs::read_to_string(format!("/proc/{}/status", process.id())).expect("a status");
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        peak.and_then(|size| size.trim().parse::<u64>().ok())
            .expect("a size")
            << 10
    }

    /// Waits for the kernel to end, and gives how it ended.
    pub fn wait(&mut self) -> Result<(), KernelError> {
        match std::mem::replace(&mut self.life, Life::Ended) {
            Life::Thread(thread) => thread.join().expect("no panic"),
            Life::Process(mut process) => {
                assert!(process.wait().expect("an end").success());
                Ok(())
            }
            Life::Ended => panic!("the kernel has ended before"),
        }
    }

    /// Waits for the end of a kernel's process that was killed.
    pub fn wait_for_death(&mut self) {
        if let Life::Process(mut process) = std::mem::replace(&mut self.life, Life::Ended) {
            assert!(!process.wait().expect("an end").success());
        }
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
        match &mut self.life {
            // Nothing can be asserted any more, but a process must not stay behind.
            Life::Process(process) if thread::panicking() => drop(process.kill()),
            Life::Ended => {}
            _ if thread::panicking() => {}
            _ => self.shut_down(),
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
