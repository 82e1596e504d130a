//! Python's generators: functions that hand out values one at a time and take values back.
//!
//! This module owns [`Generator`], the [`Yielder`] its body yields through, [`SharedGenerator`] for
//! several holders, and the exceptions and errors that travel between body and caller. The body is
//! an ordinary future on the heap that is polled by the caller's `next` or `send`: there is no
//! second stack, no thread and no executor, so a generator may be created by the million and sent
//! to another thread between two values.
//!
//! It never blocks and never schedules: a body that awaits anything but its yielder is a bug that
//! panics.

mod driver;
mod error;
mod exception;
#[allow(
    clippy::module_inception,
    reason = "one type per file, and the type is called so"
)]
mod generator;
mod half;
mod poll_fn;
mod shared_generator;
mod slot;
mod yielder;

pub(crate) use driver::{Body, Driver, Step, Stop};
pub use error::GeneratorError;
pub use exception::Exception;
pub use generator::{Generator, generator};
pub(crate) use poll_fn::poll_fn;
pub use shared_generator::SharedGenerator;
pub(crate) use slot::Slot;
pub use yielder::Yielder;
