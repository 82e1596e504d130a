//! Runs shell commands.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::thread;

use crate::error::ExecuteError;
use crate::interrupts;
use crate::session::Session;
use crate::{CellId, Event};

/// Runs a command in the notebook's folder; what it writes appears as it comes. A failure is told, but is no error.
pub(super) fn run(session: &Session, cell: CellId, command: &str) -> Result<(), ExecuteError> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .current_dir(&session.options.working_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = interrupts::spawn(&mut shell)?;
    let watched = session.interrupts.watch(&child);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let events = &*session.events;
    thread::scope(|scope| {
        scope.spawn(|| pass_on(stdout, |text| events(Event::Stdout { cell, text })));
        scope.spawn(|| pass_on(stderr, |text| events(Event::Stderr { cell, text })));
    });
    drop(watched);
    let status = child.wait()?;
    if !status.success() {
        (session.events)(Event::Stderr {
            cell,
            text: format!("`{command}` ended with {status}\n"),
        });
    }
    Ok(())
}

fn pass_on(stream: Option<impl Read>, send: impl Fn(String)) {
    let Some(mut stream) = stream else { return };
    let mut buffer = [0; 8192];
    let mut pending = Vec::new();
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => pending.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        }
        // The end of the text may be a part of a character.
        let whole = match std::str::from_utf8(&pending) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => pending.len(),
        };
        if whole > 0 {
            send(String::from_utf8_lossy(&pending[..whole]).into_owned());
            pending.drain(..whole);
        }
    }
    if !pending.is_empty() {
        send(String::from_utf8_lossy(&pending).into_owned());
    }
}
