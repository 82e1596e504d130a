//! Holding the lock of a condition.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::sync::monitor::Entered;

const CHANGED: usize = 0;

/// The locked state of a [`Condition`](crate::Condition): read it, change it, wait for others to
/// change it, notify them. Dropping it unlocks.
///
/// ```
/// # use nogil::Condition;
/// let counter = Condition::new(0);
/// let mut guard = counter.acquire();
/// *guard += 1;
/// guard.notify_all();
/// ```
#[must_use = "dropping the guard unlocks at once"]
pub struct ConditionGuard<'a, S>(Entered<'a, S>);

impl<'a, S> ConditionGuard<'a, S> {
    pub(super) fn new(entered: Entered<'a, S>) -> Self {
        Self(entered)
    }

    /// Unlocks, waits to be notified, and locks again. It may also wake without being notified, so
    /// [`wait_for`](Self::wait_for) is mostly the better choice.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let ready = Condition::new(false);
    /// let other = ready.clone();
    /// std::thread::spawn(move || {
    ///     let mut ready = other.acquire();
    ///     *ready = true;
    ///     ready.notify_all();
    /// });
    /// let mut ready = ready.acquire();
    /// while !*ready {
    ///     ready = ready.wait();
    /// }
    /// ```
    pub fn wait(self) -> Self {
        Self(self.0.wait(CHANGED, None).0)
    }

    /// Waits like [`wait`](Self::wait), but at most `timeout`; the flag says whether the thread woke
    /// in that time.
    ///
    /// ```
    /// # use nogil::Condition;
    /// # use std::time::Duration;
    /// let ready = Condition::new(false);
    /// let (_ready, _in_time) = ready.acquire().wait_timeout(Duration::from_millis(5));
    /// ```
    pub fn wait_timeout(self, timeout: Duration) -> (Self, bool) {
        let (entered, in_time) = self.0.wait(CHANGED, Some(timeout));
        (Self(entered), in_time)
    }

    /// Waits until `predicate` holds.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let items = Condition::new(vec!["spam"]);
    /// let items = items.acquire().wait_for(|items| !items.is_empty());
    /// assert_eq!(*items, ["spam"]);
    /// ```
    pub fn wait_for(self, mut predicate: impl FnMut(&mut S) -> bool) -> Self {
        Self(
            self.0
                .wait_while(CHANGED, None, |state| !predicate(state))
                .0,
        )
    }

    /// Waits at most `timeout` until `predicate` holds; the flag says whether it does.
    ///
    /// ```
    /// # use nogil::Condition;
    /// # use std::time::Duration;
    /// let items: Condition<Vec<&str>> = Condition::default();
    /// let soon = Duration::from_millis(5);
    /// let (_items, came) = items.acquire().wait_for_timeout(|items| !items.is_empty(), soon);
    /// assert!(!came);
    /// ```
    pub fn wait_for_timeout(
        self,
        mut predicate: impl FnMut(&mut S) -> bool,
        timeout: Duration,
    ) -> (Self, bool) {
        let blocked = |state: &mut S| !predicate(state);
        let (entered, holds) = self.0.wait_while(CHANGED, Some(timeout), blocked);
        (Self(entered), holds)
    }

    /// Unlocks, and wakes up to `count` of those who wait. Python's `notify(n)` keeps the lock for a
    /// while; nobody who wakes could do anything in that time.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let items = Condition::new(Vec::new());
    /// let mut guard = items.acquire();
    /// guard.push("spam");
    /// guard.notify(1);
    /// ```
    pub fn notify(self, count: usize) {
        self.0.leave_notifying(CHANGED, count);
    }

    /// Unlocks, and wakes all who wait.
    ///
    /// ```
    /// # use nogil::Condition;
    /// let ready = Condition::new(false);
    /// let mut guard = ready.acquire();
    /// *guard = true;
    /// guard.notify_all();
    /// ```
    pub fn notify_all(self) {
        self.notify(usize::MAX);
    }
}

impl<S> Deref for ConditionGuard<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S> DerefMut for ConditionGuard<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.0
    }
}

impl<S: fmt::Debug> fmt::Debug for ConditionGuard<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
