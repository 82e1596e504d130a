//! What `Queue`, `LifoQueue` and `PriorityQueue` share: everything but the order of the items.

use std::fmt;
use std::mem;
use std::time::Duration;

use super::error::{GetError, PutError, TaskDoneError};
use super::iter::QueueIter;
use super::storage::Storage;
use crate::sync::monitor::Monitor;

pub(super) const NOT_EMPTY: usize = 0;
pub(super) const NOT_FULL: usize = 1;
const ALL_TASKS_DONE: usize = 2;

/// What a [`Queue`](crate::Queue), a [`LifoQueue`](crate::LifoQueue) and a
/// [`PriorityQueue`](crate::PriorityQueue) can do. Each of them is a handle that dereferences to
/// this, where Python's classes inherit it from `queue.Queue`.
///
/// ```
/// use nogil::{LifoQueue, Queue};
///
/// let (queue, stack) = (Queue::new(), LifoQueue::new());
/// queue.put("spam")?;
/// stack.put("eggs")?;
/// assert_eq!(queue.qsize() + stack.qsize(), 2);
/// # Ok::<(), nogil::PutError<&str>>(())
/// ```
pub struct QueueCore<S> {
    pub(super) monitor: Monitor<State<S>, 3>,
    maxsize: usize,
}

pub(super) struct State<S> {
    pub(super) items: S,
    pub(super) unfinished_tasks: usize,
    pub(super) is_shutdown: bool,
}

impl<S: Storage> QueueCore<S> {
    pub(super) fn with_maxsize(maxsize: usize) -> Self {
        Self {
            monitor: Monitor::new(
                State {
                    items: S::default(),
                    unfinished_tasks: 0,
                    is_shutdown: false,
                },
                &["an item", "a free slot", "all tasks to be done"],
            ),
            maxsize,
        }
    }

    /// Puts an item in, waiting for a free slot as long as the queue is full.
    ///
    /// # Errors
    /// [`PutError::ShutDown`] with the item, if the queue is or gets shut down.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// queue.put("spam")?;
    /// assert_eq!(queue.qsize(), 1);
    /// # Ok::<(), nogil::PutError<&str>>(())
    /// ```
    #[inline(always)]
    pub fn put(&self, item: S::Item) -> Result<(), PutError<S::Item>> {
        self.put_within(item, None)
    }

    /// Puts an item in if there is a free slot now. Python's `put(item, block=False)`.
    ///
    /// # Errors
    /// [`PutError::Full`] or [`PutError::ShutDown`], with the item.
    ///
    /// ```
    /// # use nogil::{PutError, Queue};
    /// let queue = Queue::with_maxsize(1);
    /// queue.put_nowait(1)?;
    /// assert_eq!(queue.put_nowait(2), Err(PutError::Full(2)));
    /// # Ok::<(), PutError<i32>>(())
    /// ```
    pub fn put_nowait(&self, item: S::Item) -> Result<(), PutError<S::Item>> {
        self.put_within(item, Some(Duration::ZERO))
    }

    /// Puts an item in, waiting at most `timeout` for a free slot. Python's
    /// `put(item, timeout=…)`; its `ValueError` for a negative timeout cannot happen, because a
    /// [`Duration`] is never negative.
    ///
    /// # Errors
    /// [`PutError::Full`] when the time is up, or [`PutError::ShutDown`], with the item.
    ///
    /// ```
    /// # use nogil::{PutError, Queue};
    /// # use std::time::Duration;
    /// let queue = Queue::with_maxsize(1);
    /// queue.put(1)?;
    /// assert_eq!(queue.put_timeout(2, Duration::from_millis(5)), Err(PutError::Full(2)));
    /// # Ok::<(), PutError<i32>>(())
    /// ```
    pub fn put_timeout(&self, item: S::Item, timeout: Duration) -> Result<(), PutError<S::Item>> {
        self.put_within(item, Some(timeout))
    }

    /// Takes an item out, waiting until there is one.
    ///
    /// # Errors
    /// [`GetError::ShutDown`], once the queue is shut down and empty.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// let producer = queue.clone();
    /// let thread = std::thread::spawn(move || producer.put("spam"));
    /// assert_eq!(queue.get(), Ok("spam"));
    /// # thread.join().unwrap().unwrap();
    /// ```
    #[inline(always)]
    pub fn get(&self) -> Result<S::Item, GetError> {
        self.get_within(None)
    }

