//! Pools of threads and the futures of what they do, as Python's `concurrent.futures` has them.
//!
//! Owns the pool's queue and its workers, the life of a future, and the ways to wait for several. Never runs a task on
//! the thread that waits for it, and never more tasks at a time than the pool has workers.

mod as_completed;
mod builder;
mod completions;
mod error;
mod future;
mod map;
mod pool;
mod spin;
mod task;
mod thread_pool_executor;
mod wait;

pub use as_completed::{AsCompleted, AsCompletedTimeout, as_completed, as_completed_timeout};
pub use builder::ThreadPoolExecutorBuilder;
pub use error::{ExecutorError, FutureError, SubmitError, UnfinishedError};
pub use future::Future;
pub use map::Map;
pub use thread_pool_executor::ThreadPoolExecutor;
pub use wait::{ReturnWhen, Wait, wait, wait_timeout};
