//! The queue that hands out the newest item first.

use std::sync::Arc;

use super::core::QueueCore;
use super::handle::impl_handle;

/// A last-in, first-out queue between threads; apart from the order it is a [`Queue`](crate::Queue).
///
/// Mirrors [`queue.LifoQueue`](https://docs.python.org/3/library/queue.html#queue.LifoQueue).
///
/// ```
/// use nogil::LifoQueue;
///
/// let queue = LifoQueue::new();
/// for item in 1..=3 {
///     queue.put(item)?;
/// }
/// queue.shutdown();
/// assert_eq!(queue.iter().collect::<Vec<_>>(), [3, 2, 1]);
/// # Ok::<(), nogil::PutError<i32>>(())
/// ```
pub struct LifoQueue<T>(Arc<QueueCore<Vec<T>>>);

impl_handle!(LifoQueue<T>, Vec<T>);
