//! What is said about a thread before its function is.

use super::{Context, Thread};

/// What can be said about a [`Thread`] before its function: made by [`Thread::builder`], finished by
/// [`target`](Self::target).
///
/// ```
/// use nogil::Thread;
///
/// let thread = Thread::builder().name("printer").daemon(true).target(|| ());
/// assert_eq!(thread.name(), "printer");
/// assert!(thread.daemon());
/// ```
///
/// A thread without a function does not compile, where Python's does nothing:
///
/// ```compile_fail,E0599
/// nogil::Thread::builder().name("idle").start();
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder makes a thread when it is given a target"]
pub struct ThreadBuilder {
    name: Option<String>,
    daemon: Option<bool>,
}

impl ThreadBuilder {
    /// Names the thread; the default is `Thread-N`.
    ///
    /// ```
    /// let thread = nogil::Thread::builder().name("printer").target(|| ());
    /// assert_eq!(thread.name(), "printer");
    /// ```
    pub fn name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// Says whether the program may end while the thread runs; the default is what the creating thread is.
    ///
    /// ```
    /// let thread = nogil::Thread::builder().daemon(true).target(|| loop {});
    /// assert!(thread.daemon());
    /// ```
    pub fn daemon(self, daemon: bool) -> Self {
        Self {
            daemon: Some(daemon),
            ..self
        }
    }

    /// The thread that will run `target`.
    ///
    /// ```
    /// let thread = nogil::Thread::builder().name("adder").target(|| 1 + 2);
    /// thread.start()?;
    /// assert_eq!(thread.into_result()?, 3);
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn target<T: Send + 'static>(
        self,
        target: impl FnOnce() -> T + Send + 'static,
    ) -> Thread<T> {
        let context = Context::inherit();
        let daemon = self.daemon.unwrap_or(context.daemon);
        Thread::with_context(context, self.name, daemon, target)
    }
}
