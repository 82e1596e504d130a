//! Questions to the user, from any thread, any number at once.
//!
//! A question is announced on the output socket, so that it keeps its place behind what was printed before it. Its
//! answer comes back over a connection that the asking thread opens for it, so threads never wait for each other.

use std::ffi::c_void;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use ferrocell_wire::Kind;

use crate::{interrupt, output, raw};

static SOCKET: OnceLock<PathBuf> = OnceLock::new();
static NEXT: AtomicU64 = AtomicU64::new(1);
/// How often the process that asks is a copy of the one before.
static PROMOTIONS: AtomicU32 = AtomicU32::new(0);
/// The end of a line that did not fit into the buffer of the read that asked for it.
static LEFT_OVER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// How a question ended.
pub(crate) enum Answer {
    /// With a line, without its end.
    Line(String),
    /// With the end of the input: nobody answers here.
    EndOfInput,
    /// With an interrupt of the cell that asked.
    Interrupted,
}

/// Where the answers come from.
pub(crate) fn open(socket: PathBuf) {
    assert!(
        SOCKET.set(socket).is_ok(),
        "the question socket is named once"
    );
}

/// Where the answers come from, if that is known: connections to there are not the user's.
pub(crate) fn socket() -> Option<&'static Path> {
    SOCKET.get().map(PathBuf::as_path)
}

/// This process, a copy, has taken over: its questions get numbers from this one on.
pub(crate) fn take_over(first: u64) {
    NEXT.store(first, Ordering::Relaxed);
    PROMOTIONS.fetch_add(1, Ordering::Relaxed);
}

/// Asks and waits. In a copy of the process that takes over meanwhile, the question is asked again.
pub(crate) fn ask(prompt: &[u8], password: bool) -> Answer {
    flush_std();
    loop {
        let promotions = PROMOTIONS.load(Ordering::Relaxed);
        let answer = ask_once(prompt, password);
        if !matches!(answer, Answer::EndOfInput) || promotions == PROMOTIONS.load(Ordering::Relaxed)
        {
            return answer;
        }
    }
}

fn ask_once(prompt: &[u8], password: bool) -> Answer {
    let Some(path) = SOCKET.get() else {
        return Answer::EndOfInput;
    };
    let token = NEXT.fetch_add(1, Ordering::Relaxed);
    let Ok(mut connection) = UnixStream::connect(path) else {
        return Answer::EndOfInput;
    };
    if connection.write_all(&token.to_le_bytes()).is_err() {
        return Answer::EndOfInput;
    }
    output::send(Kind::Input, u32::from(password), token, prompt);
    if wait(&connection) == Woken::ByInterrupt {
        return Answer::Interrupted;
    }
    // The engine answers `1` and the line, `2` for an interrupt, or `0`; then it closes the connection.
    let mut answer = Vec::new();
    match connection.read_to_end(&mut answer) {
        Ok(_) if answer.first() == Some(&1) => {
            Answer::Line(String::from_utf8_lossy(&answer[1..]).into_owned())
        }
        Ok(_) if answer.first() == Some(&2) => Answer::Interrupted,
        _ => Answer::EndOfInput,
    }
}

/// Passes on what the user's std buffers, so that a printed prompt is seen before its question.
fn flush_std() {
    // The runtime, which knows how, is there as soon as there is any code that could have printed.
    if let Ok(flush) = raw::symbol(libc::RTLD_DEFAULT, "ferrocell_flush") {
        // SAFETY: this is the runtime's export, whose signature this is.
        let flush = unsafe { std::mem::transmute::<*mut c_void, extern "C" fn()>(flush) };
        flush();
    }
}

/// What `read(0, …)` does.
pub(crate) fn read(buffer: &mut [u8]) -> isize {
    let mut left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
    if left_over.is_empty() {
        drop(left_over);
        match ask(b"", false) {
            Answer::Line(mut line) => {
                line.push('\n');
                left_over = LEFT_OVER.lock().unwrap_or_else(PoisonError::into_inner);
                left_over.extend(line.into_bytes());
            }
            Answer::EndOfInput => return 0,
            Answer::Interrupted => {
                // Not EINTR: std would ask again.
                raw::set_errno(libc::ECANCELED);
                return -1;
            }
        }
    }
    let count = left_over.len().min(buffer.len());
    buffer[..count].copy_from_slice(&left_over[..count]);
    left_over.drain(..count);
    count as isize
}

#[derive(PartialEq)]
enum Woken {
    ByAnswer,
    ByInterrupt,
}

fn wait(connection: &UnixStream) -> Woken {
    let poll = |fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    loop {
        // Other threads are not asked at once, so they only look from time to time.
        let watched = if raw::thread_number() == 0 {
            interrupt::wake()
        } else {
            -1
        };
        let mut polled = [poll(connection.as_raw_fd()), poll(watched)];
        // SAFETY: the array is live and its length is passed along.
        let ready = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, 50) };
        if ready > 0 && polled[0].revents != 0 {
            return Woken::ByAnswer;
        }
        if interrupt::is_requested() {
            return Woken::ByInterrupt;
        }
    }
}
