//! Taking items out of a queue with `for`.

use super::core::QueueCore;
use super::storage::Storage;

/// Takes items out of a queue until it is shut down and empty; made by
/// [`QueueCore::iter`](crate::QueueCore::iter) or by `for item in &queue`.
///
/// ```
/// # use nogil::Queue;
/// let queue = Queue::new();
/// queue.put("spam")?;
/// queue.shutdown();
/// for item in &queue {
///     println!("working on {item}");
/// }
/// # Ok::<(), nogil::PutError<&str>>(())
/// ```
#[derive(Debug)]
pub struct QueueIter<'a, S: Storage> {
    queue: &'a QueueCore<S>,
}

impl<'a, S: Storage> QueueIter<'a, S> {
    pub(super) fn new(queue: &'a QueueCore<S>) -> Self {
        Self { queue }
    }
}

impl<S: Storage> Iterator for QueueIter<'_, S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        // Without a timeout the only error is that the queue was shut down.
        self.queue.get().ok()
    }
}
