//! The language server's process, and questions to it.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::program::Program;
use super::workspace::FILE;
use crate::interrupts;
use crate::toolchain::Toolchain;

/// The most memory that it may use, in bytes. It ends if that is not enough, and is started again.
const MEMORY: u64 = 3_000_000_000;

/// The number of the first request, which opens the conversation.
const INITIALIZE: u64 = 0;

/// What it says of an answer that a change of the text has overtaken.
const CONTENT_MODIFIED: i64 = -32801;

/// A running server. It ends with this value.
pub(super) struct Server {
    child: Mutex<Child>,
    line: Arc<Line>,
    uri: String,
    /// The version of the text that it knows, and the text.
    document: Mutex<(u64, String)>,
    next: AtomicU64,
}

/// What the thread that reads shares with those that ask.
struct Line {
    stdin: Mutex<ChildStdin>,
    waiting: Mutex<HashMap<u64, Sender<Value>>>,
    is_ready: AtomicBool,
    is_over: AtomicBool,
    /// What it complains of.
    complaint: Mutex<Option<String>>,
}

impl Server {
    /// Starts it on the package in a folder. It reads that in the background.
    pub(super) fn start(program: &Path, dir: &Path, toolchain: &Toolchain) -> io::Result<Self> {
        let mut command = Command::new(program);
        toolchain.impose(&mut command);
        command
            .env("CARGO", toolchain.cargo())
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        // SAFETY: the closure makes async-signal-safe calls only.
        unsafe {
            command.pre_exec(|| {
                libc::setpriority(libc::PRIO_PROCESS, 0, interrupts::BACKGROUND);
                let limit = libc::rlimit {
                    rlim_cur: MEMORY,
                    rlim_max: MEMORY,
                };
                libc::setrlimit(libc::RLIMIT_DATA, &raw const limit);
                Ok(())
            });
        }
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no standard input"));
        };
        let server = Self {
            child: Mutex::new(child),
            line: Arc::new(Line {
                stdin: Mutex::new(stdin),
                waiting: Mutex::default(),
                is_ready: AtomicBool::new(false),
                is_over: AtomicBool::new(false),
                complaint: Mutex::default(),
            }),
            uri: uri(&dir.join(FILE)),
            document: Mutex::new((0, String::new())),
            next: AtomicU64::new(INITIALIZE + 1),
        };
        let line = Arc::clone(&server.line);
        let document = server.uri.clone();
        thread::Builder::new()
            .name("rust-analyzer".into())
            .spawn(move || line.read(stdout, &document))?;
        server
            .line
            .request(INITIALIZE, "initialize", initialize(dir, toolchain))?;
        Ok(server)
    }

    /// Whether it has not ended.
    pub(super) fn is_alive(&self) -> bool {
        !self.line.is_over.load(Ordering::Acquire)
    }

    /// Whether it has read the program.
    pub(super) fn is_ready(&self) -> bool {
        self.line.is_ready.load(Ordering::Acquire)
    }

    /// What keeps it from knowing all that it should.
    pub(super) fn complaint(&self) -> Option<String> {
        lock(&self.line.complaint).clone()
    }

    /// The number of its process.
    pub(super) fn process(&self) -> u32 {
        lock(&self.child).id()
    }

    /// The memory that it uses, in bytes.
    pub(super) fn memory(&self) -> Option<u64> {
        let process = self.process();
        let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
        let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
        // SAFETY: sysconf has no preconditions.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        Some(pages * u64::try_from(page).ok()?)
    }

    /// The package has changed.
    pub(super) fn reload(&self) {
        self.line.is_ready.store(false, Ordering::Release);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        // If it has gone, the next question finds that.
        let _ = self
            .line
            .request(number, "rust-analyzer/reloadWorkspace", Value::Null);
    }

    /// Asks about a byte of the text in a program. `None` if there is no answer in time.
    pub(super) fn ask(
        &self,
        method: &str,
        program: &Program,
        at: usize,
        patience: Duration,
    ) -> Option<Value> {
        // One question at a time: its text must not change before it is answered.
        let mut document = lock(&self.document);
        let deadline = Instant::now() + patience;
        if document.1 != program.text {
            document.0 += 1;
            document.1.clone_from(&program.text);
            let change = json!({
                "textDocument": { "uri": self.uri, "version": document.0 },
                "contentChanges": [{ "text": program.text }],
            });
            self.line.notify("textDocument/didChange", change).ok()?;
        }
        let place = program.place(at);
        let params = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": place.line, "character": place.column },
        });
        loop {
            let answer = self.call(method, params.clone(), deadline)?;
            match answer.pointer("/error/code").and_then(Value::as_i64) {
                Some(CONTENT_MODIFIED) if Instant::now() < deadline => {}
                Some(_) => return None,
                None => return answer.get("result").cloned(),
            }
        }
    }

    /// The answer to a request, if it comes in time.
    fn call(&self, method: &str, params: Value, deadline: Instant) -> Option<Value> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = mpsc::channel();
        lock(&self.line.waiting).insert(number, sender);
        self.line.request(number, method, params).ok()?;
        let patience = deadline.saturating_duration_since(Instant::now());
        let answer = answer.recv_timeout(patience);
        if answer == Err(RecvTimeoutError::Timeout) {
            lock(&self.line.waiting).remove(&number);
            self.line
                .notify("$/cancelRequest", json!({ "id": number }))
                .ok()?;
        }
        answer.ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        // It holds nothing that could be lost.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Line {
    /// Reads what the server says until it ends.
    fn read(&self, stdout: ChildStdout, document: &str) {
        let mut stdout = BufReader::new(stdout);
        while let Ok(Some(message)) = message(&mut stdout) {
            if self.take(&message, document).is_err() {
                break;
            }
        }
        self.is_ready.store(false, Ordering::Release);
        self.is_over.store(true, Ordering::Release);
        // Who waits is told so.
        lock(&self.waiting).clear();
    }

    fn take(&self, message: &Value, document: &str) -> io::Result<()> {
        let id = message.get("id");
        match (message.get("method").and_then(Value::as_str), id) {
            (None, Some(id)) if *id == INITIALIZE => {
                self.notify("initialized", json!({}))?;
                let opened = json!({ "textDocument": {
                    "uri": document, "languageId": "rust", "version": 0, "text": "",
                }});
                self.notify("textDocument/didOpen", opened)
            }
            (None, Some(id)) => {
                let waiting = id.as_u64().and_then(|id| lock(&self.waiting).remove(&id));
                if let Some(waiting) = waiting {
                    // Who asked may have lost patience just now.
                    let _ = waiting.send(message.clone());
                }
                Ok(())
            }
            (Some("experimental/serverStatus"), _) => {
                let is_ready = message.pointer("/params/quiescent") == Some(&Value::Bool(true));
                let complaint = message.pointer("/params/message").and_then(Value::as_str);
                *lock(&self.complaint) = complaint.map(str::to_owned);
                self.is_ready.store(is_ready, Ordering::Release);
                Ok(())
            }
            // A request of its own: nothing is offered, so nothing has to be said but that it was heard.
            (Some(_), Some(id)) => {
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }))
            }
            (_, None) => Ok(()),
        }
    }

    fn request(&self, number: u64, method: &str, params: Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "id": number, "method": method, "params": params }))
    }

    fn notify(&self, method: &str, params: Value) -> io::Result<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn send(&self, message: &Value) -> io::Result<()> {
        let body = message.to_string();
        let mut stdin = lock(&self.stdin);
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        stdin.flush()
    }
}

