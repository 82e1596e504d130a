//! Python's coroutines: `async` functions that a driver resumes by hand, with a value.
//!
//! This module owns [`Coroutine`], which drives a future, and the leaves [`suspend`](suspend()) and
//! [`try_suspend`], at which the future is suspended until the driver goes on. A leaf finds its
//! driver through the context it is polled with, so nothing has to be passed down through the
//! `async` functions in between: Python's bare `yield` at the bottom of a chain of `await`s.
//!
//! It is no executor: nothing is woken, scheduled or waited for, and a leaf under another executor
//! panics.

#[allow(
    clippy::module_inception,
    reason = "one type per file, and the type is called so"
)]
mod coroutine;
mod error;
mod frame;
mod suspend;

pub use coroutine::{Coroutine, coroutine};
pub use error::CoroutineError;
pub use suspend::{suspend, try_suspend};
