//! A flag that threads wait for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::sync::monitor::Monitor;

const IS_SET: usize = 0;

/// A flag that one thread sets and others wait for.
///
/// Mirrors [`threading.Event`](https://docs.python.org/3/library/threading.html#threading.Event).
///
/// Unlike a channel it carries nothing and stays set, so that who comes late need not wait.
///
/// ```
/// use nogil::Event;
///
/// let ready = Event::new();
/// let waiter = ready.clone();
/// let thread = std::thread::spawn(move || {
///     waiter.wait();
///     println!("off we go");
/// });
/// ready.set();
/// thread.join().unwrap();
/// ```
#[derive(Clone)]
pub struct Event(Arc<Monitor<Flag>>);

#[derive(Default)]
struct Flag {
    is_set: bool,
    /// How often the flag was set: a waiter that was woken is released, even if the flag has been
    /// cleared again before it looks.
    sets: u64,
}

impl Event {
    /// Creates an event that is not set.
    ///
    /// ```
    /// # use nogil::Event;
    /// assert!(!Event::new().is_set());
    /// ```
    pub fn new() -> Self {
        Self(Arc::new(Monitor::new(Flag::default(), &["an event"])))
    }

    /// Sets the flag and releases everybody who waits.
    ///
    /// ```
    /// # use nogil::Event;
    /// let event = Event::new();
    /// event.set();
    /// assert!(event.is_set());
    /// ```
    pub fn set(&self) {
        let mut flag = self.0.enter();
        flag.is_set = true;
        flag.sets += 1;
        flag.leave_notifying(IS_SET, usize::MAX);
    }

    /// Clears the flag: from now on [`wait`](Self::wait) blocks again.
    ///
    /// ```
    /// # use nogil::Event;
    /// let event = Event::new();
    /// event.set();
    /// event.clear();
    /// assert!(!event.is_set());
    /// ```
    pub fn clear(&self) {
        self.0.enter().is_set = false;
    }

    /// Whether the flag is set.
    ///
    /// ```
    /// # use nogil::Event;
    /// assert!(!Event::new().is_set());
    /// ```
    pub fn is_set(&self) -> bool {
        self.0.enter().is_set
    }

    /// Waits until the flag is set; returns at once if it is.
    ///
    /// ```
    /// # use nogil::Event;
    /// let event = Event::new();
    /// event.set();
    /// event.wait();
    /// ```
    pub fn wait(&self) {
        self.wait_within(None);
    }

    /// Waits at most `timeout` for the flag, and says whether it was set in that time.
    ///
    /// ```
    /// # use nogil::Event;
    /// # use std::time::Duration;
    /// let event = Event::new();
    /// assert!(!event.wait_timeout(Duration::from_millis(5)));
    /// ```
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        self.wait_within(Some(timeout))
    }

    fn wait_within(&self, timeout: Option<Duration>) -> bool {
        let flag = self.0.enter();
        let sets_before = flag.sets;
        let (_, set) = flag.wait_while(IS_SET, timeout, |flag| {
            !flag.is_set && flag.sets == sets_before
        });
        set
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = self.0.enter();
        f.debug_struct("Event")
            .field("is_set", &flag.is_set)
            .field("waiting", &flag.waiting())
            .finish()
    }
}
