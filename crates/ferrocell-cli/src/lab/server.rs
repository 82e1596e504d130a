//! The JupyterLab server as a child process: started, waited for until it listens, and ended with its kernels.

use std::fs::File;
use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{self, Stdio};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::environment::Environment;
use crate::runner::StopSignals;

/// What the server is to do.
pub(super) struct Options<'a> {
    pub(super) ip: IpAddr,
    /// A port on which nobody listens.
    pub(super) port: u16,
    /// The path of the page to open.
    pub(super) page: &'a str,
    /// Whether JupyterLab opens the page in a browser.
    pub(super) browser: bool,
}

/// A running server. It is told to end at SIGINT (Ctrl-C), SIGTERM and SIGHUP.
pub(super) struct Server {
    child: Child,
    output: Lines<BufReader<ChildStderr>>,
    log: File,
    log_path: PathBuf,
    signals: StopSignals,
}

impl Server {
    /// Starts the server. It does not listen yet.
    pub(super) fn start(environment: &Environment, options: &Options) -> Result<Self> {
        let log_path = environment.log("jupyterlab");
        let log = File::create(&log_path)
            .with_context(|| format!("{} cannot be written", log_path.display()))?;
        // From before the start, so that no signal can leave a server behind.
        let signals = StopSignals::listen()?;
        let mut command = Command::from(command(environment, options));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C in the terminal goes to this program alone, which then ends the server in its own way.
            .process_group(0)
            .spawn()
            .context("JupyterLab cannot be started")?;
        let stderr = child.stderr.take().context("JupyterLab has no output")?;
        Ok(Self {
            child,
            output: BufReader::new(stderr).lines(),
            log,
            log_path,
            signals,
        })
    }

    /// Waits until the server listens, and gives its address with the token that lets the reader in.
    ///
    /// # Errors
    ///
    /// When the server ends before: its last words and where its log is.
    pub(super) async fn address(&mut self) -> Result<String> {
        let mut last = String::new();
        while let Some(line) = self.next_line().await? {
            if let Some(start) = line.find("http").filter(|_| line.contains("?token=")) {
                return Ok(line[start..].trim().to_owned());
            }
            last = line;
        }
        bail!(
            "JupyterLab did not start: {} (log: {})",
            last.trim(),
            self.log_path.display()
        )
    }

    /// Waits until the server has ended.
    pub(super) async fn wait(mut self) -> Result<()> {
        while self.next_line().await?.is_some() {}
        let status = self.child.wait().await?;
        if !status.success() {
            bail!(
                "JupyterLab ended with {status} (log: {})",
                self.log_path.display()
            );
        }
        Ok(())
    }

    /// The next line that the server writes, already in the log; none once the server has ended.
    async fn next_line(&mut self) -> Result<Option<String>> {
        loop {
            tokio::select! {
                biased;
                () = self.signals.wait() => self.end()?,
                Ok(Some(line)) = self.output.next_line() => {
                    writeln!(self.log, "{line}")?;
                    return Ok(Some(line));
                }
                // Not the end of the output, which a kernel may hold open for longer than the server lives.
                status = self.child.wait() => return status.map(|_| None).map_err(Into::into),
            }
        }
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

fn command(environment: &Environment, options: &Options) -> process::Command {
    let mut command = environment.python();
    command.args(["-m", "jupyterlab", "--allow-root"]);
    let root = environment.root().display();
    command.arg(format!("--ServerApp.root_dir={root}"));
    command.arg(format!("--ServerApp.ip={}", options.ip));
    command.arg(format!("--ServerApp.port={}", options.port));
    command.arg("--ServerApp.port_retries=0");
    command.arg(format!("--LabApp.default_url={}", options.page));
    if !options.browser {
        command.arg("--no-browser");
    }
    command
}
