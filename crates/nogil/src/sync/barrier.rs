//! A line that threads cross together.

use std::fmt;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use super::error::BrokenBarrierError;
use crate::sync::monitor::{Entered, Monitor};

const PHASE: usize = 0;

/// A line that a fixed number of threads cross together.
///
/// Mirrors [`threading.Barrier`](https://docs.python.org/3/library/threading.html#threading.Barrier).
///
/// Unlike [`std::sync::Barrier`] it can break: when a thread loses its patience or calls
/// [`abort`](Self::abort), all who wait, and all who come, get a [`BrokenBarrierError`] until
/// [`reset`](Self::reset).
///
/// ```
/// use nogil::Barrier;
///
/// let barrier = Barrier::new(2);
/// let other = barrier.clone();
/// let thread = std::thread::spawn(move || other.wait());
/// let mine = barrier.wait()?;
/// let others = thread.join().unwrap()?;
/// assert_eq!(mine + others, 1);
/// # Ok::<(), nogil::BrokenBarrierError>(())
/// ```
#[derive(Clone)]
pub struct Barrier(Arc<Line>);

struct Line {
    parties: usize,
    timeout: Option<Duration>,
    action: Option<Box<dyn Fn() + Send + Sync>>,
    crossing: Monitor<Crossing>,
}

struct Crossing {
    phase: Phase,
    /// The threads between their arrival at the barrier and their return from it.
    inside: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Threads arrive and wait for the last one.
    Filling,
    /// All have arrived and leave; who comes now waits for the next crossing.
    Draining,
    /// `reset` sends away who waits; who comes now waits for the next crossing.
    Resetting,
    /// Everybody is sent away until `reset`.
    Broken,
}

impl Crossing {
    fn is_emptying(&self) -> bool {
        matches!(self.phase, Phase::Draining | Phase::Resetting)
    }
}

