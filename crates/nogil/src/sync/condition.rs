//! A lock around a state, and waiting for that state to change.

use std::fmt;
use std::sync::Arc;

use super::condition_guard::ConditionGuard;
use crate::sync::monitor::Monitor;

/// A state that threads change under a lock and wait for.
///
/// Mirrors [`threading.Condition`](https://docs.python.org/3/library/threading.html#threading.Condition),
/// except that the state lives inside.
///
/// Python raises a `RuntimeError` when `wait` or `notify` is called without the lock. Here they are
/// methods of the guard that [`acquire`](Self::acquire) returns, so that cannot be written:
///
/// ```
/// use nogil::Condition;
///
/// let items = Condition::new(Vec::new());
/// let producer = items.clone();
/// std::thread::spawn(move || {
///     let mut items = producer.acquire();
///     items.push("spam");
///     items.notify(1);
/// });
/// let mut items = items.acquire().wait_for(|items| !items.is_empty());
/// assert_eq!(items.pop(), Some("spam"));
/// ```
///
/// ```compile_fail,E0599
/// let items = nogil::Condition::new(vec!["spam"]);
/// items.notify(1);
/// ```
pub struct Condition<S>(Arc<Monitor<S>>);

impl<S> Condition<S> {
    /// Creates a condition around `state`.
    ///
    /// ```
    /// # use nogil::Condition;
    /// assert_eq!(*Condition::new(7).acquire(), 7);
    /// ```
    pub fn new(state: S) -> Self {
        Self(Arc::new(Monitor::new(state, &["a change"])))
    }

    /// Locks the state, waiting for whoever holds it. The guard unlocks when it is dropped.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let counter = Condition::new(0);
    /// *counter.acquire() += 1;
    /// assert_eq!(*counter.acquire(), 1);
    /// ```
    pub fn acquire(&self) -> ConditionGuard<'_, S> {
        ConditionGuard::new(self.0.enter())
    }

    /// Locks the state if nobody holds it, as Python's `acquire(blocking=False)` does; `None` if somebody does, be it the
    /// calling thread.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let counter = Condition::new(0);
    /// let held = counter.try_acquire();
    /// assert!(held.is_some() && counter.try_acquire().is_none());
    /// ```
    pub fn try_acquire(&self) -> Option<ConditionGuard<'_, S>> {
        self.0.try_enter().map(ConditionGuard::new)
    }
}

/// Another handle to the same state.
impl<S> Clone for Condition<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Default> Default for Condition<S> {
    fn default() -> Self {
        Self::new(S::default())
    }
}

impl<S: fmt::Debug> fmt::Debug for Condition<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Condition");
        match self.0.try_enter() {
            Some(state) => shown
                .field("state", &*state)
                .field("waiting", &state.waiting())
                .finish(),
            None => shown.field("state", &format_args!("<locked>")).finish(),
        }
    }
}
