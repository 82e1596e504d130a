//! Every interleaving of a few threads, tried by loom: no wake-up may get lost, no item, no permit, no
//! result.
//!
//! The crate is compiled here a second time, from its own files, with loom's lock and condition
//! variable in place of the operating system's. A thread that nobody wakes is a deadlock, and loom
//! reports it. loom does not model time, so a timeout never passes.

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

    pub(crate) mod primitives {
        pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
    }

    pub(crate) use event::Event;
}

#[path = "../../src/executor"]
mod executor {
    mod completions;
    mod error;
    mod future;
    mod spin;
    mod task;

    #[path = "../../tests/models/futures.rs"]
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