    /// Takes an item out if there is one now. Python's `get(block=False)`.
    ///
    /// # Errors
    /// [`GetError::Empty`] or [`GetError::ShutDown`].
    ///
    /// ```
    /// # use nogil::{GetError, Queue};
    /// let queue: Queue<i32> = Queue::new();
    /// assert_eq!(queue.get_nowait(), Err(GetError::Empty));
    /// ```
    pub fn get_nowait(&self) -> Result<S::Item, GetError> {
        self.get_within(Some(Duration::ZERO))
    }

    /// Takes an item out, waiting at most `timeout` for one. Python's `get(timeout=…)`.
    ///
    /// # Errors
    /// [`GetError::Empty`] when the time is up, or [`GetError::ShutDown`].
    ///
    /// ```
    /// # use nogil::{GetError, Queue};
    /// # use std::time::Duration;
    /// let queue: Queue<i32> = Queue::new();
    /// assert_eq!(queue.get_timeout(Duration::from_millis(5)), Err(GetError::Empty));
    /// ```
    pub fn get_timeout(&self, timeout: Duration) -> Result<S::Item, GetError> {
        self.get_within(Some(timeout))
    }

    /// Takes items out, one by one and waiting for each, until the queue is shut down and empty.
    /// Python writes the same as a `while True` around `get` with `except ShutDown: break`.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// queue.put(1)?;
    /// queue.put(2)?;
    /// queue.shutdown();
    /// assert_eq!(queue.iter().collect::<Vec<_>>(), [1, 2]);
    /// # Ok::<(), nogil::PutError<i32>>(())
    /// ```
    pub fn iter(&self) -> QueueIter<'_, S> {
        QueueIter::new(self)
    }

    /// Says that the work on one item that was got is done. [`join`](Self::join) waits until this
    /// was said of every item.
    ///
    /// # Errors
    /// [`TaskDoneError`], if it was said more often than items were put.
    ///
    /// ```
    /// # use nogil::{Queue, TaskDoneError};
    /// let queue = Queue::new();
    /// queue.put("spam").unwrap();
    /// queue.get().unwrap();
    /// assert_eq!(queue.task_done(), Ok(()));
    /// assert_eq!(queue.task_done(), Err(TaskDoneError));
    /// ```
    #[inline]
    pub fn task_done(&self) -> Result<(), TaskDoneError> {
        let mut state = self.monitor.enter();
        state.unfinished_tasks = state.unfinished_tasks.checked_sub(1).ok_or(TaskDoneError)?;
        if state.unfinished_tasks == 0 {
            state.leave_notifying(ALL_TASKS_DONE, usize::MAX);
        }
        Ok(())
    }

    /// Waits until [`task_done`](Self::task_done) was called for every item that was put.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// let worker = queue.clone();
    /// std::thread::spawn(move || {
    ///     for item in &worker {
    ///         println!("working on {item}");
    ///         worker.task_done().unwrap();
    ///     }
    /// });
    /// for item in 0..3 {
    ///     queue.put(item)?;
    /// }
    /// queue.join();
    /// assert_eq!(queue.unfinished_tasks(), 0);
    /// # Ok::<(), nogil::PutError<i32>>(())
    /// ```
    pub fn join(&self) {
        self.join_within(None);
    }

    /// Waits like [`join`](Self::join), but at most `timeout`; says whether all the work was done
    /// in that time. Python's `join` has no timeout.
    ///
    /// ```
    /// # use nogil::Queue;
    /// # use std::time::Duration;
    /// let queue = Queue::new();
    /// queue.put("spam").unwrap();
    /// assert!(!queue.join_timeout(Duration::from_millis(5)));
    /// ```
    #[must_use = "the flag says whether the work was done in time"]
    pub fn join_timeout(&self, timeout: Duration) -> bool {
        self.join_within(Some(timeout))
    }

    fn join_within(&self, timeout: Option<Duration>) -> bool {
        let unfinished = |state: &mut State<S>| state.unfinished_tasks > 0;
        let (_, done) = self
            .monitor
            .enter()
            .wait_while(ALL_TASKS_DONE, timeout, unfinished);
        done
    }

    /// Shuts the queue down: from now on puts fail, and gets fail once the queue is empty. Wakes
    /// everybody who waits to put or to get. Python's `shutdown()` (since 3.13).
    ///
    /// ```
    /// # use nogil::{GetError, PutError, Queue};
    /// let queue = Queue::new();
    /// queue.put(1).unwrap();
    /// queue.shutdown();
    /// assert_eq!(queue.put(2), Err(PutError::ShutDown(2)));
    /// assert_eq!(queue.get(), Ok(1));
    /// assert_eq!(queue.get(), Err(GetError::ShutDown));
    /// ```
    pub fn shutdown(&self) {
        let mut state = self.monitor.enter();
        state.is_shutdown = true;
        state.leave_notifying_all();
    }

    /// Shuts the queue down and drops the items that are still in it, which thereby count as done.
    /// An item that was got and not yet marked done still holds [`join`](Self::join). Python's
    /// `shutdown(immediate=True)` (since 3.13).
    ///
    /// ```
    /// # use nogil::{GetError, Queue};
    /// let queue = Queue::new();
    /// queue.put("spam").unwrap();
    /// queue.shutdown_immediate();
    /// assert_eq!(queue.get(), Err(GetError::ShutDown));
    /// queue.join();
    /// ```
    pub fn shutdown_immediate(&self) {
        let mut state = self.monitor.enter();
        state.is_shutdown = true;
        let drained = mem::take(&mut state.items);
        state.unfinished_tasks = state.unfinished_tasks.saturating_sub(drained.len());
        state.leave_notifying_all();
        // Here, with the lock free, an item's destructor may use this very queue.
        drop(drained);
    }

    /// How many items there are; another thread may change that at once.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// queue.put("spam").unwrap();
    /// assert_eq!(queue.qsize(), 1);
    /// ```
    pub fn qsize(&self) -> usize {
        self.monitor.enter().items.len()
    }

    /// Whether there is no item; another thread may change that at once.
    ///
    /// ```
    /// # use nogil::Queue;
    /// assert!(Queue::<i32>::new().empty());
    /// ```
    pub fn empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Whether there are `maxsize` items; another thread may change that at once.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::with_maxsize(1);
    /// queue.put("spam").unwrap();
    /// assert!(queue.full());
    /// ```
    pub fn full(&self) -> bool {
        self.is_full(&self.monitor.enter().items)
    }

    /// How many items may wait in the queue at once; zero means any number.
    ///
    /// ```
    /// # use nogil::Queue;
    /// assert_eq!(Queue::<i32>::with_maxsize(3).maxsize(), 3);
    /// ```
    pub fn maxsize(&self) -> usize {
        self.maxsize
    }

    /// How many items were put and not yet marked done.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue = Queue::new();
    /// queue.put("spam").unwrap();
    /// queue.get().unwrap();
    /// assert_eq!(queue.unfinished_tasks(), 1);
    /// ```
    pub fn unfinished_tasks(&self) -> usize {
        self.monitor.enter().unfinished_tasks
    }

    /// Whether the queue was shut down. Python's attribute `is_shutdown`.
    ///
    /// ```
    /// # use nogil::Queue;
    /// let queue: Queue<i32> = Queue::new();
    /// queue.shutdown();
    /// assert!(queue.is_shutdown());
    /// ```
    pub fn is_shutdown(&self) -> bool {
        self.monitor.enter().is_shutdown
    }

    pub(super) fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(name);
        // Items that compare themselves keep the others out for as long as they like.
        let Some(state) = self.monitor.try_enter() else {
            return shown.field("state", &format_args!("<locked>")).finish();
        };
        shown
            .field("qsize", &state.items.len())
            .field("maxsize", &self.maxsize)
            .field("unfinished_tasks", &state.unfinished_tasks)
            .field("is_shutdown", &state.is_shutdown)
            .field("waiting", &state.waiting())
            .finish()
    }

    pub(super) fn is_full(&self, items: &S) -> bool {
        self.maxsize > 0 && items.len() >= self.maxsize
    }
}

impl<S: Storage> fmt::Debug for QueueCore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("QueueCore", f)
    }
}
