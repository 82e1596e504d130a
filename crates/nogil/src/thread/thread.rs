//! `Thread`: one function on a thread of its own.

use super::lifecycle::Lifecycle;
use super::target::Target;
use super::{Cell, Context, ExitGuard, Panicked, ThreadBuilder, ThreadError, excepthook, spawn};
use crate::{schedule, system};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A thread that runs one function: created first, started when you say so.
///
/// Unlike [`std::thread::spawn`], it does not run before [`start`](Self::start), several parts of a program can join
/// it through one handle, it knows whether it is a daemon, and a program does not end while it runs unless it is one.
/// Unlike Python's, two of them run at the same time on two cores, its function may only take what is [`Send`] and
/// `'static` with it, and its result can be had: [`into_result`](Self::into_result).
///
/// When `main` ends, the program waits for threads that are not daemons. Do not call [`std::process::exit`] in one of
/// them then: the standard library lets only the first exit go on, and that one waits. A notebook's session does not
/// wait at its end.
///
/// A panic in the function goes to the excepthook (see [`set_excepthook`](crate::set_excepthook)) and not to whoever
/// joins.
///
/// Mirrors [`threading.Thread`](https://docs.python.org/3/library/threading.html#thread-objects).
///
/// ```
/// use nogil::Thread;
///
/// let thread = Thread::new(|| println!("hello from a thread"));
/// thread.start()?;
/// thread.join()?;
/// assert!(!thread.is_alive());
/// # Ok::<(), nogil::ThreadError>(())
/// ```
///
/// What Python lets two threads change at the same time does not compile unless it is made for that:
///
/// ```compile_fail,E0277
/// let counter = std::rc::Rc::new(std::cell::Cell::new(0));
/// nogil::Thread::new(move || counter.set(counter.get() + 1));
/// ```
///
/// Nor can a thread outlive what it borrows:
///
/// ```compile_fail,E0597
/// let models = vec!["Catherine", "Elizabeth"];
/// let borrowed = &models;
/// nogil::Thread::new(move || println!("{borrowed:?}"));
/// ```
pub struct Thread<T = ()> {
    run: Arc<Run<T>>,
}

/// What the handle and the running thread share.
pub(super) struct Run<T> {
    pub(super) lifecycle: Lifecycle,
    target: Mutex<Option<Target<T>>>,
    outcome: Mutex<Option<Result<T, Panicked>>>,
}

