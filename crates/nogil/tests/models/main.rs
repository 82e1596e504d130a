//! Every interleaving of a few threads, tried by loom: no wake-up may get lost, no item, no permit, no
//! result, no yielded value.
//!
//! The crate is compiled here a second time, from its own files, with loom's lock, condition
//! variable and atomics in place of the real ones. A thread that nobody wakes is a deadlock, two that
//! touch a cell without an order between them are a race, and loom reports both. loom does not model
//! time, so a timeout never passes.

#![expect(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "parts of the crate, seen alone"
)]

#[path = "../../src/hooks.rs"]
mod hooks;
#[path = "../../src/input/mod.rs"]
mod input;
#[path = "../../src/queue/mod.rs"]
mod queue;
#[path = "../../src/random/mod.rs"]
mod random;
#[path = "../../src/schedule/mod.rs"]
mod schedule;
#[path = "../../src/system.rs"]
mod system;
#[path = "../../src/thread/mod.rs"]
mod thread;
#[path = "../../src/time/mod.rs"]
mod time;
#[path = "../../src/timeline/mod.rs"]
mod timeline;

#[path = "../../src/sync"]
mod sync {
    pub(crate) mod barrier;
    pub(crate) mod bounded_semaphore;
    pub(crate) mod condition;
    pub(crate) mod condition_guard;
    pub(crate) mod error;
    pub(crate) mod event;
    pub(crate) mod monitor;
    mod questions;
    pub(crate) mod semaphore;
    pub(crate) mod semaphore_guard;
    mod waits;

    pub(crate) mod primitives {
        pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU8};
        pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};

        /// loom's cell, asked for its pointer at the moment of the access.
        pub(crate) struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

        impl<T> UnsafeCell<T> {
            pub(crate) fn new(value: T) -> Self {
                UnsafeCell(loom::cell::UnsafeCell::new(value))
            }

            /// An access, which loom holds against those of other threads.
            pub(crate) fn get(&self) -> *mut T {
                self.0.with_mut(|value| value)
            }
        }
    }

    pub(crate) use event::Event;
}

#[path = "../../src/executor"]
mod executor {
    mod completions;
    mod error;
    mod future;
    mod task;

    /// One look, where any number of them brings no further interleaving.
    mod spin {
        pub(super) fn until(ready: impl Fn() -> bool) -> bool {
            ready()
        }
    }

    #[path = "../../tests/models/futures.rs"]
    mod models;
}

#[path = "../../src/coroutine/mod.rs"]
mod coroutine;

#[path = "../../src/generator"]
mod generator {
    mod driver;
    mod error;
    mod exception;
    #[expect(clippy::module_inception, reason = "as in the crate")]
    mod generator;
    mod half;
    mod poll_fn;
    mod shared_generator;
    mod slot;
    mod yielder;

    pub(crate) use driver::{Body, Driver, Step, Stop};
    pub(crate) use error::GeneratorError;
    pub(crate) use exception::Exception;
    pub(crate) use generator::{Generator, generator};
    pub(crate) use poll_fn::poll_fn;
    pub(crate) use shared_generator::SharedGenerator;
    pub(crate) use slot::Slot;
    pub(crate) use yielder::Yielder;

    #[path = "../../tests/models/generators.rs"]
    mod models;
}

mod interrupt;
mod queues;
mod waiting;

use loom::model::Builder;
use loom::thread::JoinHandle;

/// Tries all interleavings in which threads are preempted up to three times.
fn model(program: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(program);
}

/// Runs `work` on its own thread with a handle of its own.
fn with<H, T>(handle: &H, work: impl FnOnce(H) -> T + 'static) -> JoinHandle<T>
where
    H: Clone + 'static,
    T: 'static,
{
    let handle = handle.clone();
    loom::thread::spawn(move || work(handle))
}
