//! The JupyterLab server as a child process: started, waited for until it answers, and ended with its kernels.

use std::{fs::File, io::Write, net::IpAddr, process::Stdio};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
    signal::unix::{SignalKind, signal},
};

use crate::environment::Environment;

/// A running server.
pub(super) struct Server {
    child: Child,
    address: String,
    output: Lines<BufReader<ChildStderr>>,
    log: File,
}

impl Server {
    /// Starts the server on a free port and waits until it listens. JupyterLab opens `page` in the browser if asked.
    ///
    /// # Errors
    ///
    /// When the server ends before it listens: its last words and where its log is.
    pub(super) async fn start(
        environment: &Environment,
        ip: IpAddr,
        port: u16,
        page: &str,
        browser: bool,
    ) -> Result<Self> {
        let path = environment.log("jupyterlab");
        let log =
            File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
        let mut command = Command::from(environment.python());
        command
            .args(["-m", "jupyterlab", "--allow-root"])
            .arg(format!(
                "--ServerApp.root_dir={}",
                environment.root().display()
            ))
            .arg(format!("--ServerApp.ip={ip}"))
            .arg(format!("--ServerApp.port={port}"))
            .arg("--ServerApp.port_retries=0")
            .arg(format!(
                "--ServerApp.open_browser={}",
                if browser { "True" } else { "False" }
            ))
            .arg(format!("--LabApp.default_url={page}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal goes to this program alone, which then ends the server in its own way.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().context("JupyterLab cannot be started")?;
        let output = BufReader::new(
            child
                .stderr
                .take()
                .context("JupyterLab's output is not a pipe")?,
        )
        .lines();

        let mut server = Self {
            child,
            address: String::new(),
            output,
            log,
        };
        let mut last = String::new();
        while let Some(line) = server.output.next_line().await? {
            writeln!(server.log, "{line}")?;
            // The server writes its address, token included, once it listens.
            if let Some(start) = line.find("http").filter(|_| line.contains("?token=")) {
                server.address = line[start..].trim().to_owned();
                return Ok(server);
            }
            last = line;
        }
        bail!(
            "JupyterLab did not start: {} (log: {})",
            last.trim(),
            path.display()
        )
    }

    /// Where the pair can be opened, with the token that lets the reader in.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Keeps the server's log until the server ends, and tells it to end at SIGINT (Ctrl-C), SIGTERM or SIGHUP.
    pub(super) async fn run_until_signalled(mut self) -> Result<()> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let status = loop {
            tokio::select! {
                _ = interrupt.recv() => self.end()?,
                _ = terminate.recv() => self.end()?,
                _ = hangup.recv() => self.end()?,
                Ok(Some(line)) = self.output.next_line() => writeln!(self.log, "{line}")?,
                status = self.child.wait() => break status?,
            }
        };
        if !status.success() {
            bail!("JupyterLab ended with {status}");
        }
        Ok(())
    }

    /// Asks the server to end: at SIGTERM it shuts its kernels down first.
    fn end(&self) -> Result<()> {
        if let Some(id) = self.child.id() {
            let id = i32::try_from(id)?;
            // SAFETY: kill takes plain numbers. The child has not been waited for, so the id is still its own.
            unsafe { libc::kill(id, libc::SIGTERM) };
        }
        Ok(())
    }
}
