//! A sleeping copy of the process that takes over when the process dies.
//!
//! After each cell the process forks. The copy sleeps for as long as the original lives; the next copy replaces it. When
//! a cell crashes, exits or has to be killed, the copy wakes up and is the process from then on, with all variables as
//! they were before that cell. Threads do not survive a fork, and a lock that one of them held at that moment stays
//! locked; pipes and sockets are closed in the copy. The engine is told how many are gone, so that the user can be.

use std::ffi::c_void;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use ferrocell_wire::TAKE_OVER;

use crate::{cell, connections, engine_watch, input, interrupt, output, raw};

/// The copy, seen from the original.
struct Copy {
    process: libc::pid_t,
    /// The copy reads from the other end, which ends when this process does.
    _life: std::io::PipeWriter,
}

static COPY: Mutex<Option<Copy>> = Mutex::new(None);

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// How often a copy has taken over to make this process.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Copies the process. Returns in the original at once, and in the copy when it has taken over.
pub(crate) fn take(control: &UnixStream) {
    discard();
    let Ok((mut life, held)) = std::io::pipe() else {
        return;
    };
    let threads =
        fs::read_dir("/proc/self/task").map_or(0, |tasks| tasks.count().saturating_sub(1));
    match fork_with_output_held() {
        0 => {
            drop(held);
            let connections = connections::sever(life.as_raw_fd());
            // Nothing is ever written: the read ends with the original.
            let _ = life.read(&mut [0]);
            take_over(control, threads as u32, connections);
        }
        process if process > 0 => {
            *copy() = Some(Copy {
                process,
                _life: held,
            })
        }
        // Without memory for a copy, the process goes on without.
        _ => {}
    }
}

fn copy() -> std::sync::MutexGuard<'static, Option<Copy>> {
    COPY.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Ends the copy of an earlier moment.
fn discard() {
    if let Some(copy) = copy().take() {
        // SAFETY: the copy is our child and was not waited for.
        unsafe {
            libc::kill(copy.process, libc::SIGKILL);
            libc::waitpid(copy.process, std::ptr::null_mut(), 0);
        }
    }
}

/// `fork(2)` at a moment when no thread is amidst writing: neither a frame nor to std's own buffers.
fn fork_with_output_held() -> libc::pid_t {
    static RESULT: Mutex<libc::pid_t> = Mutex::new(-1);
    extern "C" fn fork() {
        output::with_turn(|| {
            // SAFETY: the copy only goes on with what is sound after a fork in a threaded process as far as this
            // process is concerned; what the user's libraries make of it is theirs, see above.
            let result = unsafe { libc::fork() };
            *RESULT
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = result;
        });
    }
    match raw::symbol(libc::RTLD_DEFAULT, "ferrocell_hold_output") {
        Ok(hold) => {
            // SAFETY: this is the runtime's export, whose signature this is.
            let hold =
                unsafe { std::mem::transmute::<*mut c_void, extern "C" fn(extern "C" fn())>(hold) };
            hold(fork);
        }
        Err(_) => fork(),
    }
    *RESULT
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Becomes the process. The engine gets a new output socket, because the old one may end amidst a frame.
fn take_over(control: &UnixStream, lost_threads: u32, lost_connections: u32) {
    let announced = input::connect().and_then(|mut connection| {
        connection.write_all(&TAKE_OVER.to_le_bytes())?;
        connection.write_all(&raw::process_id().to_le_bytes())?;
        connection.write_all(&lost_threads.to_le_bytes())?;
        connection.write_all(&lost_connections.to_le_bytes())?;
        connection.read_exact(&mut [0])?;
        Ok(connection)
    });
    let Ok(connection) = announced else {
        // The engine is gone as well.
        raw::exit_now(0)
    };
    *copy() = None;
    GENERATION.fetch_add(1, Ordering::Relaxed);
    output::reopen(connection.as_raw_fd());
    engine_watch::begin(control);
    cell::end();
    interrupt::reset();
}
