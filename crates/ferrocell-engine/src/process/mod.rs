//! The host process, seen from the engine.

mod questions;
mod reader;
mod report;
mod text;

use std::io::{self, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ferrocell_wire::{HOST_ARGUMENT, Header, Kind, join_fields};

pub(crate) use questions::Questions;
pub(crate) use report::{Lost, PanicReport, Report};

use crate::panics::LoadedCode;
use crate::{CellId, EventSink};

/// A running host process.
#[derive(Debug)]
pub(crate) struct HostProcess {
    /// The process that was started.
    child: Child,
    /// The one that runs now: that one, or a copy that has taken over.
    process: u32,
    /// How often that has happened.
    generation: u32,
    control: UnixStream,
    reports: Receiver<Report>,
    reader: Option<JoinHandle<()>>,
    questions: Questions,
    question_socket: PathBuf,
    loaded: Vec<PathBuf>,
    latest_cell: Arc<AtomicU64>,
}

/// What a host process is started with.
pub(crate) struct HostOptions<'a> {
    /// The executable.
    pub(crate) executable: &'a Path,
    /// The working directory of the user's code.
    pub(crate) working_dir: &'a Path,
    /// A folder for the socket.
    pub(crate) session_dir: &'a Path,
    /// Where events go.
    pub(crate) events: EventSink,
    /// To tell where a panic happened.
    pub(crate) loaded: LoadedCode,
    /// Environment variables of the user's code.
    pub(crate) environment: &'a [(String, String)],
}

impl HostProcess {
    /// Starts one.
    pub(crate) fn start(options: HostOptions<'_>) -> io::Result<Self> {
        let question_socket = options.session_dir.join("questions");
        // The socket of a process that was replaced may still be there.
        let _ = std::fs::remove_file(&question_socket);
        let questions = Questions::listen(&question_socket)?;
        let (control, host_control) = UnixStream::pair()?;
        let (output, host_output) = UnixStream::pair()?;
        let (stdout, host_stdout) = io::pipe()?;
        let (stderr, host_stderr) = io::pipe()?;
        reader::set_non_blocking(stdout.as_fd())?;
        reader::set_non_blocking(stderr.as_fd())?;
        let inherited: [OwnedFd; 4] = [
            host_control.into(),
            host_output.into(),
            stdout.try_clone()?.into(),
            stderr.try_clone()?.into(),
        ];
        let numbers = inherited.each_ref().map(AsRawFd::as_raw_fd);
        let mut command = Command::new(options.executable);
        command
            .arg(HOST_ARGUMENT)
            .args(numbers.iter().map(RawFd::to_string))
            .arg(&question_socket)
            .current_dir(options.working_dir)
            .envs(
                options
                    .environment
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .stdin(Stdio::null())
            .stdout(host_stdout)
            .stderr(host_stderr);
        // SAFETY: the closure only makes async-signal-safe calls, on descriptors that live until the child was started.
        unsafe {
            command.pre_exec(move || {
                for number in numbers {
                    libc::fcntl(number, libc::F_SETFD, 0);
                }
                // Ctrl-C in the front end's terminal is for the front end.
                libc::setpgid(0, 0);
                Ok(())
            });
        }
        let child = command.spawn()?;
        drop((command, inherited));
        let (sender, reports) = mpsc::channel();
        let latest_cell = Arc::new(AtomicU64::new(0));
        let reader = reader::Reader {
            output,
            pipes: [(Kind::Stdout, stdout), (Kind::Stderr, stderr)],
            questions: questions.clone(),
            latest_cell: Arc::clone(&latest_cell),
            events: options.events,
            reports: sender,
            loaded: options.loaded,
        };
        let reader = thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || reader.run())?;
        Ok(Self {
            process: child.id(),
            generation: 0,
            child,
            control,
            reports,
            reader: Some(reader),
            questions,
            question_socket,
            loaded: Vec::new(),
            latest_cell,
        })
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.process
    }

