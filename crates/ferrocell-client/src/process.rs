//! The kernel's process and everything that it starts: one process group, which never outlives this value.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::spec::KernelSpec;
use super::start_error::StartError;

/// How much of what a kernel wrote outside the protocol is shown when it fails.
const LAST_WORDS_LINES: usize = 12;

/// A running kernel as the operating system sees it.
///
/// Owns the private folder with the connection file and the log of what the kernel writes to its own standard output
/// and error. Dropping it kills the whole process group.
pub(crate) struct KernelProcess {
    group: libc::pid_t,
    folder: TempDir,
}

impl KernelProcess {
    /// Starts `spec` in `working_folder` with the given text as its connection file.
    pub(crate) fn spawn(
        spec: &KernelSpec,
        working_folder: &Path,
        connection: &str,
    ) -> Result<(Self, Child), StartError> {
        let not_written = |error| StartError::Files {
            place: env::temp_dir(),
            error,
        };
        let folder = tempfile::Builder::new()
            .prefix("ferrocell-")
            .tempdir()
            .map_err(not_written)?;
        let connection_file = folder.path().join("kernel.json");
        write_private(&connection_file, connection).map_err(not_written)?;
        let log = File::create(log_path(&folder)).map_err(not_written)?;
        let argv = spec.argv(&connection_file);

        let child = Command::new(&argv[0])
            .args(&argv[1..])
            .envs(spec.environment())
            // Kernels that look at this variable end by themselves should this process be killed outright.
            .env("JPY_PARENT_PID", process::id().to_string())
            .current_dir(working_folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(not_written)?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .map_err(|error| StartError::Spawn {
                name: spec.name().into(),
                program: argv[0].clone(),
                error,
            })?;
        let group = child.id().expect("a child that was not awaited has an id") as libc::pid_t;
        Ok((Self { group, folder }, child))
    }

    /// The process that was started, which leads the group.
    pub(crate) fn id(&self) -> u32 {
        self.group.unsigned_abs()
    }

    /// The last lines that the kernel wrote outside the protocol, ready to be appended to a message.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(log_path(&self.folder)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(LAST_WORDS_LINES)..];
        if last.is_empty() {
            String::new()
        } else {
            format!("; it said last:\n  {}", last.join("\n  "))
        }
    }

    /// Sends `SIGINT` to the kernel and its children, as Jupyter does for `"interrupt_mode": "signal"`.
    pub(crate) fn interrupt(&self) -> io::Result<()> {
        self.signal(libc::SIGINT)
    }

    fn signal(&self, signal: libc::c_int) -> io::Result<()> {
        // SAFETY: `killpg` takes two integers and touches no memory of ours; the group was created for this kernel.
        match unsafe { libc::killpg(self.group, signal) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for KernelProcess {
    fn drop(&mut self) {
        // An error means that the group is already empty, which is what is wanted.
        let _ = self.signal(libc::SIGKILL);
    }
}

/// Writes what nobody else may read: a connection file holds the key with which messages are signed.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?
        .write_all(text.as_bytes())
}

fn log_path(folder: &TempDir) -> PathBuf {
    folder.path().join("kernel.log")
}
