//! The queue that only puts and gets.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::error::Empty;
use crate::sync::monitor::{Entered, Monitor};

/// An unbounded first-in, first-out queue without `task_done`, `join` and `shutdown`.
///
/// Mirrors [`queue.SimpleQueue`](https://docs.python.org/3/library/queue.html#queue.SimpleQueue).
///
/// It is never full and never shut down, so [`put`](Self::put) and [`get`](Self::get) cannot fail.
///
/// ```
/// use nogil::SimpleQueue;
///
/// let queue = SimpleQueue::new();
/// let producer = queue.clone();
/// std::thread::spawn(move || producer.put("spam"));
/// assert_eq!(queue.get(), "spam");
/// ```
pub struct SimpleQueue<T>(Arc<Monitor<VecDeque<T>>>);

const NOT_EMPTY: usize = 0;

impl<T> SimpleQueue<T> {
    /// Creates an empty queue.
    ///
    /// ```
    /// # use nogil::SimpleQueue;
    /// let queue: SimpleQueue<i32> = SimpleQueue::new();
    /// assert!(queue.empty());
    /// ```
    pub fn new() -> Self {
        Self(Arc::new(Monitor::new(VecDeque::new(), &["an item"])))
    }

    /// Puts an item in; never waits.
    ///
    /// ```
    /// # use nogil::SimpleQueue;
    /// let queue = SimpleQueue::new();
    /// queue.put("spam");
    /// assert_eq!(queue.qsize(), 1);
    /// ```
    #[inline]
    pub fn put(&self, item: T) {
        let mut items = self.0.enter();
        items.push_back(item);
        items.leave_notifying(NOT_EMPTY, 1);
    }

    /// Takes an item out, waiting until there is one.
    ///
    /// ```
    /// # use nogil::SimpleQueue;
    /// let queue = SimpleQueue::new();
    /// queue.put("spam");
    /// assert_eq!(queue.get(), "spam");
    /// ```
    pub fn get(&self) -> T {
        self.get_within(None)
            .expect("waiting without a timeout ends only with an item")
    }

    /// Takes an item out if there is one now. Python's `get(block=False)`.
    ///
    /// # Errors
    /// [`Empty`], if there is none.
    ///
    /// ```
    /// # use nogil::{Empty, SimpleQueue};
    /// let queue: SimpleQueue<i32> = SimpleQueue::new();
    /// assert_eq!(queue.get_nowait(), Err(Empty));
    /// ```
    pub fn get_nowait(&self) -> Result<T, Empty> {
        self.get_within(Some(Duration::ZERO))
    }

    /// Takes an item out, waiting at most `timeout` for one. Python's `get(timeout=…)`.
    ///
    /// # Errors
    /// [`Empty`], if none came in that time.
    ///
    /// ```
    /// # use nogil::{Empty, SimpleQueue};
    /// # use std::time::Duration;
    /// let queue: SimpleQueue<i32> = SimpleQueue::new();
    /// assert_eq!(queue.get_timeout(Duration::from_millis(5)), Err(Empty));
    /// ```
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Empty> {
        self.get_within(Some(timeout))
    }

    #[inline]
    fn get_within(&self, timeout: Option<Duration>) -> Result<T, Empty> {
        let mut items = self.0.enter();
        match items.pop_front() {
            Some(item) => Ok(item),
            None => Self::get_later(items, timeout),
        }
    }

    /// Waiting is kept apart from what happens at once, as in `passage`.
    #[cold]
    fn get_later(items: Entered<'_, VecDeque<T>>, timeout: Option<Duration>) -> Result<T, Empty> {
        let (mut items, _) = items.wait_while(NOT_EMPTY, timeout, |items| items.is_empty());
        items.pop_front().ok_or(Empty)
    }

    /// How many items there are; another thread may change that at once.
    ///
    /// ```
    /// # use nogil::SimpleQueue;
    /// assert_eq!(SimpleQueue::<i32>::new().qsize(), 0);
    /// ```
    pub fn qsize(&self) -> usize {
        self.0.enter().len()
    }

    /// Whether there is no item; another thread may change that at once.
    ///
    /// ```
    /// # use nogil::SimpleQueue;
    /// assert!(SimpleQueue::<i32>::new().empty());
    /// ```
    pub fn empty(&self) -> bool {
        self.qsize() == 0
    }
}

/// Another handle to the same queue.
impl<T> Clone for SimpleQueue<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for SimpleQueue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for SimpleQueue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.0.enter();
        f.debug_struct("SimpleQueue")
            .field("qsize", &items.len())
            .field("waiting", &items.waiting())
            .finish()
    }
}
