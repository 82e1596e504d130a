//! The host process, seen from the engine.

use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ferrocell_wire::{HOST_ARGUMENT, Header, Kind, Status, join_fields, split_fields};

use super::panics::LoadedCode;
use super::reader::{self, Reader};
use super::snapshot::{self, Snapshot};
use super::{HostError, Mark, Promoted, Questions, Report, Supervision};
use crate::toolchain::package;
use crate::{CellId, EventSink};

/// How long a snapshot may take to wake up.
const WAKING: Duration = Duration::from_secs(20);

/// A running host process, with the supervisor above it and the snapshot below it.
#[derive(Debug)]
pub(crate) struct HostProcess {
    supervisor: Child,
    supervision: Supervision,
    control: UnixStream,
    reports: Receiver<Report>,
    reader: Option<JoinHandle<Reader>>,
    /// The latest one last; an earlier one only until that is known to exist.
    snapshots: Vec<Snapshot>,
    promotions: u64,
    questions: Questions,
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
    /// The most memory that it may use, in bytes.
    pub(crate) memory_limit: Option<u64>,
}

impl HostProcess {
    /// Starts one.
    pub(crate) fn start(options: HostOptions<'_>) -> Result<Self, HostError> {
        let host = options.executable.to_owned();
        Self::try_start(options).map_err(|error| HostError::Start { host, error })
    }

    fn try_start(options: HostOptions<'_>) -> io::Result<Self> {
        let question_socket = options.session_dir.join("questions");
        // The socket of a process that was replaced may still be there.
        let _ = std::fs::remove_file(&question_socket);
        let questions = Questions::listen(&question_socket)?;
        let (control, host_control) = UnixStream::pair()?;
        let (output, host_output) = snapshot::output_pair()?;
        let (supervision, host_supervision) = UnixStream::pair()?;
        let supervision = Supervision::new(supervision);
        let (stdout, host_stdout) = io::pipe()?;
        let (stderr, host_stderr) = io::pipe()?;
        reader::set_non_blocking(stdout.as_fd())?;
        reader::set_non_blocking(stderr.as_fd())?;
        let inherited: [OwnedFd; 5] = [
            host_control.into(),
            host_output,
            stdout.try_clone()?.into(),
            stderr.try_clone()?.into(),
            host_supervision.into(),
        ];
        let numbers = inherited.each_ref().map(AsRawFd::as_raw_fd);
        let mut command = Command::new(options.executable);
        package::describe(&mut command, options.working_dir);
        command
            .arg(HOST_ARGUMENT)
            .args(numbers.iter().map(RawFd::to_string))
            .arg(&question_socket)
            .arg(options.session_dir)
            .args(options.memory_limit.map(|bytes| bytes.to_string()))
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
        let supervisor = command.spawn()?;
        drop((command, inherited));
        let (sender, reports) = mpsc::channel();
        let latest_cell = Arc::new(AtomicU64::new(0));
        let reader = Reader {
            output,
            pipes: [(Kind::Stdout, stdout), (Kind::Stderr, stderr)],
            supervision: supervision.clone(),
            questions: questions.clone(),
            latest_cell: Arc::clone(&latest_cell),
            events: options.events,
            reports: sender,
            loaded: options.loaded,
        };
        Ok(Self {
            supervisor,
            supervision,
            control,
            reports,
            reader: Some(read(reader)?),
            snapshots: Vec::new(),
            promotions: 0,
            questions,
            loaded: Vec::new(),
            latest_cell,
        })
    }

    /// A handle to signal to the process that runs cells.
    pub(crate) fn supervision(&self) -> Supervision {
        self.supervision.clone()
    }

    /// Where answers to its questions go.
    pub(crate) fn questions(&self) -> Questions {
        self.questions.clone()
    }

    /// Loads a library. What becomes of it is a [`Report`].
    pub(crate) fn load(&mut self, cell: CellId, library: &Path) -> Result<(), HostError> {
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
    ) -> Result<(), HostError> {
        self.command(Kind::SetEnvironment, cell, &join_fields(&[name, value]))
    }

    /// Sets the most memory that it may use. What becomes of it is a [`Report`].
    pub(crate) fn limit_memory(
        &mut self,
        cell: CellId,
        limit: Option<u64>,
    ) -> Result<(), HostError> {
        self.command(
            Kind::LimitMemory,
            cell,
            &limit.map(|bytes| bytes.to_string()).unwrap_or_default(),
        )
    }

    /// Loads a cell and runs it, after a snapshot was taken, if one is wanted. What becomes of it are [`Report`]s.
    pub(crate) fn run(
        &mut self,
        cell: CellId,
        object: &Path,
        entry: &str,
        snapshot: Option<Mark>,
    ) -> Result<(), HostError> {
        let Some(mark) = snapshot else {
            self.snapshots.clear();
            return self.look(cell, object, entry);
        };
        let fields = join_fields(&[&object.to_string_lossy(), entry]);
        self.request_snapshot(mark, Kind::Run, cell, &fields)
    }

