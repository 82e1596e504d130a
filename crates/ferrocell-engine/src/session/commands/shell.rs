//! Runs shell commands.

use std::convert::Infallible;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::wrong;
use crate::error::ExecuteError;
use crate::interrupts;
use crate::session::Session;
use crate::{CellId, Event};

/// How often to look whether a command was interrupted.
const TICK: Duration = Duration::from_millis(50);

/// Runs a command in the notebook's folder; what it writes appears as it comes. A failure is told, but is no error.
pub(super) fn run(session: &Session, cell: CellId, command: &str) -> Result<(), ExecuteError> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .current_dir(&session.options.working_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let (mut child, watched) = session.interrupts.spawn(&mut shell).map_err(|error| {
        wrong(format!(
            "cannot start `sh` in {} for `!{command}`: {error}. Is there a shell in PATH, and that folder?",
            session.options.working_dir.display()
        ))
    })?;
    let (reading, is_read) = mpsc::channel::<Infallible>();
    let (stdout, events, guard) = (child.stdout.take(), session.events.clone(), reading.clone());
    thread::spawn(move || {
        pass_on(stdout, |text| events(Event::Stdout { cell, text }));
        drop(guard);
    });
    let (stderr, events) = (child.stderr.take(), session.events.clone());
    thread::spawn(move || {
        pass_on(stderr, |text| events(Event::Stderr { cell, text }));
        drop(reading);
    });
    let mut interrupted: Option<Instant> = None;
    while is_read.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if session.interrupts.is_requested()
            && interrupted.get_or_insert_with(Instant::now).elapsed() > interrupts::PATIENCE
        {
            // A process that has left the command's group, as daemons do, may hold its output open for ever.
            break;
        }
    }
    match interrupted {
        Some(_) => watched.kill(),
        None => drop(watched),
    }
    let status = child
        .wait()
        .map_err(|error| wrong(format!("cannot tell how `!{command}` ended: {error}")))?;
    if session.interrupts.is_requested() {
        return Err(ExecuteError::Interrupted(format!(
            "`{command}` was interrupted"
        )));
    }
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
