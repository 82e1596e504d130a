//! `ferrocell repl`, through a pseudo terminal and with scripts.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// How long a machine under load may take to show something.
const PATIENCE: Duration = Duration::from_secs(120);

fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ferrocell"));
    command
        .arg("repl")
        .env("XDG_DATA_HOME", home)
        .env("TERM", "xterm")
        .current_dir(home);
    command
}

/// A session in a terminal, as its user sees it.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What was shown and not yet looked at.
    shown: String,
}

impl Terminal {
    fn open(home: &Path) -> Self {
        let (mut outer, mut inner) = (0, 0);
        let size = libc::winsize {
            ws_row: 40,
            ws_col: 160,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        // SAFETY: the pointers are to live variables; what is null is not asked for.
        let opened = unsafe {
            libc::openpty(
                &raw mut outer,
                &raw mut inner,
                std::ptr::null_mut(),
                std::ptr::null(),
                &raw const size,
            )
        };
        assert_eq!(opened, 0, "a pseudo terminal");
        // SAFETY: both were just opened, and nobody else owns them.
        let (outer, inner) = unsafe { (File::from_raw_fd(outer), OwnedFd::from_raw_fd(inner)) };
        // The session must not hold its own keyboard, or it would not hear that its terminal is gone.
        // SAFETY: the descriptor is open; only its flags change.
        unsafe { libc::fcntl(outer.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
        let side = || Stdio::from(inner.try_clone().unwrap());
        let mut command = command(home);
        command.stdin(side()).stdout(side()).stderr(side());
        // SAFETY: both calls are allowed between fork and exec.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        drop((command, inner));
        let (sender, screen) = channel();
        let mut reader = outer.try_clone().unwrap();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It fails when the other side is closed.
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keyboard: outer,
            screen,
            shown: String::new(),
        }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until something is shown, and forgets what came before it.
    fn see(&mut self, expected: &str) {
        loop {
            if let Some(at) = self.shown.find(expected) {
                self.shown.drain(..at + expected.len());
                return;
            }
            let Ok(bytes) = self.screen.recv_timeout(PATIENCE) else {
                panic!("{expected:?} is not shown, but {:?}", self.shown);
            };
            let text = without_escapes(&String::from_utf8_lossy(&bytes));
            self.shown.push_str(&text);
        }
    }

    /// Types an input at the prompt of this number.
    fn enter(&mut self, number: usize, input: &str) {
        self.see(&format!("[{number}]: "));
        self.press(&format!("{input}\r"));
    }

    fn end(mut self) {
        self.press("\u{4}");
        assert!(self.child.wait().unwrap().success());
    }
}

/// Text without sequences that colour it or move the cursor.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split('\u{1b}');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part
            .strip_prefix('[')
            .and_then(|rest| rest.find(|c: char| c.is_ascii_alphabetic()));
        plain.push_str(&part[end.map_or(part.len().min(1), |end| end + 2)..]);
    }
    plain
}

#[test]
fn a_conversation_in_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::open(home.path());
    terminal.enter(1, "let n = 40;");
    terminal.enter(2, "n + 2");
    terminal.see("[2]= 42");
    // An input goes on until it is complete.
    terminal.enter(3, "fn twice(n: i32) -> i32 {\r2 * n\r}");
    terminal.enter(4, "twice(n)");
    terminal.see("[4]= 80");
    // Ctrl-C stops a cell, and variables are kept.
    terminal.enter(5, "println!(\"{}\", \"go\".to_owned() + \"ing\"); loop {}");
    terminal.see("going");
    terminal.press("\u{3}");
    terminal.see("KeyboardInterrupt");
    terminal.enter(6, "n + 3");
    terminal.see("[6]= 43");
    // Names are completed.
    terminal.enter(7, "let wheelbarrow = 5;");
    terminal.see("[8]: ");
    terminal.press("wheelb\t + 1\r");
    terminal.see("[8]= 6");
    // A cell asks.
    terminal.enter(
        9,
        "let mut name = String::new(); std::io::stdin().read_line(&mut name)?; name.to_uppercase()",
    );
    terminal.press("ada\r");
    terminal.see("[9]= \"ADA\\n\"");
    // What a thread prints stands above what is being typed.
    terminal.enter(10, "let (go, wait) = std::sync::mpsc::channel::<()>(); std::thread::spawn(move || { wait.recv().unwrap(); println!(\"la{}\", \"te\"); });");
    terminal.enter(11, "go.send(()).unwrap();");
    terminal.see("late");
    terminal.see("[12]: ");
    terminal.end();
    // The next session recalls what was typed.
    let mut terminal = Terminal::open(home.path());
    terminal.see("[1]: ");
    terminal.press("\u{1b}[A\u{1b}[A\u{1b}[A\r");
    terminal.press("grace\r");
    terminal.see("[1]= \"GRACE\\n\"");
    terminal.enter(2, ":quit");
    assert!(terminal.child.wait().unwrap().success());
}

/// What a script prints, and whether it succeeds.
fn script(input: &str) -> (bool, String, String) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("more.rs"), "let more = n * 2;\nmore + 1").unwrap();
    let mut command = command(home.path());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_script_runs_until_an_input_fails() {
    let (is_ok, stdout, stderr) = script(
        "let n = 5;\nfn double(n: i32) -> i32 {\n    2 * n\n}\ndouble(n)\nprint!(\"unfinished\")\n:load more.rs\n",
    );
    assert_eq!(
        (is_ok, &*stdout, &*stderr),
        (true, "10\nunfinished\n11\n", "")
    );
    let (is_ok, stdout, stderr) =
        script("println!(\"one\")\nlet n: i32 = \"two\";\nprintln!(\"three\")");
    assert!(
        !is_ok && stderr.contains("mismatched types") && !stderr.contains('\u{1b}'),
        "{stderr}"
    );
    assert_eq!(stdout, "one\n");
    let (is_ok, stdout, stderr) = script(":load missing.rs\n");
    assert!(
        !is_ok && stdout.is_empty() && stderr.starts_with("missing.rs cannot be read: "),
        "{stderr}"
    );
    let (is_ok, stdout, _) = script(
        "let mut line = String::new();\nstd::io::stdin().read_line(&mut line)?\n:quit\npanic!()",
    );
    assert_eq!((is_ok, &*stdout), (true, "0\n"));
}
