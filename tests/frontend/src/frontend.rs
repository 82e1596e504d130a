//! The frontend.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use ferrocell_kernel::ConnectionInfo;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use zeromq::util::PeerIdentity;
use zeromq::{DealerSocket, Socket, SocketOptions, SocketRecv, SocketSend, SubSocket, ZmqMessage};

use crate::message::{self, Received};

/// How long a message may take before the test fails. Far beyond what is expected, so that a busy machine is no reason.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A request that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its `msg_id`.
    pub id: String,
}

/// A channel that this side can send on.
#[derive(Clone, Copy, Debug)]
pub enum Channel {
    /// Requests.
    Shell,
    /// Requests that wait for nothing.
    Control,
    /// Questions of the kernel, and the answers.
    Stdin,
    /// What is sent comes back.
    Heartbeat,
}

/// A frontend that is connected to a kernel.
pub struct Frontend {
    connection: ConnectionInfo,
    session: String,
    sent: u64,
    shell: DealerSocket,
    control: DealerSocket,
    stdin: DealerSocket,
    heartbeat: DealerSocket,
    /// What came on iopub.
    iopub: mpsc::Receiver<ZmqMessage>,
    /// Messages of other requests than the one that was waited for.
    inbox: VecDeque<Received>,
    /// Requests whose busy was taken.
    busy: HashSet<String>,
    leaving: bool,
    runtime: Runtime,
}

impl Frontend {
    /// Connects to a kernel under the identity `name`, and takes its welcome. It reads whatever the kernel publishes at
    /// once, also while the test does something else.
    pub fn connect(connection: &ConnectionInfo, name: &str) -> Frontend {
        Frontend::connect_reading_ahead(connection, name, Semaphore::MAX_PERMITS)
    }

    /// As [`Frontend::connect`], but takes no more than `read_ahead` messages off iopub before the test looks for them.
    pub fn connect_reading_ahead(
        connection: &ConnectionInfo,
        name: &str,
        read_ahead: usize,
    ) -> Frontend {
        let runtime = Runtime::new().expect("a runtime");
        let dealer = |port| runtime.block_on(dealer(connection, port, name));
        let (shell, control) = (
            dealer(connection.shell_port),
            dealer(connection.control_port),
        );
        let (stdin, heartbeat) = (dealer(connection.stdin_port), dealer(connection.hb_port));
        let iopub = runtime.block_on(async {
            let mut iopub = SubSocket::new();
            iopub.connect(&connection.iopub_url()).await.expect("iopub");
            iopub.subscribe("").await.expect("a subscription");
            let (sender, receiver) = mpsc::channel(read_ahead);
            tokio::spawn(async move {
                while let Ok(message) = iopub.recv().await {
                    if sender.send(message).await.is_err() {
                        break;
                    }
                }
            });
            receiver
        });
        let mut frontend = Frontend {
            connection: connection.clone(),
            session: format!("session of {name}"),
            sent: 0,
            shell,
            control,
            stdin,
            heartbeat,
            iopub,
            inbox: VecDeque::new(),
            busy: HashSet::new(),
            leaving: false,
            runtime,
        };
        let welcome = frontend.recv_raw_iopub();
        assert_eq!(
            (welcome.msg_type(), &welcome.content),
            ("iopub_welcome", &json!({ "subscription": "" }))
        );
        frontend
    }

    // What is sent.

    /// Sends a request with this content.
    pub fn send(&mut self, channel: Channel, msg_type: &str, content: Value) -> Request {
        self.send_reply(channel, msg_type, json!({}), content)
    }

    /// Sends an ordinary `execute_request`.
    pub fn send_execute(&mut self, code: &str) -> Request {
        self.send(Channel::Shell, "execute_request", execute(code))
    }

    /// Answers a question.
    pub fn send_input_reply(&mut self, question: &Received, value: &str) {
        self.send_reply(
            Channel::Stdin,
            "input_reply",
            question.header.clone(),
            json!({ "status": "ok", "value": value }),
        );
    }

