//! Start, interrupt and end.

use std::error::Error;
use std::fs;

use ferrocell_kernel::language::{CellId, Events, Info, Language, Outcome, Session};
use ferrocell_kernel::{ConnectionInfo, Kernel, KernelError};
use serde_json::json;

use crate::example::start_echo;
use crate::language::{Echo, EchoSession};
use scripted_frontend::{Channel, Running};

#[test]
fn a_kernel_on_tcp_ports() {
    let kernel = Running::start_tcp(Echo);
    kernel.connect().execute_quietly("go there", 1);
}

#[test]
fn a_shutdown_is_replied_to_and_announced() {
    for channel in [Channel::Control, Channel::Shell] {
        let mut kernel = Running::start(Echo);
        let mut frontend = kernel.connect();
        let request = frontend.send(channel, "shutdown_request", json!({ "restart": true }));
        let expected = json!({ "status": "ok", "restart": true });
        assert_eq!(frontend.recv_reply(channel, &request).content, expected);
        frontend.recv_busy(&request);
        frontend.recv_iopub(&request, "shutdown_reply", expected);
        frontend.recv_idle(&request);
        frontend.leave();
        kernel.wait().expect("a good end");
    }
}

#[test]
fn a_shutdown_ends_a_running_cell_and_its_questions() {
    let mut kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say on\nask nobody\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.recv_input_request(&cell, "nobody");
    let request = frontend.send(
        Channel::Control,
        "shutdown_request",
        json!({ "restart": false }),
    );
    frontend.recv_reply(Channel::Control, &request);
    frontend.leave();
    kernel.wait().expect("a good end");
}

/// An interrupt when nothing runs does nothing, also not to the next cell.
#[test]
fn an_interrupt_while_idle() {
    let kernel = Running::start(Echo);
    let mut frontend = kernel.connect();
    assert_eq!(
        frontend.ask(Channel::Control, "interrupt_request", json!({})),
        json!({ "status": "ok" })
    );
    frontend.execute_quietly("go there", 1);
}

/// A language that cannot start.
struct Broken;

impl Language for Broken {
    type Session = EchoSession;

    fn info(&self) -> Info {
        Echo.info()
    }

    fn start(self, _events: Events) -> Result<EchoSession, Box<dyn Error + Send + Sync>> {
        Err("no compiler was found; install one".into())
    }
}

#[test]
fn a_language_that_cannot_start_says_so_in_every_cell() {
    let kernel = Running::start(Broken);
    let mut frontend = kernel.connect();
    for _ in 0..2 {
        let cell = frontend.send_execute("value");
        frontend.recv_busy(&cell);
        let error = frontend.next_iopub(&cell);
        assert_eq!(
            (error.msg_type(), &error.content["evalue"]),
            ("error", &json!("no compiler was found; install one"))
        );
        frontend.recv_idle(&cell);
        assert_eq!(
            frontend.recv_reply(Channel::Shell, &cell).content["status"],
            "error"
        );
    }
    let reply = frontend.ask(
        Channel::Shell,
        "complete_request",
        json!({ "code": "s", "cursor_pos": 1 }),
    );
    assert_eq!(reply["ename"], "NotStarted");
}

/// A language with a bug.
struct Buggy;

struct BuggySession(EchoSession);

impl Language for Buggy {
    type Session = BuggySession;

    fn info(&self) -> Info {
        Echo.info()
    }

    fn start(self, events: Events) -> Result<BuggySession, Box<dyn Error + Send + Sync>> {
        Echo.start(events).map(BuggySession)
    }
}

impl Session for BuggySession {
    type Controls = EchoSession;
    type Queries = EchoSession;

    fn execute(&mut self, _cell: CellId, _code: &str) -> Outcome {
        panic!("a bug, on purpose")
    }

    fn controls(&self) -> EchoSession {
        self.0.controls()
    }

    fn queries(&self) -> EchoSession {
        self.0.queries()
    }
}

/// A kernel whose cells would wait for ever ends instead, and the frontend sees that it is gone.
#[test]
fn a_language_that_panics_ends_the_kernel() {
    let mut kernel = Running::start(Buggy);
    let mut frontend = kernel.connect();
    let _cell = frontend.begin("anything", 1);
    frontend.leave();
    assert!(matches!(kernel.wait(), Err(KernelError::LanguagePanicked)));
}

#[test]
fn connection_files_that_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kernel.json");
    assert!(matches!(
        Kernel::from_file(&path),
        Err(KernelError::ConnectionFile { .. })
    ));
    fs::write(&path, "{}").expect("a file");
    assert!(matches!(
        Kernel::from_file(&path),
        Err(KernelError::ConnectionInfo { .. })
    ));

    let kernel = Running::start(Echo);
    let taken = Kernel::new(kernel.connection.clone()).run(Echo);
    assert!(
        matches!(
            taken,
            Err(KernelError::Bind {
                channel: "control",
                ..
            })
        ),
        "{taken:?}"
    );
    let foreign = ConnectionInfo {
        signature_scheme: "hmac-md5".into(),
        ..kernel.connection.clone()
    };
    let refused = Kernel::new(foreign).run(Echo);
    assert!(
        matches!(refused, Err(KernelError::SignatureScheme(_))),
        "{refused:?}"
    );
}

/// The signals that a terminal and a supervisor send, to a kernel in a process of its own.
#[test]
fn signals_interrupt_and_terminate() {
    let mut kernel = start_echo();
    let mut frontend = kernel.connect();
    let cell = frontend.begin("say on\nwait", 1);
    frontend.recv_stream(&cell, "stdout", "on\n");
    kernel.signal(libc::SIGINT);
    assert_eq!(
        frontend.next_iopub(&cell).content["ename"],
        "KeyboardInterrupt"
    );
    frontend.recv_idle(&cell);
    frontend.recv_reply(Channel::Shell, &cell);
    frontend.execute_quietly("go on", 2);
    frontend.leave();
    kernel.signal(libc::SIGTERM);
    kernel.wait().expect("a good end");
}

/// A kernel that was killed leaves the files of its sockets, and the one that is started in its place takes them over. A
/// kernel that lives keeps its own.
#[test]
fn sockets_of_a_killed_kernel_are_taken_over() {
    let mut kernel = start_echo();
    kernel.signal(libc::SIGKILL);
    kernel.wait_for_death();
    kernel.spawn(Echo);
    kernel.connect().execute_quietly("go there", 1);
}
