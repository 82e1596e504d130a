//! Functions that run in a process of their own, as Python's `multiprocessing.Process` has them.
//!
//! Owns the way a function's address travels into a fresh copy of the running program, and the wait for children at
//! exit. Never forks a threaded process and leaves it running: the child is a new execution, so what it sees of the
//! parent is its arguments.

#[cfg(target_os = "linux")]
mod address;
#[cfg(target_os = "linux")]
mod child;
mod close_error;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod entry;
mod error;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
#[expect(
    clippy::module_inception,
    reason = "one type per file, and the type is Process"
)]
mod process;
#[cfg(target_os = "linux")]
mod request;

pub use close_error::CloseError;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::Process;
pub use error::ProcessError;
#[cfg(target_os = "linux")]
pub use process::Process;
