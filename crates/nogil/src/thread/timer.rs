//! `Timer`: one function at a later time.

use super::idle_threads::Job;
use super::target::Target;
use super::thread::Run;
use super::timer_queue::TimerQueue;
use super::{Cell, Context, ExitGuard, ThreadError, spawn};
use crate::schedule;
use crate::sync::Event;
use crate::timeline;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So far away that no program waits for it, and near enough for every clock.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Runs a function once, later, unless it is cancelled before.
///
/// To its user it is a thread that waits first: it is started, joined and asked whether it is alive like a
/// [`Thread`](crate::Thread), and two timers that are due at the same time run their functions at the same time.
/// Unlike Python's, which cost a sleeping thread each, all pending timers share one thread, so a hundred thousand of
/// them are no burden. Dropping a started timer does not cancel it.
///
/// Mirrors [`threading.Timer`](https://docs.python.org/3/library/threading.html#timer-objects).
///
/// ```
/// use nogil::Timer;
/// use std::time::Duration;
///
/// let timer = Timer::new(Duration::from_millis(2), || println!("hello, later"));
/// timer.start()?;
/// println!("this comes first");
/// timer.join()?;
/// # Ok::<(), nogil::ThreadError>(())
/// ```
pub struct Timer {
    pending: Arc<Pending>,
}

/// What the handle, the queue and the thread that runs the function share.
pub(super) struct Pending {
    run: Run<()>,
    interval: Duration,
    finished: Event,
    queue: Arc<TimerQueue>,
    hold: Mutex<Option<ExitGuard>>,
}

impl Timer {
    /// A timer that will run `function` when `interval` has passed since its start; a daemon if the calling thread is
    /// one.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::from_secs(5), || println!("timed_function"));
    /// assert!(!timer.is_alive());
    /// ```
    #[must_use = "a timer does nothing before it is started"]
    pub fn new(interval: Duration, function: impl FnOnce() + Send + 'static) -> Self {
        let context = Context::inherit();
        let daemon = context.daemon;
        Self {
            pending: Arc::new(Pending {
                run: Run::new(context, None, daemon, function),
                interval,
                finished: Event::new(),
                queue: TimerQueue::of_the_crate(),
                hold: Mutex::new(None),
            }),
        }
    }

    /// Starts the interval. A timer that was cancelled before has nothing to run and ends at once.
    ///
    /// # Errors
    ///
    /// [`ThreadError::AlreadyStarted`] the second time, and [`ThreadError::Spawn`] when the process's first timer finds
    /// no thread to wait on.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::ZERO, || ());
    /// timer.start()?;
    /// assert_eq!(
    ///     timer.start().unwrap_err().to_string(),
    ///     "threads can only be started once"
    /// );
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn start(&self) -> Result<(), ThreadError> {
        let pending = &self.pending;
        let lifecycle = &pending.run.lifecycle;
        lifecycle.start()?;
        if !lifecycle.daemon() {
            pending.set_hold(Some(ExitGuard::new()));
        }
        if !pending.is_pending() {
            pending.end();
            return Ok(());
        }
        if schedule::place().is_some() {
            return pending.start_in_turn().map_err(ThreadError::Spawn);
        }
        let due = Instant::now() + pending.interval.min(NEVER);
        pending
            .queue
            .push(due, Arc::clone(pending))
            .map_err(|error| {
                pending.set_hold(None);
                lifecycle.unstart();
                ThreadError::Spawn(error)
            })
    }

    /// Drops the function if it has not been run yet, and sets [`finished`](Self::finished). May come at any time and
    /// as often as you like; a function that runs already is left alone.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::from_secs(3600), || unreachable!());
    /// timer.start()?;
    /// timer.cancel();
    /// timer.join()?;
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn cancel(&self) {
        let pending = &self.pending;
        pending.finished.set();
        let target = pending.run.take_target();
        if target.is_some() && self.is_alive() {
            pending.end();
            pending.queue.note_cancelled();
        }
        // Last, because a destructor of what the function owns may do anything, even panic.
        drop(target);
    }