impl Barrier {
    /// Creates a barrier that `parties` threads cross together.
    ///
    /// # Panics
    /// If `parties` is zero, as Python raises a `ValueError`.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// assert_eq!(Barrier::new(2).parties(), 2);
    /// ```
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None, None)
    }

    /// Creates a barrier at which nobody waits longer than `timeout`.
    ///
    /// # Panics
    /// If `parties` is zero.
    ///
    /// ```
    /// # use nogil::{Barrier, BrokenBarrierError};
    /// # use std::time::Duration;
    /// let barrier = Barrier::with_timeout(2, Duration::from_millis(5));
    /// assert_eq!(barrier.wait(), Err(BrokenBarrierError));
    /// ```
    pub fn with_timeout(parties: usize, timeout: Duration) -> Self {
        Self::build(parties, Some(timeout), None)
    }

    /// Creates a barrier at which the last thread to arrive runs `action` before all are let go. If
    /// the action panics, the barrier breaks and that thread goes on panicking. The action runs with
    /// the barrier locked, as in Python, so it must not use the barrier itself.
    ///
    /// # Panics
    /// If `parties` is zero.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// let barrier = Barrier::with_action(1, || println!("everybody is here"));
    /// barrier.wait()?;
    /// # Ok::<(), nogil::BrokenBarrierError>(())
    /// ```
    pub fn with_action(parties: usize, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self::build(parties, None, Some(Box::new(action)))
    }

    fn build(
        parties: usize,
        timeout: Option<Duration>,
        action: Option<Box<dyn Fn() + Send + Sync>>,
    ) -> Self {
        assert!(parties >= 1, "parties must be >= 1");
        Self(Arc::new(Line {
            parties,
            timeout,
            action,
            crossing: Monitor::new(
                Crossing {
                    phase: Phase::Filling,
                    inside: 0,
                },
                &["the others"],
            ),
        }))
    }

    /// Waits until all parties have arrived; returns how many were there before this thread, which
    /// is a different number for each.
    ///
    /// # Errors
    /// [`BrokenBarrierError`], if the barrier is or gets broken, or is reset meanwhile.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// assert_eq!(Barrier::new(1).wait(), Ok(0));
    /// ```
    pub fn wait(&self) -> Result<usize, BrokenBarrierError> {
        self.wait_within(self.0.timeout)
    }

    /// Waits like [`wait`](Self::wait), but breaks the barrier if the others are not there within
    /// `timeout`, which goes before the barrier's own.
    ///
    /// # Errors
    /// [`BrokenBarrierError`], as for `wait`, or because the time is up.
    ///
    /// ```
    /// # use nogil::{Barrier, BrokenBarrierError};
    /// # use std::time::Duration;
    /// let barrier = Barrier::new(2);
    /// assert_eq!(barrier.wait_timeout(Duration::from_millis(5)), Err(BrokenBarrierError));
    /// assert!(barrier.broken());
    /// ```
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrierError> {
        self.wait_within(Some(timeout))
    }

    fn wait_within(&self, timeout: Option<Duration>) -> Result<usize, BrokenBarrierError> {
        let crossing = self.0.crossing.enter();
        let (mut crossing, _) = crossing.wait_while(PHASE, None, |crossing| crossing.is_emptying());
        if crossing.phase == Phase::Broken {
            return Err(BrokenBarrierError);
        }
        let index = crossing.inside;
        crossing.inside += 1;
        if crossing.inside == self.0.parties {
            return self.cross(crossing, index);
        }
        let waiting = |crossing: &mut Crossing| crossing.phase == Phase::Filling;
        let arrived = Arrived(&self.0.crossing);
        let (mut crossing, in_time) = crossing.wait_while(PHASE, timeout, waiting);
        mem::forget(arrived);
        if !in_time {
            crossing.phase = Phase::Broken;
        }
        let crossed = crossing.phase == Phase::Draining;
        Self::exit(crossing);
        crossed.then_some(index).ok_or(BrokenBarrierError)
    }

    /// Lets everybody go, as the last to arrive.
    fn cross(
        &self,
        mut crossing: Entered<'_, Crossing>,
        index: usize,
    ) -> Result<usize, BrokenBarrierError> {
        let action = self.0.action.as_ref();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| action.map(|action| action())));
        crossing.phase = match outcome {
            Ok(_) => Phase::Draining,
            Err(_) => Phase::Broken,
        };
        Self::exit(crossing);
        match outcome {
            Ok(_) => Ok(index),
            Err(payload) => panic::resume_unwind(payload),
        }
    }

    /// Leaves the barrier; the last to leave opens it for the next crossing.
    fn exit(mut crossing: Entered<'_, Crossing>) {
        crossing.inside -= 1;
        if crossing.inside == 0 && crossing.is_emptying() {
            crossing.phase = Phase::Filling;
        }
        crossing.leave_notifying(PHASE, usize::MAX);
    }

    /// Makes the barrier whole and empty again; who waits at it gets a [`BrokenBarrierError`].
    ///
    /// ```
    /// # use nogil::Barrier;
    /// let barrier = Barrier::new(1);
    /// barrier.abort();
    /// barrier.reset();
    /// assert_eq!(barrier.wait(), Ok(0));
    /// ```
    pub fn reset(&self) {
        let mut crossing = self.0.crossing.enter();
        if crossing.inside == 0 {
            crossing.phase = Phase::Filling;
        } else if crossing.phase != Phase::Draining {
            crossing.phase = Phase::Resetting;
        }
        crossing.leave_notifying(PHASE, usize::MAX);
    }

    /// Breaks the barrier: who waits and who comes gets a [`BrokenBarrierError`].
    ///
    /// ```
    /// # use nogil::{Barrier, BrokenBarrierError};
    /// let barrier = Barrier::new(1);
    /// barrier.abort();
    /// assert_eq!(barrier.wait(), Err(BrokenBarrierError));
    /// ```
    pub fn abort(&self) {
        let mut crossing = self.0.crossing.enter();
        crossing.phase = Phase::Broken;
        crossing.leave_notifying(PHASE, usize::MAX);
    }

    /// How many threads it takes to cross.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// assert_eq!(Barrier::new(3).parties(), 3);
    /// ```
    pub fn parties(&self) -> usize {
        self.0.parties
    }

    /// How many threads have arrived and wait for the others.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// assert_eq!(Barrier::new(3).n_waiting(), 0);
    /// ```
    pub fn n_waiting(&self) -> usize {
        let crossing = self.0.crossing.enter();
        match crossing.phase {
            Phase::Filling => crossing.inside,
            _ => 0,
        }
    }

    /// Whether the barrier is broken.
    ///
    /// ```
    /// # use nogil::Barrier;
    /// let barrier = Barrier::new(2);
    /// barrier.abort();
    /// assert!(barrier.broken());
    /// ```
    pub fn broken(&self) -> bool {
        self.0.crossing.enter().phase == Phase::Broken
    }
}

/// A thread at the barrier, which is not waited for any more when an interrupt unwinds it.
struct Arrived<'a>(&'a Monitor<Crossing>);

impl Drop for Arrived<'_> {
    fn drop(&mut self) {
        Barrier::exit(self.0.enter());
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let crossing = self.0.crossing.enter();
        f.debug_struct("Barrier")
            .field("parties", &self.0.parties)
            .field("broken", &(crossing.phase == Phase::Broken))
            .field("waiting", &crossing.waiting())
            .finish()
    }
}
