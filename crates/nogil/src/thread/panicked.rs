//! A panic as a value.

use crate::interrupt;
use crate::schedule;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that ended a thread's or a task's function: its message, and where it happened.
///
/// It displays as the message alone, as `str(exception)` does in Python. What the user of a notebook has interrupted has
/// the message "interrupted".
///
/// ```
/// use nogil::{Thread, set_excepthook};
///
/// set_excepthook(|_| ()); // says nothing about it on stderr
/// let thread = Thread::new(|| panic!("out of coffee"));
/// thread.start()?;
/// assert_eq!(thread.into_result().unwrap_err().to_string(), "out of coffee");
/// # Ok::<(), nogil::ThreadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{message}")]
pub struct Panicked {
    message: String,
    location: Option<String>,
    /// Whether the user of a notebook has stopped the function, or a schedule has ended in which it ran: no failure of it.
    #[serde(skip)]
    is_interrupt: bool,
}

impl Panicked {
    /// The panic's message.
    ///
    /// ```
    /// use nogil::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::with_max_workers(1)?;
    /// let future = pool.submit(|| panic!("no luck"))?;
    /// assert_eq!(future.exception()?.unwrap().message(), "no luck");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened, as `file:line:column`; `None` when the program has replaced the panic hook since, and for what
    /// [`resume_unwind`](panic::resume_unwind) raised.
    ///
    /// ```
    /// use nogil::ThreadPoolExecutor;
    ///
    /// let pool = ThreadPoolExecutor::with_max_workers(1)?;
    /// let future = pool.submit(|| panic!("no luck"))?;
    /// let panicked = future.exception()?.unwrap();
    /// assert!(panicked.location().unwrap().contains(".rs:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Whether it is no failure of the function: it was stopped.
    pub(crate) fn is_interrupt(&self) -> bool {
        self.is_interrupt
    }

    /// Prints it on stderr as what happened in `place`. An interrupt is not news to the user, who asked for it.
    pub(crate) fn report(&self, place: fmt::Arguments<'_>) {
        if self.is_interrupt {
            return;
        }
        // Printing panics when stderr is closed. There is no other place to say so, and the thread has to go on.
        let _ = catch(|| match self.location() {
            Some(location) => eprintln!("{place}: {self} ({location})"),
            None => eprintln!("{place}: {self}"),
        });
    }

    fn new(payload: &(dyn Any + Send), location: Option<String>) -> Self {
        let message = if let Some(message) = payload.downcast_ref::<&str>() {
            (*message).to_owned()
        } else if let Some(message) = payload.downcast_ref::<String>() {
            message.clone()
        } else {
            "a panic whose payload is not a message".to_owned()
        };
        Self {
            message,
            location,
            is_interrupt: interrupt::is_payload(payload) || schedule::is_stop(payload),
        }
    }
}

/// Runs `function` and turns its panic into a value, of which nothing has been printed yet.
pub(crate) fn catch<T>(function: impl FnOnce() -> T) -> Result<T, Panicked> {
    record_locations();
    let outer = (CATCHING.replace(true), LOCATION.take());
    // A panic leaves whatever the function shares with others as it is; the locks among it are poisoned by the panic
    // as in any Rust thread, so nothing half-done is seen unawares.
    let outcome = panic::catch_unwind(AssertUnwindSafe(function));
    CATCHING.set(outer.0);
    let location = LOCATION.replace(outer.1);
    outcome.map_err(|payload| {
        let panicked = Panicked::new(&*payload, location);
        if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            // The panic hook has told of it. Its payload is leaked rather than trusted.
            std::mem::forget(second);
        }
        panicked
    })
}

/// Drops what a user's function has left to this crate. A panic in its destructor is printed and ignored, as Python does
/// with `__del__`, because the calling thread has others to serve.
pub(crate) fn discard<T>(value: T) {
    if let Err(panicked) = catch(|| drop(value)) {
        panicked.report(format_args!("Exception ignored in a destructor"));
    }
}

/// Wraps the panic hook once: a panic that [`catch`] will report is noted instead of printed, every other one goes to
/// the hook that was there before.
fn record_locations() {
    static RECORDING: AtomicBool = AtomicBool::new(false);
    // A panicking thread may not set a hook. It is set by the next call then.
    if RECORDING.load(Ordering::Relaxed) || std::thread::panicking() {
        return;
    }
    if RECORDING.swap(true, Ordering::Relaxed) {
        return;
    }
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let location = info.location().map(ToString::to_string);
        // A second panic before the first was reported may abort the process, so it is printed as well.
        if !CATCHING.get() || LOCATION.replace(location).is_some() {
            previous(info);
        }
    }));
}