    fn send_reply(
        &mut self,
        channel: Channel,
        msg_type: &str,
        parent: Value,
        content: Value,
    ) -> Request {
        self.send_message(channel, msg_type, parent, json!({}), content)
    }

    /// Sends a message with everything that a frontend may choose.
    pub fn send_message(
        &mut self,
        channel: Channel,
        msg_type: &str,
        parent: Value,
        metadata: Value,
        content: Value,
    ) -> Request {
        self.sent += 1;
        let id = format!("{} {}", self.session, self.sent);
        let header = json!({
            "msg_id": id, "session": self.session, "username": "tester", "date": "2026-01-01T00:00:00Z",
            "msg_type": msg_type, "version": "5.5",
        });
        let parts = [header, parent, metadata, content].map(|part| part.to_string().into());
        self.send_frames(channel, message::sign(&self.connection.key, &parts));
        Request { id }
    }

    /// Sends frames as they are, whatever they are.
    pub fn send_frames(&mut self, channel: Channel, frames: Vec<bytes::Bytes>) {
        let socket = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
            Channel::Heartbeat => &mut self.heartbeat,
        };
        let message = ZmqMessage::try_from(frames).expect("at least one frame");
        self.runtime
            .block_on(socket.send(message))
            .expect("a connection");
    }

    // What is received.

    /// The reply to `request`.
    pub fn recv_reply(&mut self, channel: Channel, request: &Request) -> Received {
        let reply = self.recv(channel);
        assert_eq!(
            reply.parent(),
            request.id,
            "a reply to another request: {reply:#?}"
        );
        reply
    }

    /// The reply to an `execute_request` that ended well.
    pub fn recv_execute_ok(&mut self, request: &Request, execution_count: u64) {
        let reply = self.recv_reply(Channel::Shell, request);
        let expected = json!({ "status": "ok", "execution_count": execution_count, "payload": [], "user_expressions": {} });
        assert_eq!(
            (reply.msg_type(), &reply.content),
            ("execute_reply", &expected)
        );
    }

    /// The next question, which must belong to `request`.
    pub fn recv_input_request(&mut self, request: &Request, prompt: &str) -> Received {
        let question = self.recv(Channel::Stdin);
        let expected = json!({ "prompt": prompt, "password": false });
        assert_eq!(
            (question.parent(), &question.content),
            (request.id.as_str(), &expected)
        );
        question
    }

    /// Takes the status with which a request begins.
    pub fn recv_busy(&mut self, request: &Request) {
        self.recv_iopub(request, "status", json!({ "execution_state": "busy" }));
    }

    /// Takes the status with which a request ends.
    pub fn recv_idle(&mut self, request: &Request) {
        self.recv_iopub(request, "status", json!({ "execution_state": "idle" }));
    }

    /// Takes the repetition of a cell's code.
    pub fn recv_execute_input(&mut self, request: &Request, code: &str, execution_count: u64) {
        let content = json!({ "code": code, "execution_count": execution_count });
        self.recv_iopub(request, "execute_input", content);
    }

    /// Takes a cell's value, which is this text.
    pub fn recv_result(&mut self, request: &Request, text: &str, execution_count: u64) {
        let content = json!({ "execution_count": execution_count, "data": { "text/plain": text }, "metadata": {} });
        self.recv_iopub(request, "execute_result", content);
    }

    /// Text of a stream, in however many pieces it comes.
    pub fn recv_stream(&mut self, request: &Request, name: &str, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let piece = self.next_iopub(request);
            let got = piece.content["text"].as_str().unwrap_or_default();
            let fits =
                piece.msg_type() == "stream" && piece.content["name"] == name && !got.is_empty();
            match rest.strip_prefix(got) {
                Some(after) if fits => rest = after,
                _ => panic!("expected {rest:?} on {name}, got {piece:#?}"),
            }
        }
    }

    /// All that `request` prints on standard output and on standard error until its idle, which is taken, too.
    pub fn recv_streams(&mut self, request: &Request) -> [String; 2] {
        let mut streams = [String::new(), String::new()];
        loop {
            let message = self.next_iopub(request);
            let index = usize::from(message.content["name"] == "stderr");
            streams[index] += message.content["text"].as_str().unwrap_or_default();
            if message.content["execution_state"] == "idle" {
                return streams;
            }
        }
    }

    /// How much text that `request` printed has come and was not taken yet.
    pub fn at_hand(&mut self, request: &Request) -> usize {
        let texts = self
            .inbox()
            .iter()
            .filter(|message| message.parent() == request.id)
            .filter_map(|message| message.content["text"].as_str());
        texts.map(str::len).sum()
    }

    /// Whether the idle of `request` has not come yet.
    pub fn is_running(&mut self, request: &Request) -> bool {
        let is_idle = |message: &Received| {
            message.parent() == request.id && message.content["execution_state"] == "idle"
        };
        !self.inbox().iter().any(is_idle)
    }

    /// The next iopub message of `request`, which must be this one.
    pub fn recv_iopub(&mut self, request: &Request, msg_type: &str, content: Value) {
        let message = self.next_iopub(request);
        assert_eq!((message.msg_type(), &message.content), (msg_type, &content));
    }

    /// The next iopub message of `request`, whatever it is, but for a busy after the first: the kernel says it again
    /// when it has answered something else meanwhile.
    pub fn next_iopub(&mut self, request: &Request) -> Received {
        loop {
            let message = self.next_of(request);
            let busy = message.content["execution_state"] == "busy";
            if !busy || self.busy.insert(request.id.clone()) {
                return message;
            }
        }
    }

    fn next_of(&mut self, request: &Request) -> Received {
        if let Some(index) = self
            .inbox
            .iter()
            .position(|message| message.parent() == request.id)
        {
            return self.inbox.remove(index).expect("it was found there");
        }
        loop {
            let message = self.recv_raw_iopub();
            if message.parent() == request.id {
                return message;
            }
            self.inbox.push_back(message);
        }
    }

    /// The next message on a channel.
    pub fn recv(&mut self, channel: Channel) -> Received {
        let frames = self.recv_frames(channel);
        Received::read(&self.connection.key, frames)
    }

    /// The next frames on a channel, whatever they are.
    pub fn recv_frames(&mut self, channel: Channel) -> Vec<bytes::Bytes> {
        let socket = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
            Channel::Heartbeat => &mut self.heartbeat,
        };
        let received = self
            .runtime
            .block_on(async { timeout(PATIENCE, socket.recv()).await });
        let message =
            received.unwrap_or_else(|_| panic!("nothing came on {channel:?} within {PATIENCE:?}"));
        message.expect("a connection").into_vec()
    }

    fn recv_raw_iopub(&mut self) -> Received {
        let received = self
            .runtime
            .block_on(async { timeout(PATIENCE, self.iopub.recv()).await });
        let message = received
            .unwrap_or_else(|_| panic!("nothing came on iopub; at hand: {:#?}", self.inbox));
        Received::read(
            &self.connection.key,
            message.expect("a connection").into_vec(),
        )
    }

    /// The next message at all, which must be this one, whoever's request it follows from.
    pub fn recv_unrelated(&mut self, msg_type: &str, content: Value) {
        let message = self
            .inbox
            .pop_front()
            .unwrap_or_else(|| self.recv_raw_iopub());
        assert_eq!((message.msg_type(), &message.content), (msg_type, &content));
    }

    /// Takes all messages that have come and were not taken yet.
    pub fn take_inbox(&mut self) -> Vec<Received> {
        self.inbox().drain(..).collect()
    }

    /// All messages that have come and were not taken yet.
    fn inbox(&mut self) -> &mut VecDeque<Received> {
        while let Ok(message) = self.iopub.try_recv() {
            let message = Received::read(&self.connection.key, message.into_vec());
            self.inbox.push_back(message);
        }
        &mut self.inbox
    }

    /// Takes `count` messages of the request with this id, whatever they are.
    pub fn skip(&mut self, id: &str, count: usize) {
        let request = Request { id: id.into() };
        (0..count).for_each(|_| drop(self.next_iopub(&request)));
    }

    // Whole conversations.

    /// A request that is answered at once, with its statuses; gives the reply's content.
    pub fn ask(&mut self, channel: Channel, msg_type: &str, content: Value) -> Value {
        let request = self.send(channel, msg_type, content);
        self.recv_busy(&request);
        self.recv_idle(&request);
        let reply = self.recv_reply(channel, &request);
        assert_eq!(reply.msg_type(), msg_type.replace("_request", "_reply"));
        reply.content
    }

    /// Sends a cell and takes what comes before its output.
    pub fn begin(&mut self, code: &str, execution_count: u64) -> Request {
        let request = self.send_execute(code);
        self.recv_busy(&request);
        self.recv_execute_input(&request, code, execution_count);
        request
    }

    /// Takes what comes after the output of a cell that ends well.
    pub fn end(&mut self, request: &Request, execution_count: u64) {
        self.recv_idle(request);
        self.recv_execute_ok(request, execution_count);
    }

    /// Runs a cell that prints nothing and has no value.
    pub fn execute_quietly(&mut self, code: &str, execution_count: u64) -> Request {
        let request = self.begin(code, execution_count);
        self.end(&request, execution_count);
        request
    }

    /// Presses the stop button.
    pub fn press_stop(&mut self) {
        let reply = self.ask(Channel::Control, "interrupt_request", json!({}));
        assert_eq!(reply, json!({ "status": "ok" }));
    }

    /// Interrupts the cell that runs, and takes its end.
    pub fn interrupt(&mut self, request: &Request) {
        self.press_stop();
        self.recv_failure(request, "KeyboardInterrupt");
    }

    /// Takes an error of this name, and the end of the cell that failed; gives the error's content.
    pub fn recv_failure(&mut self, request: &Request, name: &str) -> Value {
        let error = self.next_iopub(request);
        assert_eq!(
            (error.msg_type(), &error.content["ename"]),
            ("error", &json!(name)),
            "{error:#?}"
        );
        self.recv_idle(request);
        let reply = self.recv_reply(Channel::Shell, request).content;
        assert_eq!(
            (&reply["status"], &reply["ename"]),
            (&json!("error"), &json!(name))
        );
        error.content
    }

    /// Lets another frontend go, and takes what all see of its going.
    pub fn part_from(&mut self, other: Frontend) {
        drop(other);
        for state in ["busy", "idle"] {
            self.recv_unrelated("status", json!({ "execution_state": state }));
        }
    }

    /// Goes without a look at what was left unasserted, because the kernel has ended or is about to.
    pub fn leave(mut self) {
        self.leaving = true;
    }
}

impl Drop for Frontend {
    fn drop(&mut self) {
        if self.leaving || std::thread::panicking() {
            return;
        }
        // All that was published before this request's idle is here once the idle is.
        let request = self.send(Channel::Control, "kernel_info_request", json!({}));
        self.recv_busy(&request);
        self.recv_idle(&request);
        assert!(self.inbox.is_empty(), "unasserted: {:#?}", self.inbox);
    }
}

/// The content of an ordinary `execute_request`.
pub fn execute(code: &str) -> Value {
    json!({
        "code": code, "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": true,
        "stop_on_error": true,
    })
}

async fn dealer(connection: &ConnectionInfo, port: u16, name: &str) -> DealerSocket {
    let mut options = SocketOptions::default();
    options.connect_timeout(PATIENCE);
    options.peer_identity(name.parse::<PeerIdentity>().expect("a short name"));
    let mut socket = DealerSocket::with_options(options);
    let url = ConnectionInfo {
        shell_port: port,
        ..connection.clone()
    }
    .shell_url();
    socket.connect(&url).await.expect("a channel");
    socket
}
