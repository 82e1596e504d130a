//! The process that runs the code of a notebook's cells.
//!
//! It loads shared objects when the engine says so, calls their entry points on its main thread, and reports what they
//! write, ask and show as frames, each tagged with the cell that caused it. To see all of that, the executable exports
//! functions that take precedence over the C library's for everything it loads:
//!
//! * a thread that a cell creates keeps that cell; one that a dependency creates works for the cell whose code it runs;
//! * a write to standard output or standard error becomes one frame, tagged with the writing thread's cell;
//! * a read from standard input becomes a question to the user, asked under the reading thread's cell;
//! * a thread that waits or sleeps wakes up when it is asked to stop.
//!
//! It comes with two kinds of companions: a supervisor above it, which learns how it ended, and a snapshot, a copy that
//! sleeps while a cell runs and takes its place if it ends.
//!
//! The process has a single thread until the user's code starts others. It knows neither Jupyter nor rustc.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "ferrocell-host needs Linux: it relies on eventfd and on symbol interposition by the GNU linker"
);

#[macro_use]
mod symbols;

mod callers;
mod cell;
mod commands;
mod descriptors;
mod exports;
mod fallback;
mod fault;
mod freeze;
mod futex;
mod input;
mod interrupt;
mod memory;
mod numbers;
mod objects;
mod output;
mod raw;
mod receive;
mod registry;
mod restart;
mod shared;
mod signals;
mod snapshot;
mod stack;
mod supervisor;
mod threads;
mod trail;
mod unwind;
mod waits;

use ferrocell_wire::HOST_ARGUMENT;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// Whether this execution of a program is to be the host: then it calls [`main`] before anything else.
pub fn is_wanted() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == HOST_ARGUMENT)
}

/// Runs the host until the engine closes the control socket, then ends the process.
///
/// The engine passes, behind [`HOST_ARGUMENT`]: the descriptors of the control socket, of the output socket and of the
/// reading ends of the pipes that stand behind standard output and standard error, and of the supervisor's socket; then the path of
/// the socket for questions and that of the session's folder, and perhaps the most bytes of memory to use.
pub fn main() -> ! {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let [
        control,
        output,
        stdout,
        stderr,
        supervision,
        questions,
        session_dir,
        memory_limit @ ..,
    ] = arguments.as_slice()
    else {
        eprintln!("ferrocell-host is started by ferrocell's engine; run `ferrocell` instead");
        std::process::exit(2);
    };
    let descriptor = |argument: &String| -> OwnedFd {
        let fd: RawFd = argument
            .parse()
            .expect("the engine passes descriptors as numbers");
        // SAFETY: the engine hands each of these descriptors over to this process, which knows them by this number only.
        let owned = unsafe { OwnedFd::from_raw_fd(fd) };
        raw::close_on_exec(&owned);
        owned
    };
    if let Err(error) = supervisor::start(descriptor(supervision), session_dir.as_ref()) {
        eprintln!("ferrocell-host cannot start the process for cells: {error}");
        std::process::exit(2);
    }
    freeze::listen();
    trail::learn_stack();
    fault::watch();
    memory::limit(memory_limit.first().and_then(|bytes| bytes.parse().ok()));
    fallback::open(descriptor(stdout), descriptor(stderr));
    input::open(questions.into());
    if let Err(error) = interrupt::listen() {
        eprintln!("ferrocell-host cannot listen for interrupts: {error}");
        std::process::exit(2);
    }
    raw::buffer_c_output_by_line();
    output::open(descriptor(output));
    exports::keep();
    let control = UnixStream::from(descriptor(control));
    descriptors::remember_inherited();
    commands::serve(control);
    // The engine is gone: nothing that the user's threads still do can reach anybody.
    raw::exit_now(0)
}