impl<T: Send + 'static> Thread<T> {
    /// A thread that will run `target`, named `Thread-N`, a daemon if the calling thread is one.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| 6 * 7);
    /// thread.start()?;
    /// assert_eq!(thread.into_result()?, 42);
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    #[must_use = "a thread does nothing before it is started"]
    pub fn new(target: impl FnOnce() -> T + Send + 'static) -> Self {
        Thread::builder().target(target)
    }

    pub(super) fn with_context(
        context: Context,
        name: Option<String>,
        daemon: bool,
        target: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        Self {
            run: Arc::new(Run::new(context, name, daemon, target)),
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// [`ThreadError::AlreadyStarted`] the second time, and [`ThreadError::Spawn`] when the system has no thread to
    /// give; only after that can it be started again.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| ());
    /// thread.start()?;
    /// assert_eq!(
    ///     thread.start().unwrap_err().to_string(),
    ///     "threads can only be started once"
    /// );
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn start(&self) -> Result<(), ThreadError> {
        let lifecycle = &self.run.lifecycle;
        lifecycle.start()?;
        let run = Arc::clone(&self.run);
        // Members of a schedule may be blocked for good, and the program need not wait for them.
        let is_held = !lifecycle.daemon() && schedule::place().is_none();
        let hold = is_held.then(ExitGuard::new);
        let cell = Cell::current();
        let spawned = spawn(lifecycle.name(), lifecycle.daemon(), move || {
            cell.during(|| match hold {
                Some(hold) => hold.during(|| run.run()),
                None => run.run(),
            });
        });
        match spawned {
            Ok(handle) => {
                lifecycle.identify(system::ident_of(&handle));
                Ok(())
            }
            Err(error) => {
                lifecycle.unstart();
                Err(ThreadError::Spawn(error))
            }
        }
    }

    /// Waits until the thread has ended, however it ended.
    ///
    /// # Errors
    ///
    /// [`ThreadError::NotStarted`], and [`ThreadError::CurrentThread`] in the thread itself.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| ());
    /// thread.start()?;
    /// thread.join()?;
    /// thread.join()?; // as often as you like
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn join(&self) -> Result<(), ThreadError> {
        self.run.lifecycle.join(None)
    }

    /// Waits until the thread has ended or `timeout` has passed; [`is_alive`](Self::is_alive) tells which.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join)'s.
    ///
    /// ```
    /// use nogil::{Event, Thread};
    /// use std::time::Duration;
    ///
    /// let gate = Event::new();
    /// let closed = gate.clone();
    /// let thread = Thread::new(move || closed.wait());
    /// thread.start()?;
    /// thread.join_timeout(Duration::from_millis(1))?;
    /// assert!(thread.is_alive());
    /// gate.set();
    /// thread.join()?;
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn join_timeout(&self, timeout: Duration) -> Result<(), ThreadError> {
        self.run.lifecycle.join(Some(timeout))
    }

    /// Waits until the thread has ended and gives what its function returned, which Python throws away.
    ///
    /// # Errors
    ///
    /// [`ThreadError::Panicked`] with the panic that ended the function, and what [`join`](Self::join) refuses.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| "done".to_owned());
    /// thread.start()?;
    /// assert_eq!(thread.into_result()?, "done");
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn into_result(self) -> Result<T, ThreadError> {
        self.join()?;
        let outcome = lock(&self.run.outcome).take();
        Ok(
            outcome
                .expect("a stopped thread has left its outcome, which only this handle takes")?,
        )
    }

    /// Whether the thread runs: from [`start`](Self::start) until its function has ended.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| ());
    /// assert!(!thread.is_alive());
    /// ```
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.run.lifecycle.is_alive()
    }

    /// The thread's name, which its panic is reported under.
    ///
    /// ```
    /// assert!(nogil::Thread::new(|| ()).name().starts_with("Thread-"));
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        self.run.lifecycle.name()
    }

    /// The system's number for the thread; `None` before it is started. May be used again after the thread has ended.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| ());
    /// assert_eq!(thread.ident(), None);
    /// thread.start()?;
    /// assert!(thread.ident().is_some());
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    #[must_use]
    pub fn ident(&self) -> Option<u64> {
        self.run.lifecycle.ident()
    }

    /// Whether the program may end while the thread runs.
    ///
    /// ```
    /// assert!(!nogil::Thread::new(|| ()).daemon());
    /// ```
    #[must_use]
    pub fn daemon(&self) -> bool {
        self.run.lifecycle.daemon()
    }

    /// Says whether the program may end while the thread runs. Only before [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// [`ThreadError::Active`] when the thread has been started.
    ///
    /// ```
    /// let thread = nogil::Thread::new(|| ());
    /// thread.set_daemon(true)?;
    /// assert!(thread.daemon());
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn set_daemon(&self, daemon: bool) -> Result<(), ThreadError> {
        self.run.lifecycle.set_daemon(daemon)
    }
}

impl Thread {
    /// A thread with a name or a daemon flag of its own: finish with [`ThreadBuilder::target`].
    ///
    /// ```
    /// let thread = nogil::Thread::builder().name("printer").target(|| println!("hello"));
    /// assert_eq!(thread.name(), "printer");
    /// ```
    pub fn builder() -> ThreadBuilder {
        ThreadBuilder::default()
    }
}

impl<T> fmt::Debug for Thread<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<Thread{}>", self.run.lifecycle)
    }
}

impl<T> Run<T> {
    pub(super) fn new(
        context: Context,
        name: Option<String>,
        daemon: bool,
        target: impl FnOnce() -> T + Send + 'static,
    ) -> Self {
        Self {
            lifecycle: Lifecycle::new(name, daemon, Arc::clone(&context.desk)),
            target: Mutex::new(Some(Target::new(context, target))),
            outcome: Mutex::new(None),
        }
    }

    fn run(&self) {
        if let Some(target) = self.take_target() {
            self.perform(target);
        }
        self.lifecycle.stop();
    }

    /// Runs the thread's function on the calling thread and keeps what becomes of it.
    pub(super) fn perform(&self, target: Target<T>) {
        self.lifecycle.take_up();
        let outcome = target.run(self.lifecycle.daemon());
        if let Err(panicked) = &outcome {
            match schedule::place() {
                Some(place) => place.note_panic(&self.lifecycle.name(), panicked),
                None => excepthook::call(&self.lifecycle.name(), panicked),
            }
        }
        *lock(&self.outcome) = Some(outcome);
    }

    pub(super) fn take_target(&self) -> Option<Target<T>> {
        lock(&self.target).take()
    }

    pub(super) fn has_target(&self) -> bool {
        lock(&self.target).is_some()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