    /// Runs what looks at the program and changes nothing, so that earlier snapshots stay as good as they are. What becomes of
    /// it are [`Report`]s.
    pub(crate) fn look(
        &mut self,
        cell: CellId,
        object: &Path,
        entry: &str,
    ) -> Result<(), HostError> {
        let fields = join_fields(&[&object.to_string_lossy(), entry]);
        self.command(Kind::Run, cell, &fields)
    }

    /// Takes a snapshot. What becomes of it is a [`Report`].
    pub(crate) fn take_snapshot(&mut self, cell: CellId, mark: Mark) -> Result<(), HostError> {
        self.request_snapshot(mark, Kind::Snapshot, cell, "")
    }

    fn request_snapshot(
        &mut self,
        mark: Mark,
        kind: Kind,
        cell: CellId,
        payload: &str,
    ) -> Result<(), HostError> {
        self.latest_cell.store(cell.0, Ordering::Relaxed);
        let command = encode(kind, cell, 0, payload);
        match snapshot::request(&self.control, &command, mark, self.loaded.len()) {
            Ok(snapshot) => {
                self.snapshots.push(snapshot);
                Ok(())
            }
            Err(error) => unless_it_has_ended(error),
        }
    }

    /// The latest snapshot was taken, so that the others are of no use any more.
    pub(crate) fn keep_latest_snapshot(&mut self) {
        let count = self.snapshots.len();
        self.snapshots.drain(..count.saturating_sub(1));
    }

    fn command(&mut self, kind: Kind, cell: CellId, payload: &str) -> Result<(), HostError> {
        // Before it can write anything.
        self.latest_cell.store(cell.0, Ordering::Relaxed);
        self.control
            .write_all(&encode(kind, cell, 0, payload))
            .or_else(unless_it_has_ended)
    }

    /// Lets the latest snapshot take over, after [`Report::Ended`]. `None` means that there is none.
    pub(crate) fn promote(&mut self) -> Result<Option<Promoted>, HostError> {
        self.promotions += 1;
        // Numbers of questions that were asked before must not come again.
        let first_question = self.promotions << 32;
        let command = encode(Kind::Promote, CellId(0), first_question, "");
        while let Some(mut snapshot) = self.snapshots.pop() {
            if snapshot.control.write_all(&command).is_err() {
                // The process had ended before it could take this one.
                continue;
            }
            // A thread that panicked was the front end's sink; then there is nobody to go on for.
            let Some(Ok(reader)) = self.reader.take().map(JoinHandle::join) else {
                return Ok(None);
            };
            self.reader = Some(
                read(Reader {
                    output: snapshot.output,
                    ..reader
                })
                .map_err(HostError::Reader)?,
            );
            self.control = snapshot.control;
            self.loaded.truncate(snapshot.loaded);
            match self.report(WAKING) {
                Some(Report::Done {
                    status: Status::Ok,
                    message,
                    threads,
                }) => {
                    let [connections, lost, culprit] = split_fields(&message);
                    return Ok(Some(Promoted {
                        mark: snapshot.mark,
                        lost_connections: connections.lines().map(str::to_owned).collect(),
                        threads,
                        lost_threads: lost.lines().map(str::to_owned).collect(),
                        culprit: (!culprit.is_empty()).then(|| culprit.to_owned()),
                    }));
                }
                // It was taken when a thread was already about to end the program.
                Some(Report::Ended(_)) => {}
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The next report, or `None` if none came in this time.
    pub(crate) fn report(&self, timeout: Duration) -> Option<Report> {
        match self.reports.recv_timeout(timeout) {
            Ok(report) => Some(report),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Report::Closed),
        }
    }

    /// What was reported while no command was waited for.
    pub(crate) fn late_report(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// Ends all its processes. All their output was delivered then.
    pub(crate) fn end(&mut self) -> Result<(), HostError> {
        self.supervision.end();
        self.supervisor.wait().map_err(HostError::End)?;
        if let Some(reader) = self.reader.take() {
            // It only ends early if the front end's sink panicked, which is the front end's to report.
            let _ = reader.join();
        }
        Ok(())
    }
}

/// A command that comes too late is no error: the end of the process is reported as well.
fn unless_it_has_ended(error: io::Error) -> Result<(), HostError> {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Ok(()),
        _ => Err(HostError::Command(error)),
    }
}

fn encode(kind: Kind, cell: CellId, token: u64, payload: &str) -> Vec<u8> {
    let header = Header {
        kind: kind as u32,
        len: payload.len() as u32,
        cell: cell.0,
        token,
        thread: 0,
        detail: 0,
    };
    [&header.encode(), payload.as_bytes()].concat()
}

fn read(reader: Reader) -> io::Result<JoinHandle<Reader>> {
    thread::Builder::new()
        .name("output".to_owned())
        .spawn(move || reader.run())
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        // Nothing can be done about a process that cannot be ended.
        let _ = self.end();
    }
}
