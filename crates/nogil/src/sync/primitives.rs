//! The operating system's lock and condition variable, named once.
//!
//! Everything that blocks in `sync` and `queue` takes them from here, so the models in
//! `tests/models` compile the very same files against loom's primitives instead.

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