    /// A copy has taken over. Returns how the process before it ended, as far as that can be known.
    pub(crate) fn succeed(&mut self, process: u32) -> io::Result<Option<ExitStatus>> {
        let status = self.wait()?;
        self.process = process;
        self.generation += 1;
        // The copy was made before the libraries of the cell that failed were loaded.
        self.loaded.clear();
        Ok(status)
    }

    /// Where answers to its questions go.
    pub(crate) fn questions(&self) -> Questions {
        self.questions.clone()
    }

    /// Loads a library. What becomes of it is a [`Report`].
    pub(crate) fn load(&mut self, cell: CellId, library: &Path) -> io::Result<()> {
        self.loaded.push(library.to_owned());
        self.command(Kind::Load, cell, &library.to_string_lossy())
    }

    /// Whether it was told to load a library.
    pub(crate) fn has_loaded(&self, library: &Path) -> bool {
        self.loaded.iter().any(|loaded| loaded == library)
    }

    /// Sets an environment variable. What becomes of it is a [`Report`].
    pub(crate) fn set_environment(
        &mut self,
        cell: CellId,
        name: &str,
        value: &str,
    ) -> io::Result<()> {
        self.command(Kind::SetEnvironment, cell, &join_fields(&[name, value]))
    }

    /// Loads a cell and runs it. What becomes of it are [`Report`]s.
    pub(crate) fn run(&mut self, cell: CellId, object: &Path, entry: &str) -> io::Result<()> {
        self.command(
            Kind::Run,
            cell,
            &join_fields(&[&object.to_string_lossy(), entry]),
        )
    }

    fn command(&mut self, kind: Kind, cell: CellId, payload: &str) -> io::Result<()> {
        let header = Header {
            kind: kind as u32,
            len: payload.len() as u32,
            cell: cell.0,
            token: 0,
            thread: 0,
            detail: self.generation,
        };
        // Before the cell can write anything.
        self.latest_cell.store(cell.0, Ordering::Relaxed);
        self.control
            .write_all(&[&header.encode(), payload.as_bytes()].concat())
    }

    /// The next report, or `None` if none came in this time.
    pub(crate) fn report(&self, timeout: Duration) -> Option<Report> {
        match self.reports.recv_timeout(timeout) {
            Ok(report) => Some(report),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Report::Closed),
        }
    }

    /// Ends the process, if it has not ended, and tells how it ended. All its output was delivered then.
    pub(crate) fn end(&mut self) -> io::Result<Option<ExitStatus>> {
        // A copy that takes over now finds that there is nothing to do any more.
        let _ = self.control.shutdown(Shutdown::Both);
        // SAFETY: kill has no preconditions; the process was not waited for, so its id is still its own.
        unsafe { libc::kill(self.process as libc::pid_t, libc::SIGKILL) };
        let status = self.wait()?;
        if let Some(reader) = self.reader.take() {
            // It only ends early if the front end's sink panicked, which is the front end's to report.
            let _ = reader.join();
        }
        for report in self.reports.try_iter() {
            if let Report::Succeeded { process, .. } = report {
                wait_for(process)?;
            }
        }
        Ok(status)
    }

    /// Waits for the end of the process. Copies are children of this process as well, see [`adopt_orphans`].
    fn wait(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.process == self.child.id() {
            return self.child.wait().map(Some);
        }
        wait_for(self.process)
    }
}

/// Waits for the end of a copy. Nothing is known of how it ended if it is no child of this process.
fn wait_for(process: u32) -> io::Result<Option<ExitStatus>> {
    let mut status = 0;
    loop {
        // SAFETY: the status is a live integer.
        if unsafe { libc::waitpid(process as libc::pid_t, &mut status, 0) } >= 0 {
            return Ok(Some(ExitStatus::from_raw(status)));
        }
        match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => {}
            error if error.raw_os_error() == Some(libc::ECHILD) => return Ok(None),
            error => return Err(error),
        }
    }
}

/// Lets copies of the host process become children of this process when the one that made them dies.
pub(crate) fn adopt_orphans() {
    // SAFETY: this changes nothing but who the parent of orphaned descendants will be.
    unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        // Nothing can be done about a process that cannot be ended.
        let _ = self.end();
        Questions::end(&self.question_socket);
    }
}
