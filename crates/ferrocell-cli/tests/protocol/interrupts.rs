//! The stop button: whatever a kernel is busy with stops, the next cell runs, and the variables are there.

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::rust::{Expected, run, start};
use scripted_frontend::{Channel, Frontend, Received, Request};

use Expected::{Quiet, Value as Shows};

/// What a cell is busy with when the button is pressed, and what it is then told.
pub(crate) struct Busy {
    pub(crate) code: String,
    begins: Begins,
    told: &'static str,
}

/// How it shows that a cell has begun.
enum Begins {
    /// It prints `on`.
    Printing,
    /// It asks.
    Asking,
    /// The compiler opens this pipe, and then reads from it for ever.
    Opening(PathBuf),
}

/// A call that nothing wakes, in the statement that says so: an interrupt may stop the cell between two statements.
const DEAF: &str = "kept.push(4);\n\
    let (_keep, never) = std::sync::mpsc::channel::<()>();\n\
    { println!(\"on\"); never.recv()? };";

/// All that a kernel can be busy with; `folder` is for a pipe.
pub(crate) fn everything(folder: &Path) -> Vec<Busy> {
    let pipe = named_pipe(folder);
    let busy = |code: &str, begins, told| Busy {
        code: code.to_owned(),
        begins,
        told,
    };
    let (kept, stopped) = ("variables and threads are still there", "was interrupted");
    vec![
        busy(
            "println!(\"on\");\nlet mut n = 0u64;\nloop { n = n.wrapping_add(1); }",
            Begins::Printing,
            kept,
        ),
        busy(
            "let mut line = String::new();\nstd::io::stdin().read_line(&mut line).unwrap();",
            Begins::Asking,
            kept,
        ),
        busy(
            &format!("include_bytes!({pipe:?}).len()"),
            Begins::Opening(pipe),
            "nothing has changed",
        ),
        busy("!echo on; sleep 1000", Begins::Printing, stopped),
        busy(
            "!trap '' TERM; echo on; while true; do sleep 1000; done",
            Begins::Printing,
            stopped,
        ),
        busy(DEAF, Begins::Printing, "ended by force"),
    ]
}

/// A pipe with a name, which is opened only when both ends are.
pub(crate) fn named_pipe(folder: &Path) -> PathBuf {
    let pipe = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    pipe
}

impl Busy {
    /// Runs the cell until it is busy, lets `press` press the button, and looks at what came of it.
    pub(crate) fn stops(
        &self,
        frontend: &mut Frontend,
        count: u64,
        press: impl FnOnce(&mut Frontend),
    ) {
        let cell = frontend.begin(&self.code, count);
        let _held = match &self.begins {
            Begins::Printing => {
                frontend.recv_stream(&cell, "stdout", "on\n");
                None
            }
            Begins::Asking => {
                frontend.recv_input_request(&cell, "");
                None
            }
            Begins::Opening(pipe) => Some(File::options().write(true).open(pipe)),
        };
        press(frontend);
        let error = frontend.recv_failure(&cell, "KeyboardInterrupt");
        assert!(
            text(&error["evalue"]).contains(self.told),
            "{}\n{error}",
            self.code
        );
        run(frontend, "kept", count + 1, &Shows("[1, 2, 3]"));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The second press and the third come while the cell ends, or right after it.
#[test]
fn three_interrupt_requests_stop_everything_and_hit_nothing_else() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let mut kept = vec![1, 2, 3];", 1, &Quiet);
    let folder = tempfile::tempdir().expect("a folder");
    for (busy, count) in everything(folder.path()).iter().zip((2..).step_by(2)) {
        busy.stops(&mut frontend, count, |frontend| {
            (0..3).for_each(|_| frontend.press_stop())
        });
    }
}

#[test]
fn sigint_stops_everything() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let mut kept = vec![1, 2, 3];", 1, &Quiet);
    let folder = tempfile::tempdir().expect("a folder");
    for (busy, count) in everything(folder.path()).iter().zip((2..).step_by(2)) {
        busy.stops(&mut frontend, count, |_| kernel.signal(libc::SIGINT));
    }
}

