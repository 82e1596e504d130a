//! Threads as Python's `threading` module has them: [`Thread`], [`Timer`] and the hook that hears of their panics.
//!
//! Owns what a thread inherits from its creator, what it reports when it panics, the one thread that waits for all
//! timers, and the wait for non-daemon threads when the program ends. Never runs a user's function on a thread that
//! another one shares at the same time.

mod builder;
mod cell;
mod context;
mod error;
mod excepthook;
mod exit_guard;
mod forks;
mod idle_threads;
mod lifecycle;
mod panicked;
mod spawn;
mod target;
#[expect(
    clippy::module_inception,
    reason = "one type per file, and the type is Thread"
)]
mod thread;
mod timer;
mod timer_queue;

pub use builder::ThreadBuilder;
pub use error::ThreadError;
pub use excepthook::{ExceptHookArgs, reset_excepthook, set_excepthook};
pub use panicked::Panicked;
pub use thread::Thread;
pub use timer::Timer;

pub(crate) use cell::Cell;
pub(crate) use context::Context;
pub(crate) use exit_guard::ExitGuard;
pub(crate) use forks::forks;
pub(crate) use panicked::discard;
pub(crate) use spawn::spawn;
pub(crate) use target::Target;
