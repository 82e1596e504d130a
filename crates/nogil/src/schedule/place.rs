//! A thread's place in a schedule, and what it does there.

use std::any::Any;
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::hooks;
use crate::thread::Panicked;
use crate::timeline;

use super::turns::{Event, State, Turns};

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// The calling thread's place in a schedule.
#[derive(Clone)]
pub(crate) struct Place {
    turns: Arc<Turns>,
    member: usize,
}

/// What unwinds members of a schedule that has ended.
struct Stop;

/// Whether this is what a member of a schedule that has ended unwinds with.
pub(crate) fn is_stop(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Stop>()
}

/// The calling thread's place, if it has one.
#[inline]
pub(crate) fn place() -> Option<Place> {
    if hooks::is_active() { find() } else { None }
}

#[cold]
fn find() -> Option<Place> {
    // A destructor of another thread-local may ask after this one is gone.
    PLACE
        .try_with(|place| place.borrow().clone())
        .unwrap_or_default()
}

impl Place {
    /// The first member of a schedule.
    pub(super) fn first(turns: &Arc<Turns>) -> Self {
        Self::join(turns, "main".to_owned(), false)
    }

    /// A new member of the same schedule.
    pub(crate) fn another(&self, name: String, daemon: bool) -> Self {
        Self::join(&self.turns, name, daemon)
    }

    fn join(turns: &Arc<Turns>, name: String, daemon: bool) -> Self {
        Self {
            member: turns.join(name, daemon),
            turns: Arc::clone(turns),
        }
    }

    /// Does the member's work on the calling thread, from its first turn on.
    pub(crate) fn work(self, work: impl FnOnce()) {
        let Self { turns, member } = self.clone();
        // Leaves the schedule however the work ends.
        let _left = Left(&turns, member);
        PLACE.set(Some(self));
        if turns.begin(member) {
            work();
        }
    }

    /// Whether there are no turns any more.
    pub(crate) fn is_over(&self) -> bool {
        self.turns.is_over()
    }

    /// Leaves a place that no thread has taken.
    pub(crate) fn leave(&self) {
        self.turns.leave(self.member);
    }

    /// How many turns were given up so far; `None` if there are no turns any more.
    pub(crate) fn steps(&self) -> Option<u64> {
        (!self.is_over()).then(|| self.turns.steps())
    }

    /// Lets others go on here.
    pub(crate) fn point(&self) {
        let _noted = timeline::sleeping("its turn");
        self.give_up(State::Ready);
    }

    /// Waits until the lock at which the member has found another one can be tried again.
    pub(crate) fn wait_for_lock(&self, lock: Event) {
        self.give_up(State::Locked {
            since: self.turns.steps(),
            lock,
        });
    }

    /// Notes that the member has what `event` stands for, alone or beside others: they wait for it to let go, or to end.
    pub(crate) fn hold(&self, event: Event, is_shared: bool) {
        self.turns.hold(self.member, event, is_shared);
    }

    /// Notes that one less of what `event` stands for is had.
    pub(crate) fn let_go(&self, event: Event) {
        self.turns.let_go(self.member, event);
    }

    /// Waits for `event`, which is `what` in words, or for the moment `until`; says whether it came in time.
    pub(crate) fn wait(&self, event: Event, what: &'static str, until: Option<Instant>) -> bool {
        let until = until.map(|until| self.turns.since_begin(until));
        let in_time = self.give_up(State::Waiting {
            event: Some((event, what)),
            until,
        });
        in_time.unwrap_or_else(|| {
            loop {
                // The schedule has ended while the thread unwinds, and nobody will wake it.
                std::thread::park();
            }
        })
    }

    /// Sleeps in simulated time.
    pub(crate) fn sleep(&self, duration: Duration) {
        if duration.is_zero() {
            return self.point();
        }
        let until = self.turns.since_begin(self.now()).checked_add(duration);
        self.give_up(State::Waiting { event: None, until });
    }

    /// Wakes up to `count` of those who wait for `event`.
    pub(crate) fn wake(&self, event: Event, count: usize) {
        self.turns.wake(event, count);
    }

    /// The simulated time.
    pub(crate) fn now(&self) -> Instant {
        self.turns.now()
    }

    /// A random number of the schedule's.
    pub(crate) fn draw(&self) -> u64 {
        self.turns.draw()
    }

    /// The number of the next thread that gets no name.
    pub(crate) fn next_number(&self) -> usize {
        self.turns.next_number()
    }

    /// Tells of a panic that has ended a thread.
    pub(crate) fn note_panic(&self, thread: &str, panicked: &Panicked) {
        if !panicked.is_interrupt() {
            self.turns.note_panic(thread, panicked.message());
        }
    }

    /// Says whether the member got its turn back before its time was up; `None` if there are no turns any more and the
    /// thread unwinds already.
    fn give_up(&self, state: State) -> Option<bool> {
        let in_time = self.turns.give_up(self.member, state);
        if in_time.is_none() && !std::thread::panicking() {
            resume_unwind(Box::new(Stop));
        }
        in_time
    }
}

/// Takes a member out of its schedule when it is dropped.
struct Left<'a>(&'a Turns, usize);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        PLACE.take();
        self.0.leave(self.1);
    }
}
