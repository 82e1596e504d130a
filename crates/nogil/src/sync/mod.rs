//! Threads that wait for each other, after Python's module `threading`.
//!
//! Owns the [`monitor`], in which all waiting of this module and of `queue` takes place, and the
//! types that users see. Never starts a thread.

mod barrier;
mod bounded_semaphore;
mod condition;
mod condition_guard;
mod error;
mod event;
pub(crate) mod monitor;
pub(crate) mod primitives;
mod questions;
mod semaphore;
mod semaphore_guard;
mod waits;

pub use self::barrier::Barrier;
pub use self::bounded_semaphore::BoundedSemaphore;
pub use self::condition::Condition;
pub use self::condition_guard::ConditionGuard;
pub use self::error::{BrokenBarrierError, ReleaseError};
pub use self::event::Event;
pub use self::semaphore::Semaphore;
pub use self::semaphore_guard::SemaphoreGuard;
