//! A host that runs functions of a small C program, without rustc and without an engine.

#![allow(dead_code)] // No test file needs all of it.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, fs, io};

use ferrocell_wire::{Ended, HOST_ARGUMENT, Header, Kind, Signal, join_fields, split_fields};

/// How long to wait for something that must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// What every program begins with: a check that fails returns its line.
const PRELUDE: &str = include_str!("prelude.h");

/// The host, and what the engine would have of it.
pub(crate) struct Program {
    supervisor: Child,
    supervision: UnixStream,
    control: UnixStream,
    output: UnixStream,
    snapshot: Option<(UnixStream, UnixStream)>,
    _pipes: [OwnedFd; 2],
    folder: PathBuf,
    object: PathBuf,
    cell: u64,
}

/// How a command has ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: u32,
    pub(crate) message: String,
    /// What was written meanwhile.
    pub(crate) text: String,
}

impl Program {
    /// Compiles a program and starts a host for it.
    pub(crate) fn new(name: &str, source: &str) -> Self {
        Self::with(name, source, |_| {})
    }

    pub(crate) fn with(name: &str, source: &str, change: impl FnOnce(&mut Command)) -> Self {
        let folder = env::temp_dir().join(format!("ferrocell-host-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the program");
        let object = compile(&folder, source);
        let pair = || UnixStream::pair().expect("sockets");
        let ((control, its_control), (output, its_output)) = (pair(), pair());
        let (supervision, its_supervision) = pair();
        for socket in [&output, &supervision] {
            socket.set_read_timeout(Some(PATIENCE)).expect("a limit");
        }
        let (stdout, to_stdout) = io::pipe().expect("a pipe");
        let (stderr, to_stderr) = io::pipe().expect("a pipe");
        let pipes = [OwnedFd::from(stdout), OwnedFd::from(stderr)];
        let inherited = [
            its_control.as_raw_fd(),
            its_output.as_raw_fd(),
            pipes[0].as_raw_fd(),
            pipes[1].as_raw_fd(),
            its_supervision.as_raw_fd(),
        ];
        let session = folder.join("session");
        fs::create_dir_all(&session).expect("a folder for the session");
        let mut command = Command::new(host());
        command
            .arg(HOST_ARGUMENT)
            .args(inherited.iter().map(ToString::to_string))
            .args([session.join("questions"), session])
            .stdin(Stdio::null())
            .stdout(to_stdout)
            .stderr(to_stderr);
        // SAFETY: the closure only makes async-signal-safe calls.
        unsafe {
            command.pre_exec(move || {
                for fd in inherited {
                    libc::fcntl(fd, libc::F_SETFD, 0);
                }
                for fd in &inherited[2..4] {
                    libc::fcntl(*fd, libc::F_SETFL, libc::O_NONBLOCK);
                }
                libc::setpgid(0, 0);
                Ok(())
            });
        }
        change(&mut command);
        Self {
            supervisor: command.spawn().expect("the host starts"),
            supervision,
            control,
            output,
            snapshot: None,
            _pipes: pipes,
            folder,
            object,
            cell: 0,
        }
    }

    /// Runs a function, without a snapshot.
    pub(crate) fn run(&mut self, function: &str) -> Done {
        let fields = self.entry(function);
        self.command(Kind::Run, &fields, None);
        self.done()
            .unwrap_or_else(|| panic!("the host ended in {function}"))
    }

    /// Runs a function, which finds nothing to complain of.
    pub(crate) fn ok(&mut self, function: &str) {
        let done = self.run(function);
        assert_eq!(done.status, 0, "{function} fails in this line: {done:?}");
    }

    /// Takes a snapshot.
    pub(crate) fn snapshot(&mut self) {
        self.snapshot_with(Kind::Snapshot, "");
        self.done().expect("a snapshot is taken");
    }

    /// Takes a snapshot, and runs a function that ends the process; what the supervisor reports.
    pub(crate) fn crash(&mut self, function: &str) -> Ended {
        let fields = self.entry(function);
        self.snapshot_with(Kind::Run, &fields);
        self.ended()
    }

    /// How the process has ended.
    pub(crate) fn ended(&mut self) -> Ended {
        let mut report = [0; Ended::SIZE];
        self.supervision
            .read_exact(&mut report)
            .expect("the supervisor reports the end");
        Ended::decode(report)
    }

    /// Lets the snapshot take over, from which no thread may be missing. The connections that are gone, one a line.
    pub(crate) fn promote(&mut self) -> String {
        let [connections, threads @ ..] = self.promote_with_losses();
        assert_eq!(threads, ["", ""], "threads are gone");
        connections
    }

    /// Lets the snapshot take over. The connections and threads that are gone, one a line, and the thread that is left out.
    pub(crate) fn promote_with_losses(&mut self) -> [String; 3] {
        let (control, output) = self.snapshot.take().expect("there is a snapshot");
        (self.control, self.output) = (control, output);
        self.command(Kind::Promote, "", None);
        let message = self.done().expect("the snapshot takes over").message;
        split_fields::<3>(&message).map(str::to_owned)
    }

    /// Sends a signal to the main thread, for the function that runs.
    pub(crate) fn interrupt(&self) {
        let signal = Signal {
            number: libc::SIGINT,
            target: self.cell,
        };
        (&self.supervision)
            .write_all(&signal.encode())
            .expect("the supervisor listens");
    }

    /// Sends what runs a function, and does not wait for its end.
    pub(crate) fn begin(&mut self, function: &str) {
        let fields = self.entry(function);
        self.command(Kind::Run, &fields, None);
    }

    /// Sends a command with fields, and waits for its end.
    pub(crate) fn tell(&mut self, kind: Kind, fields: &[&str]) -> Done {
        self.command(kind, &join_fields(fields), None);
        self.done().expect("the command ends")
    }

    fn entry(&self, function: &str) -> String {
        join_fields(&[&self.object.to_string_lossy(), function])
    }

    fn snapshot_with(&mut self, kind: Kind, payload: &str) {
        let pair = || UnixStream::pair().expect("sockets");
        let ((control, its_control), (output, its_output)) = (pair(), pair());
        output.set_read_timeout(Some(PATIENCE)).expect("a limit");
        self.command(kind, payload, Some([&its_control, &its_output]));
        self.snapshot = Some((control, output));
    }

    fn command(&mut self, kind: Kind, payload: &str, sockets: Option<[&UnixStream; 2]>) {
        self.cell += 1;
        let header = Header {
            kind: kind as u32,
            len: payload.len() as u32,
            cell: self.cell,
            token: 0,
            thread: 0,
            detail: 0,
        };
        let bytes = [&header.encode()[..], payload.as_bytes()].concat();
        match sockets {
            None => (&self.control).write_all(&bytes).expect("the host listens"),
            Some(sockets) => send_with(&self.control, &bytes, sockets),
        }
    }

    /// How long to wait for what the host reports.
    pub(crate) fn set_patience(&self, patience: Duration) {
        self.output
            .set_read_timeout(Some(patience))
            .expect("a limit");
    }

    /// The end of a command; `None` if the process has ended instead.
    pub(crate) fn done(&mut self) -> Option<Done> {
        let mut text = String::new();
        loop {
            let mut head = [0; Header::SIZE];
            self.output.read_exact(&mut head).ok()?;
            let header = Header::decode(&head);
            let mut payload = vec![0; header.len as usize];
            self.output.read_exact(&mut payload).ok()?;
            let payload = String::from_utf8_lossy(&payload).into_owned();
            match Kind::from_number(header.kind) {
                Some(Kind::Done) => {
                    return Some(Done {
                        status: header.detail,
                        message: payload,
                        text,
                    });
                }
                _ => text += &payload,
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let end = Signal {
            number: Signal::END,
            target: 0,
        };
        // It may have ended by itself.
        let _ = (&self.supervision).write_all(&end.encode());
        let _ = self.supervisor.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn send_with(control: &UnixStream, bytes: &[u8], sockets: [&UnixStream; 2]) {
    const SIZE: u32 = size_of::<[libc::c_int; 2]>() as u32;
    let mut space = [0_u64; 8];
    let mut part = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: a zeroed msghdr is valid; its parts describe live memory, of which the space holds a control message with
    // two descriptors. sendmsg only reads.
    let sent = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = space.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(SIZE) as _;
        let head = libc::CMSG_FIRSTHDR(&message);
        (*head).cmsg_level = libc::SOL_SOCKET;
        (*head).cmsg_type = libc::SCM_RIGHTS;
        (*head).cmsg_len = libc::CMSG_LEN(SIZE) as _;
        libc::CMSG_DATA(head)
            .cast::<[libc::c_int; 2]>()
            .write_unaligned(sockets.map(AsRawFd::as_raw_fd));
        libc::sendmsg(control.as_raw_fd(), &message, libc::MSG_NOSIGNAL)
    };
    assert_eq!(sent, bytes.len() as isize, "the host listens");
}

fn compile(folder: &Path, source: &str) -> PathBuf {
    let (code, object) = (folder.join("program.c"), folder.join("program.so"));
    fs::write(&code, format!("{PRELUDE}\n#line 1 \"program\"\n{source}"))
        .expect("the program is written");
    let status = Command::new("cc")
        .args([
            "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-pthread", "-o",
        ])
        .args([&object, &code])
        .status()
        .expect("a C compiler runs");
    assert!(status.success(), "the program compiles");
    object
}

/// The executable of the example `host`, which `cargo test --test` does not build by itself.
fn host() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "--example", "host"]);
            if !cfg!(debug_assertions) {
                cargo.arg("--release");
            }
            let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
            assert!(status.expect("cargo runs").success(), "the host builds");
            // Tests stand in `deps`, beside `examples`.
            let test = env::current_exe().expect("a test knows its own path");
            let folder = test.ancestors().nth(2).expect("the folder of the build");
            folder.join("examples/host")
        })
        .clone()
}
