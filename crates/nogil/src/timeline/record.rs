//! Notes of what threads do, while a recording is on.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::hooks::{self, Active};
use crate::schedule::{self, Event};
use crate::system;

/// The most notes of one recording; what comes after them is not in the picture.
const MOST: usize = 500_000;

/// Whether there is a recording.
static IS_ON: AtomicBool = AtomicBool::new(false);
static NOTES: Mutex<Option<Notes>> = Mutex::new(None);

thread_local! {
    static THREAD: Cell<i32> = const { Cell::new(0) };
}

/// How time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// By the system's clock, in seconds.
    System,
    /// By the turns of a schedule, whose members alone are recorded.
    Turns,
}

/// What was recorded.
#[derive(Debug)]
pub(crate) struct Notes {
    pub(super) clock: Clock,
    begin: Instant,
    pub(super) end: f64,
    pub(super) notes: Vec<Note>,
}

/// What a thread did at a moment.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) at: f64,
    /// The system's number of the thread.
    pub(super) thread: i32,
    /// How long the thread has been on a core until then.
    pub(super) on_core: Duration,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// It begins, or its next piece of work does: with a name, started by a thread.
    Begins { name: String, by: Option<i32> },
    /// It ends.
    Ends,
    /// It waits.
    Waits(&'static str),
    /// It goes on after it has waited, for an event or a time.
    GoesOn(Option<Event>),
    /// It wakes those who wait for an event.
    Notifies(Event),
}

/// A recording, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Recording {
    is_over: bool,
    _active: Active,
}

impl Recording {
    /// Begins one; `None` if there is one already.
    pub(crate) fn begin(clock: Clock) -> Option<Self> {
        let mut notes = lock();
        if notes.is_some() {
            return None;
        }
        *notes = Some(Notes {
            clock,
            begin: Instant::now(),
            end: 0.0,
            notes: Vec::new(),
        });
        IS_ON.store(true, Ordering::Relaxed);
        Some(Self {
            is_over: false,
            _active: Active::new(),
        })
    }

    /// Ends it and gives what was recorded.
    pub(crate) fn end(mut self) -> Notes {
        let mut notes = self.take().expect("it is not over");
        let last = notes.notes.last().map_or(0.0, |note| note.at);
        notes.end = match notes.clock {
            Clock::System => notes.begin.elapsed().as_secs_f64(),
            Clock::Turns => last + 2.0,
        };
        notes
    }

    fn take(&mut self) -> Option<Notes> {
        if std::mem::replace(&mut self.is_over, true) {
            return None;
        }
        let mut notes = lock();
        IS_ON.store(false, Ordering::Relaxed);
        notes.take()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.take();
    }
}

/// Notes, until it is dropped, that the calling thread waits for `what`.
pub(crate) fn waiting(what: &'static str, event: Event) -> Waiting {
    note(|| What::Waits(what));
    Waiting(Some(event))
}

/// Notes, until it is dropped, that the calling thread waits for nobody's sake: it sleeps, or it is not its turn.
pub(crate) fn sleeping(what: &'static str) -> Waiting {
    note(|| What::Waits(what));
    Waiting(None)
}

/// Notes that whoever waits for `event` is woken.
pub(crate) fn notifies(event: Event) {
    note(|| What::Notifies(event));
}

/// Notes that a member of a schedule, the thread with this number, was found blocked outside of this crate.
pub(crate) fn blocked(thread: i32) {
    note_of(thread, Duration::ZERO, What::Waits("something else"));
}

/// The work of a thread with this name, which the calling one starts, with its begin and end noted.
pub(crate) fn child(
    name: &str,
    work: impl FnOnce() + Send + 'static,
) -> impl FnOnce() + Send + 'static {
    let by = hooks::is_active().then(|| (name.to_owned(), number()));
    move || {
        let _ended = by.map(|(name, by)| {
            note(|| What::Begins { name, by: Some(by) });
            Ended
        });
        work();
    }
}

/// Notes that the calling thread goes on, when it is dropped.
pub(crate) struct Waiting(Option<Event>);

impl Drop for Waiting {
    fn drop(&mut self) {
        note(|| What::GoesOn(self.0));
    }
}

/// Notes that the calling thread has ended, when it is dropped.
struct Ended;

impl Drop for Ended {
    fn drop(&mut self) {
        note(|| What::Ends);
    }
}

/// Does what the calling thread is to have a row of this name for.
pub(crate) fn of<R>(name: &str, body: impl FnOnce() -> R) -> R {
    note(|| What::Begins {
        name: name.to_owned(),
        by: None,
    });
    let _ended = Ended;
    body()
}

#[inline]
fn note(what: impl FnOnce() -> What) {
    if hooks::is_active() && IS_ON.load(Ordering::Relaxed) {
        note_of(number(), system::time_on_core(), what());
    }
}

#[cold]
fn note_of(thread: i32, on_core: Duration, what: What) {
    // A member's turn is what lies between two steps. Asked before, because the schedule may note, too.
    let is_begin = matches!(what, What::Begins { .. } | What::GoesOn(_));
    let turn = match schedule::place().map(|place| place.steps()) {
        // How the members unwind is no part of the picture.
        Some(None) => return,
        Some(Some(steps)) => Some(steps + u64::from(!is_begin)),
        None => None,
    };
    let mut notes = lock();
    let Some(notes) = notes.as_mut().filter(|notes| notes.notes.len() < MOST) else {
        return;
    };
    let at = match (notes.clock, turn) {
        (Clock::System, _) => notes.begin.elapsed().as_secs_f64(),
        (Clock::Turns, Some(turn)) => turn as f64,
        // A schedule's supervisor, which is no member, knows of one that is blocked; nobody else is of interest.
        (Clock::Turns, None) if on_core.is_zero() => notes.notes.last().map_or(0.0, |last| last.at),
        (Clock::Turns, None) => return,
    };
    notes.notes.push(Note {
        at,
        thread,
        on_core,
        what,
    });
}

/// The system's number of the calling thread.
fn number() -> i32 {
    if THREAD.get() == 0 {
        THREAD.set(system::thread_number());
    }
    THREAD.get()
}

fn lock() -> MutexGuard<'static, Option<Notes>> {
    NOTES.lock().unwrap_or_else(PoisonError::into_inner)
}
