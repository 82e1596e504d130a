//! What threads meet at: the operating system's lock and condition variable, the processor's atomics, named once.
//!
//! Everything in `sync`, `queue`, `generator` and a task that two threads share takes them from here, so the models in
//! `tests/models` compile the very same files against loom's instead.

pub(crate) use std::cell::UnsafeCell;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