/// A dependency whose build script waits for ever: cargo goes, and what it has started.
#[test]
fn an_interrupt_stops_cargo_and_its_children() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let manifest = "[package]\nname = \"slow\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let script = format!(
        "fn main() {{ use std::io::Read; let _ = std::net::TcpStream::connect(\"{}\").unwrap().read(&mut [0]); }}",
        listener.local_addr().expect("an address")
    );
    fs::create_dir(folder.path().join("src")).expect("a folder");
    for (file, text) in [
        ("Cargo.toml", manifest),
        ("build.rs", &script),
        ("src/lib.rs", ""),
    ] {
        fs::write(folder.path().join(file), text).expect("a file");
    }

    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let kept = vec![1, 2, 3];", 1, &Quiet);
    let code = format!(":dep slow = {{ path = {:?} }}\nslow::f()", folder.path());
    let cell = frontend.begin(&code, 2);
    let (mut script, _) = listener.accept().expect("the build script connects");
    frontend.press_stop();
    // What shows the progress comes and goes before the error.
    let error = loop {
        let message = frontend.next_iopub(&cell);
        if message.msg_type() == "error" {
            break message.content;
        }
    };
    assert_eq!(error["ename"], "KeyboardInterrupt", "{error}");
    frontend.recv_idle(&cell);
    frontend.recv_reply(Channel::Shell, &cell);
    assert_eq!(script.read(&mut [0]).expect("its end"), 0);
    run(&mut frontend, "kept", 3, &Shows("[1, 2, 3]"));
}

#[test]
fn an_interrupt_while_idle_does_nothing() {
    let kernel = start();
    let mut frontend = kernel.connect();
    for count in 1..5 {
        frontend.press_stop();
        run(&mut frontend, "1 + 1", count, &Shows("2"));
    }
}

/// The button is pressed when the cell has just done what it does: it may be hit, the next one must not be.
#[test]
fn a_late_press_does_not_hit_the_next_cell() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "fn tell() { println!(\"on\"); }", 1, &Quiet);
    for count in (2..30).step_by(2) {
        let cell = frontend.begin("tell();", count);
        frontend.recv_stream(&cell, "stdout", "on\n");
        frontend.press_stop();
        let reply = frontend.recv_reply(Channel::Shell, &cell).content;
        if reply["status"] == "error" {
            assert_eq!(frontend.next_iopub(&cell).msg_type(), "error");
        }
        frontend.recv_idle(&cell);
        run(&mut frontend, "40 + 2", count + 1, &Shows("42"));
    }
}

/// Somebody else presses all the time, at no moment in particular: cells fail or not, and nothing is lost.
#[test]
fn presses_at_any_moment_lose_no_variable() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, "let mut kept = vec![1, 2, 3];", 1, &Quiet);
    let folder = tempfile::tempdir().expect("a folder");
    let everything = everything(folder.path());
    let done = AtomicBool::new(false);
    let mut count = 2;
    thread::scope(|scope| {
        let pressing = scope.spawn(|| {
            let mut other = kernel.connect_as("the one who presses");
            // The questions in between, more of them each time, move the next press to another moment.
            for questions in (0..40)
                .cycle()
                .take_while(|_| !done.load(Ordering::Relaxed))
            {
                let requests = (0..questions).map(|_| "kernel_info_request");
                for request in requests.chain(["interrupt_request"]) {
                    let request = other.send(Channel::Control, request, json!({}));
                    other.recv_reply(Channel::Control, &request);
                }
            }
            other.leave();
        });
        for busy in everything.iter().cycle().take(12) {
            let cell = frontend.send_execute(&busy.code);
            let reply = frontend.recv_reply(Channel::Shell, &cell).content;
            let ename = text(&reply["ename"]);
            assert!(["KeyboardInterrupt", "Aborted"].contains(&ename), "{reply}");
            count += u64::from(ename != "Aborted");
        }
        done.store(true, Ordering::Relaxed);
        pressing.join().expect("no panic");
    });
    run(&mut frontend, "kept", count, &Shows("[1, 2, 3]"));
    frontend.leave();
}

