//! Queues between threads, after Python's module `queue`.
//!
//! Owns the order of the items and the counting of unfinished tasks; all waiting is the
//! [`Monitor`](crate::sync::monitor::Monitor)'s. No foreign code runs under a queue's lock but the
//! items' own comparison.

mod core;
mod error;
mod handle;
mod heap;
mod iter;
mod lifo_queue;
mod passage;
mod priority_queue;
#[expect(
    clippy::module_inception,
    reason = "one type per file, and this is `Queue`"
)]
mod queue;
mod simple_queue;
mod storage;

pub use self::core::QueueCore;
pub use self::error::{Empty, GetError, PutError, TaskDoneError};
pub use self::iter::QueueIter;
pub use self::lifo_queue::LifoQueue;
pub use self::priority_queue::PriorityQueue;
pub use self::queue::Queue;
pub use self::simple_queue::SimpleQueue;
