//! [`input`]: one line from whoever sits in front of the program, wherever it runs and whichever thread asks.
//!
//! Owns the knowledge of hosts (one file each: a terminal, evcxr, ferrocell) and the desk at which threads leave their questions
//! when only the main thread may ask. Never reads ahead, never keeps an answer.

mod desk;
mod evcxr;
mod ferrocell;
mod host;
mod terminal;

pub(crate) use desk::Desk;
pub(crate) use host::Host;

use crate::thread::Context;
use std::io;

/// Shows `prompt` and returns the line that the user types, without its line end.
///
/// Works in the main thread, in a [`Thread`](crate::Thread), a [`Timer`](crate::Timer) and a
/// [`ThreadPoolExecutor`](crate::ThreadPoolExecutor)'s task. It knows where it runs:
///
/// - **In a terminal** the prompt goes to stdout. Threads that ask at the same time are asked one after the other.
/// - **In a notebook on evcxr** the prompt appears under the running cell. evcxr can only be asked by the main thread,
///   so another thread's question waits until the main thread waits through this crate (joins the thread, takes a
///   future's result, leaves a pool's scope, joins a queue …) in that cell or in a later one, and is asked there.
/// - **In a notebook on ferrocell** every thread is asked at once, under the cell that started the thread or timer or
///   submitted the task, even after that cell has ended.
///
/// Unlike Python's, the prompt is flushed even when it does not end a line, and nothing is printed but the prompt.
///
/// Mirrors [`input`](https://docs.python.org/3/library/functions.html#input).
///
/// # Errors
///
/// [`io::ErrorKind::UnexpectedEof`] with Python's "EOF when reading a line" when there is no further line,
/// and whatever else reading or writing meets (a line that is not UTF-8: [`io::ErrorKind::InvalidData`]). When the user
/// interrupts the cell in a notebook on ferrocell, the call unwinds; where it must not, in a destructor that runs while
/// the thread unwinds, it gives [`io::ErrorKind::Interrupted`].
///
/// ```no_run
/// let name = nogil::input("Enter your name: ")?;
/// println!("Hello, {name}");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn input(prompt: &str) -> io::Result<String> {
    match Host::current() {
        Host::Terminal => terminal::ask(prompt),
        Host::Evcxr if crate::system::on_main_thread() => evcxr::ask(prompt),
        Host::Evcxr => Context::inherit().desk.ask(prompt),
        Host::Ferrocell(question) => question.ask(prompt),
    }
}

/// One line of stdin without its line end; the end of the input is Python's `EOFError`.
fn read_line(stdin: &mut io::StdinLock<'_>) -> io::Result<String> {
    let mut line = String::new();
    if io::BufRead::read_line(stdin, &mut line)? == 0 {
        return Err(end_of_input());
    }
    line.truncate(line.trim_end_matches(['\n', '\r']).len());
    Ok(line)
}

fn end_of_input() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "EOF when reading a line")
}
