//! The queue that hands items out in the order in which they came.

use std::collections::VecDeque;
use std::sync::Arc;

use super::core::QueueCore;
use super::handle::impl_handle;

/// A first-in, first-out queue between threads.
///
/// Mirrors [`queue.Queue`](https://docs.python.org/3/library/queue.html#queue.Queue).
///
/// Unlike a channel it has no two ends: every handle puts and gets, the queue lives as long as one
/// handle does, and [`join`](QueueCore::join) waits until the work on all items is done.
///
/// ```
/// use nogil::Queue;
///
/// let queue = Queue::new();
/// let worker = queue.clone();
/// std::thread::spawn(move || {
///     for item in &worker {
///         println!("working on {item}");
///         worker.task_done().unwrap();
///     }
/// });
/// for item in ["spam", "eggs"] {
///     queue.put(item)?;
/// }
/// queue.join();
/// queue.shutdown();
/// # Ok::<(), nogil::PutError<&str>>(())
/// ```
///
/// What one thread puts, another gets, so an item must be allowed to change threads. In Python the
/// mistake shows when two threads meet in the object; here it does not compile:
///
/// ```compile_fail,E0277
/// let queue = nogil::Queue::new();
/// let consumer = queue.clone();
/// std::thread::spawn(move || consumer.get());
/// queue.put(std::rc::Rc::new("not for other threads"));
/// ```
///
/// Neither does a negative timeout, which Python answers with a `ValueError`:
///
/// ```compile_fail,E0600
/// let queue: nogil::Queue<i32> = nogil::Queue::new();
/// queue.get_timeout(std::time::Duration::from_secs(-1));
/// ```
pub struct Queue<T>(Arc<QueueCore<VecDeque<T>>>);

impl_handle!(Queue<T>, VecDeque<T>);
