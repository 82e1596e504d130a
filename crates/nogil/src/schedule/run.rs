//! One run of a body under a schedule.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use super::explore::Ending;
use super::place::Place;
use super::turns::{End, Turns};
use crate::hooks::Active;
use crate::interrupt;
use crate::thread::{Cell, Context};
use crate::timeline::{self, Clock, Recording, Timeline};

/// What came of a run.
pub(super) struct Outcome {
    pub(super) ending: Ending,
    pub(super) switches: u64,
    pub(super) timeline: Timeline,
}

/// Runs `body` as the first member of the schedule of this seed, and draws it if that is wanted.
pub(super) fn run<R: Debug>(
    seed: u64,
    is_drawn: bool,
    body: impl FnOnce() -> R + Send + 'static,
) -> Outcome {
    let recording = is_drawn.then(|| Recording::begin(Clock::Turns)).flatten();
    let _active = Active::new();
    let turns = Arc::new(Turns::new(seed));
    let result = Arc::new(Mutex::new(None));
    let (cell, context) = (Cell::current(), Context::inherit());
    let first = Place::first(&turns);
    let kept = Arc::clone(&result);
    let work = move || {
        // Seeded by the schedule.
        let context = Context {
            seed: crate::random::Seed::derive(),
            ..context
        };
        let outcome = context.run(|| format!("{:?}", timeline::of("main", body)));
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    };
    std::thread::Builder::new()
        .name("main".to_owned())
        .spawn(move || cell.during(|| first.work(work)))
        .expect("the system has a thread");
    let abandon = Abandon(&turns);
    let remains = turns.supervise(interrupt::checkpoint);
    std::mem::forget(abandon);
    let timeline = recording.map(|recording| Timeline::new(&recording.end()));
    let timeline = timeline.unwrap_or_default();
    let result = result.lock().unwrap_or_else(PoisonError::into_inner).take();
    let main = match &result {
        Some(Err(panicked)) if !panicked.is_interrupt() => {
            Some(("main".to_owned(), panicked.message().to_owned()))
        }
        _ => None,
    };
    let ending = match (
        remains.panics.into_iter().next().or(main),
        remains.end,
        result,
    ) {
        (Some((thread, message)), ..) => Ending::Panicked { thread, message },
        (None, End::Deadlock(waits), _) => Ending::Deadlock(waits),
        (None, _, Some(Ok(result))) => Ending::Returned(result),
        (None, ..) => Ending::Deadlock(Vec::new()),
    };
    Outcome {
        ending,
        switches: remains.switches,
        timeline,
    }
}

/// Ends the turns if the wait for them is left.
struct Abandon<'a>(&'a Turns);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        self.0.give_up_all();
    }
}
