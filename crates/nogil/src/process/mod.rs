//! Functions that run in a process of their own, as Python's `multiprocessing.Process` has them.
//!
//! Owns the way a function's address travels into a fresh copy of the running program, and the wait for children at
//! exit. Never forks a threaded process and leaves it running: the child is a new execution, so what it sees of the
//! parent is its arguments.

mod address;
mod child;
mod close_error;
mod entry;
mod error;
mod launch;
#[expect(
    clippy::module_inception,
    reason = "one type per file, and the type is Process"
)]
mod process;
mod request;

pub use close_error::CloseError;
pub use error::ProcessError;
pub use process::Process;