/// A thread's question goes with its process when another cell has to be ended by force, and the thread asks again.
#[test]
fn after_a_forced_end_threads_ask_again() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, ASK, 1, &Quiet);
    let threads = "std::thread::spawn(|| println!(\"{}\", ask()));\nstd::thread::spawn(|| loop { std::thread::park() });";
    let asking = run(&mut frontend, threads, 2, &Quiet);
    run(&mut frontend, "let mut kept = vec![1, 2, 3];", 3, &Quiet);
    let old = frontend.recv_input_request(&asking, "");
    let cell = frontend.begin(DEAF, 4);
    frontend.recv_stream(&cell, "stdout", "on\n");
    frontend.press_stop();
    let error = frontend.recv_failure(&cell, "KeyboardInterrupt");
    assert!(
        text(&error["evalue"]).contains("(variable kept), and 2 threads go on"),
        "{error}"
    );
    is_asked_again(&mut frontend, &asking, &old);
}

/// One thread asks, and another one ends the program after its cell.
#[test]
fn after_a_crash_between_two_cells_threads_ask_again() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(&mut frontend, ASK, 1, &Quiet);
    let thread = "std::thread::spawn(|| println!(\"{}\", ask()));";
    let asking = run(&mut frontend, thread, 2, &Quiet);
    let old = frontend.recv_input_request(&asking, "");
    let mut other = kernel.connect_as("the one who ends it");
    let ending = other.send_execute("std::thread::spawn(|| { ask(); std::process::exit(3) });");
    other.recv_execute_ok(&ending, 3);
    let question = other.recv_input_request(&ending, "");
    other.send_input_reply(&question, "now");
    // What has happened is told under the next cell, if this one does not come too soon for that.
    let noticed = |count: &u64| {
        let cell = frontend.send_execute("let noticed = 1;");
        let said = frontend.recv_streams(&cell).concat();
        let reply = frontend.recv_reply(Channel::Shell, &cell).content;
        assert_eq!(reply["execution_count"], json!(count));
        said.contains("exited with code 3") || text(&reply["evalue"]).contains("exited with code 3")
    };
    (4..100).find(noticed).expect("a cell that tells");
    is_asked_again(&mut frontend, &asking, &old);
    frontend.leave();
    other.leave();
}

/// A question that threads may ask at the same time, which those of std cannot.
const ASK: &str = r#"
fn ask() -> String {
    use std::ffi::c_void;
    type Take = unsafe extern "C" fn(*mut c_void, *const u8, usize);
    unsafe extern "C" {
        fn ferrocell_input(prompt: *const u8, len: usize, password: bool, take: Take, line: *mut c_void) -> i32;
    }
    unsafe extern "C" fn take(line: *mut c_void, bytes: *const u8, len: usize) {
        unsafe { (*line.cast::<Vec<u8>>()).extend_from_slice(std::slice::from_raw_parts(bytes, len)) }
    }
    let mut line = Vec::new();
    unsafe { ferrocell_input(b"".as_ptr(), 0, false, take, (&raw mut line).cast()) };
    String::from_utf8(line).unwrap()
}"#;

/// A frontend is asked one question at a time: a thread's comes again only when the old one is withdrawn. An answer to that
/// is not taken for the new one's.
fn is_asked_again(frontend: &mut Frontend, asking: &Request, old: &Received) {
    let new = frontend.recv_input_request(asking, "");
    frontend.send_input_reply(old, "too late");
    frontend.send_input_reply(&new, "in time");
    frontend.recv_stream(asking, "stdout", "in time\n");
}

#[test]
fn queued_rust_cells_run_in_order() {
    let kernel = start();
    let mut frontend = kernel.connect();
    run(
        &mut frontend,
        "let mut seen: Vec<u32> = Vec::new();",
        1,
        &Quiet,
    );
    let cells: Vec<_> = (2..=30)
        .map(|number| (number, format!("seen.push({number});")))
        .map(|(number, code)| (number, frontend.send_execute(&code), code))
        .collect();
    for (number, cell, code) in &cells {
        frontend.recv_busy(cell);
        frontend.recv_execute_input(cell, code, *number);
        frontend.end(cell, *number);
    }
    run(
        &mut frontend,
        "seen == (2..=30).collect::<Vec<_>>()",
        31,
        &Shows("true"),
    );
}
