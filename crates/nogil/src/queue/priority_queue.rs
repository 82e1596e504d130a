//! The queue that hands out the smallest item first.

use std::sync::Arc;

use super::core::QueueCore;
use super::handle::impl_handle;
use super::heap::Heap;

/// A queue between threads that hands out its smallest item first; apart from the order it is a
/// [`Queue`](crate::Queue).
///
/// Mirrors [`queue.PriorityQueue`](https://docs.python.org/3/library/queue.html#queue.PriorityQueue).
///
/// Items that compare equal come out in any order. A comparison that panics ends the call that makes it and changes nothing
/// else: what was to be put is dropped, and what was to be taken is still there.
///
/// ```
/// use nogil::PriorityQueue;
///
/// let queue = PriorityQueue::new();
/// for item in [(2, "eggs"), (1, "spam"), (3, "ham")] {
///     queue.put(item)?;
/// }
/// assert_eq!(queue.get(), Ok((1, "spam")));
/// # Ok::<(), nogil::PutError<(i32, &str)>>(())
/// ```
///
/// Items without a total order are Python's `TypeError` when the second one is put; here they do
/// not compile:
///
/// ```compile_fail,E0277
/// let queue = nogil::PriorityQueue::new();
/// queue.put(f64::NAN);
/// ```
pub struct PriorityQueue<T>(Arc<QueueCore<Heap<T>>>);

impl_handle!(PriorityQueue<T: Ord>, Heap<T>);