/// Reads a message; `None` at the end.
fn message(from: &mut impl BufRead) -> io::Result<Option<Value>> {
    let mut length = None;
    loop {
        let mut header = String::new();
        if from.read_line(&mut header)? == 0 {
            return Ok(None);
        }
        let header = header.trim();
        if header.is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let length = length.ok_or_else(|| io::Error::other("a message without its length"))?;
    let mut body = Vec::new();
    from.take(length).read_to_end(&mut body)?;
    Ok(Some(serde_json::from_slice(&body)?))
}

/// What opens the conversation: what is understood here, and how little the server should do.
fn initialize(dir: &Path, toolchain: &Toolchain) -> Value {
    json!({
        "processId": std::process::id(),
        "rootUri": uri(dir),
        "capabilities": {
            "general": { "positionEncodings": ["utf-8"] },
            "textDocument": {
                "hover": { "contentFormat": ["markdown"] },
                "completion": { "completionItem": {
                    "snippetSupport": false,
                    // Without it, nothing is suggested that has to be imported.
                    "resolveSupport": { "properties": ["additionalTextEdits"] },
                }},
            },
            "experimental": { "serverStatusNotification": true },
        },
        "initializationOptions": {
            // Nothing of the user's is run, and nothing is compiled.
            "cargo": { "buildScripts": { "enable": false }, "sysroot": toolchain.sysroot },
            "procMacro": { "enable": false },
            "checkOnSave": false,
            "diagnostics": { "enable": false },
            "cachePriming": { "enable": true, "numThreads": 1 },
            "numThreads": 1,
            "completion": {
                "postfix": { "enable": false },
                "callable": { "snippets": "none" },
                "fullFunctionSignatures": { "enable": true },
            },
        },
    })
}

/// The name of a file in the protocol.
fn uri(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes();
    let bytes = bytes.iter().map(|&byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    format!("file://{}", bytes.collect::<String>())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_length_before_them() {
        let text = "content-length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length: 4\r\n\r\nnull";
        let mut from = text.as_bytes();
        assert_eq!(message(&mut from).unwrap(), Some(json!({})));
        assert_eq!(message(&mut from).unwrap(), Some(Value::Null));
        assert_eq!(message(&mut from).unwrap(), None);
        assert!(message(&mut "\r\n".as_bytes()).is_err());
    }

    #[test]
    fn names_of_files_are_escaped() {
        assert_eq!(uri(Path::new("/tmp/a b/ö")), "file:///tmp/a%20b/%C3%B6");
    }
}
