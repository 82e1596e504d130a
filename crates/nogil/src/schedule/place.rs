//! A thread's place in a schedule, and what it does there.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::thread::Panicked;

use super::turns::{Event, State, Turns};

/// How many schedules are in progress: threads look for their place only if there is one.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);

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

/// Whether any thread may have a place.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.load(Ordering::Relaxed) > 0
}

/// The calling thread's place, if it has one.
#[inline]
pub(crate) fn place() -> Option<Place> {
    if is_active() { find() } else { None }
}

#[cold]
fn find() -> Option<Place> {
    // A destructor of another thread-local may ask after this one is gone.
    PLACE
        .try_with(|place| place.borrow().clone())
        .unwrap_or_default()
}

/// Starts a thread, in the schedule of the calling one if that has a place.
pub(crate) fn spawn(
    name: String,
    daemon: bool,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let builder = Builder::new().name(name.replace('\0', ""));
    let Some(place) = place() else {
        return builder.spawn(work);
    };
    let child = Place::join(&place.turns, name, daemon);
    let member = child.member;
    let spawned = builder.spawn(move || child.hold(work));
    match &spawned {
        Ok(_) => place.point(),
        Err(_) => place.turns.leave(member),
    }
    spawned
}

/// While it lives, threads look for their place.
pub(super) struct Active(());

impl Active {
    pub(super) fn new() -> Self {
        ACTIVE.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        ACTIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Place {
    /// A new member of a schedule.
    pub(super) fn join(turns: &Arc<Turns>, name: String, daemon: bool) -> Self {
        Self {
            member: turns.join(name, daemon),
            turns: Arc::clone(turns),
        }
    }

    /// Does the member's work on the calling thread, from its first turn on.
    pub(super) fn hold(self, work: impl FnOnce()) {
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

    /// Lets others go on here.
    pub(crate) fn point(&self) {
        self.give_up(State::Ready);
    }

    /// Waits until the lock at which the member has found another one can be tried again.
    pub(crate) fn wait_for_lock(&self) {
        self.give_up(State::Locked {
            since: self.turns.steps(),
        });
    }

    /// Waits for `event`, or for the moment `until`; says whether it came in time.
    pub(crate) fn wait(&self, event: Event, until: Option<Instant>) -> bool {
        let until = until.map(|until| self.turns.since_begin(until));
        let in_time = self.give_up(State::Waiting {
            event: Some(event),
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