    /// Waits until the function has run or the timer has been cancelled.
    ///
    /// # Errors
    ///
    /// [`ThreadError::NotStarted`], and [`ThreadError::CurrentThread`] in the function itself.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::from_millis(1), || println!("now"));
    /// assert!(timer.join().is_err());
    /// timer.start()?;
    /// timer.join()?;
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn join(&self) -> Result<(), ThreadError> {
        self.pending.run.lifecycle.join(None)
    }

    /// As [`join`](Self::join), but for at most `timeout`; [`is_alive`](Self::is_alive) tells how it ended.
    ///
    /// # Errors
    ///
    /// As [`join`](Self::join)'s.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::from_secs(3600), || ());
    /// timer.start()?;
    /// timer.join_timeout(Duration::from_millis(1))?;
    /// assert!(timer.is_alive());
    /// timer.cancel();
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn join_timeout(&self, timeout: Duration) -> Result<(), ThreadError> {
        self.pending.run.lifecycle.join(Some(timeout))
    }

    /// An event that is set when the function has ended, however it ended, or when the timer has been cancelled.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let timer = nogil::Timer::new(Duration::from_millis(1), || ());
    /// timer.start()?;
    /// timer.finished().wait();
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    #[must_use]
    pub fn finished(&self) -> Event {
        self.pending.finished.clone()
    }

    /// Whether the timer has been started and its function is still to end.
    ///
    /// ```
    /// assert!(!nogil::Timer::new(std::time::Duration::ZERO, || ()).is_alive());
    /// ```
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.pending.run.lifecycle.is_alive()
    }

    /// The name under which a panic of the function is reported.
    ///
    /// ```
    /// let timer = nogil::Timer::new(std::time::Duration::ZERO, || ());
    /// assert!(timer.name().starts_with("Thread-"));
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        self.pending.run.lifecycle.name()
    }

    /// Whether the program may end while the timer is pending.
    ///
    /// ```
    /// assert!(!nogil::Timer::new(std::time::Duration::ZERO, || ()).daemon());
    /// ```
    #[must_use]
    pub fn daemon(&self) -> bool {
        self.pending.run.lifecycle.daemon()
    }

    /// Says whether the program may end while the timer is pending. Only before [`start`](Self::start).
    ///
    /// # Errors
    ///
    /// [`ThreadError::Active`] when the timer has been started.
    ///
    /// ```
    /// let timer = nogil::Timer::new(std::time::Duration::from_secs(3600), || ());
    /// timer.set_daemon(true)?;
    /// timer.start()?; // and the program still ends
    /// # Ok::<(), nogil::ThreadError>(())
    /// ```
    pub fn set_daemon(&self, daemon: bool) -> Result<(), ThreadError> {
        self.pending.run.lifecycle.set_daemon(daemon)
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<Timer{}>", self.pending.run.lifecycle)
    }
}

impl Pending {
    /// Whether the function is still to be run.
    pub(super) fn is_pending(&self) -> bool {
        self.run.has_target()
    }

    /// What a thread must do for `cell` when the timer is due; nothing if it has been cancelled.
    pub(super) fn take_job(self: Arc<Self>, cell: Cell) -> Option<Job> {
        let target = self.run.take_target()?;
        let name = self.run.lifecycle.name();
        let fire = move || cell.during(|| self.fire(target));
        Some(Box::new(timeline::child(&name, fire)))
    }

    /// Starts a thread that waits for this timer alone, as a member of the schedule.
    fn start_in_turn(self: &Arc<Self>) -> io::Result<()> {
        let lifecycle = &self.run.lifecycle;
        let (pending, cell) = (Arc::clone(self), Cell::current());
        let wait = move || {
            if !pending.finished.wait_timeout(pending.interval)
                && let Some(fire) = pending.take_job(cell)
            {
                fire();
            }
        };
        spawn(lifecycle.name(), lifecycle.daemon(), wait).map(drop)
    }

    fn fire(&self, target: Target<()>) {
        let work = || {
            self.run.perform(target);
            self.finished.set();
            self.end();
        };
        match self.take_hold() {
            Some(hold) => hold.during(work),
            None => work(),
        }
    }

    fn end(&self) {
        self.run.lifecycle.stop();
        self.set_hold(None);
    }

    fn take_hold(&self) -> Option<ExitGuard> {
        self.hold
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn set_hold(&self, hold: Option<ExitGuard>) {
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = hold;
    }
}
