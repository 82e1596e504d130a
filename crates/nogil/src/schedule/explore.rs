//! [`replay`] and [`explore`].

use std::fmt::{self, Debug};
use std::sync::Arc;

use super::deadlock::{self, Blocked};
use super::run::run;
use crate::timeline::{Timeline, show};

/// How many schedules [`explore`] tries.
const SCHEDULES: u64 = 256;

/// How many more it tries for a shorter one, once it has found one.
const MORE: u64 = 32;

/// How a run under a schedule ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// With this value, as `{:?}` writes it.
    Returned(String),
    /// With a panic that nobody has caught: in the body (`main`), or in a thread or timer.
    Panicked {
        /// The thread's name.
        thread: String,
        /// The panic's message.
        message: String,
    },
    /// Not at all: nobody can go on, for these reasons.
    Deadlock(Vec<Blocked>),
}

/// One run under a schedule.
#[derive(Clone)]
pub struct Replay {
    seed: u64,
    switches: u64,
    ending: Ending,
    timeline: Timeline,
}

/// What [`explore`] has found.
#[derive(Clone)]
pub struct Exploration {
    tried: u64,
    usual: Ending,
    found: Option<Replay>,
}

/// Runs `body` under the schedule that `seed` chooses: one thread at a time, in simulated time, the same each time.
///
/// Threads, timers, pools, queues and whatever else of this crate is made and used inside take part; so do
/// [`sleep`](crate::sleep()), [`fuzz`](crate::fuzz) and [`random`](crate::random()), whose numbers the seed decides. A
/// second of sleep costs no time. Where this crate is called, another thread may go on; between two such calls no other
/// one runs. To let others in between a read and a write, put `sleep(Duration::ZERO)` there.
///
/// Locks and channels of the standard library work, but blocking there costs milliseconds. The body must not wait for
/// threads that were started outside, for input or for the network.
///
/// ```
/// use nogil::{Thread, fuzz, replay};
/// use std::sync::{Arc, Mutex};
///
/// let race = || {
///     let order = Arc::new(Mutex::new(String::new()));
///     let threads = ["a", "b", "c"].map(|name| {
///         let order = order.clone();
///         Thread::new(move || {
///             fuzz();
///             order.lock().unwrap().push_str(name);
///         })
///     });
///     threads.iter().for_each(|thread| thread.start().unwrap());
///     threads.iter().for_each(|thread| thread.join().unwrap());
///     Arc::try_unwrap(order).unwrap().into_inner().unwrap()
/// };
/// assert_eq!(replay(7, race).ending(), replay(7, race).ending());
/// ```
pub fn replay<R: Debug>(seed: u64, body: impl FnOnce() -> R + Send + 'static) -> Replay {
    replay_with(seed, true, body)
}

fn replay_with<R: Debug>(
    seed: u64,
    is_drawn: bool,
    body: impl FnOnce() -> R + Send + 'static,
) -> Replay {
    let outcome = run(seed, is_drawn, body);
    Replay {
        seed,
        switches: outcome.switches,
        ending: outcome.ending,
        timeline: outcome.timeline,
    }
}

/// Looks for a schedule under which `body` panics, deadlocks or returns something else than usual: tries up to 256, and
/// some more for a shorter one once it has found one.
///
/// What is said of [`replay`] holds here, too. The body runs many times, so it had better not print.
///
/// ```
/// use nogil::{Thread, explore, sleep};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use std::time::Duration;
///
/// let found = explore(|| {
///     let counter = Arc::new(AtomicU32::new(0));
///     let threads = [counter.clone(), counter.clone()].map(|counter| {
///         Thread::new(move || {
///             let read = counter.load(Relaxed);
///             sleep(Duration::ZERO); // here another thread may come in between
///             counter.store(read + 1, Relaxed);
///         })
///     });
///     threads.iter().for_each(|thread| thread.start().unwrap());
///     threads.iter().for_each(|thread| thread.join().unwrap());
///     assert_eq!(counter.load(Relaxed), 2, "an update is lost");
/// });
/// println!("{found}");
/// assert!(found.replay().is_some());
/// ```
///
/// ```text
/// With seed 3, main panics: assertion `left == right` failed: an update is lost …
/// ```
pub fn explore<R: Debug>(body: impl Fn() -> R + Send + Sync + 'static) -> Exploration {
    let body = Arc::new(body);
    let once = |seed, is_drawn| {
        let body = Arc::clone(&body);
        replay_with(seed, is_drawn, move || body())
    };
    let first = once(0, false);
    let usual = first.ending.clone();
    let returns = |ending: &Ending| matches!(ending, Ending::Returned(_));
    let is_fault = |run: &Replay| !returns(&run.ending) || (returns(&usual) && run.ending != usual);
    let mut found = Some(first).filter(is_fault);
    let mut tried = 1;
    let mut end = if found.is_some() { MORE } else { SCHEDULES };
    while tried < end {
        let run = once(tried, false);
        tried += 1;
        if !is_fault(&run) {
            continue;
        }
        match &found {
            None => end = tried + MORE,
            Some(shortest) if run.switches >= shortest.switches => continue,
            Some(_) => {}
        }
        found = Some(run);
    }
    Exploration {
        tried,
        usual,
        found: found.map(|shortest| once(shortest.seed, true)),
    }
}

impl Replay {
    /// The seed of the schedule.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How the run ended.
    #[must_use]
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// What each thread did, turn by turn. Empty within a recording of [`timeline`](crate::timeline()).
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Shows how the run ended and its picture at this place among a cell's output, or prints both where there is no
    /// notebook.
    pub fn show(&self) {
        self.show_below(self);
    }

    /// Shows a line, who waits for whom if nobody could go on, and the picture.
    fn show_below(&self, line: &dyn fmt::Display) {
        let ring = match &self.ending {
            Ending::Deadlock(waits) => deadlock::draw(waits),
            _ => String::new(),
        };
        show(line, &ring, &self.timeline);
    }

    /// Shows itself as the value of a cell's last expression; evcxr and ferrocell call this.
    pub fn evcxr_display(&self) {
        self.show();
    }

    /// How often another thread went on than the one before.
    #[must_use]
    pub fn switches(&self) -> u64 {
        self.switches
    }
}

impl Exploration {
    /// How many schedules were tried.
    #[must_use]
    pub fn tried(&self) -> u64 {
        self.tried
    }

    /// Shows what was found and its picture at this place among a cell's output, or prints both where there is no
    /// notebook.
    pub fn show(&self) {
        match &self.found {
            Some(found) => found.show_below(self),
            None => println!("{self}"),
        }
    }

    /// Shows itself as the value of a cell's last expression; evcxr and ferrocell call this.
    pub fn evcxr_display(&self) {
        self.show();
    }

    /// The shortest run that was found to end otherwise than it should: with a panic or deadlock, or otherwise than
    /// others. `None` if there was none.
    #[must_use]
    pub fn replay(&self) -> Option<&Replay> {
        self.found.as_ref()
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(value) => write!(f, "the result is {value}"),
            Self::Panicked { thread, message } => write!(f, "{thread} panics: {message}"),
            Self::Deadlock(waits) => {
                let reasons: Vec<_> = waits.iter().map(Blocked::to_string).collect();
                write!(f, "nobody can go on: {}", reasons.join(", "))
            }
        }
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "With seed {}, {}", self.seed, self.ending)
    }
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Some(found) => write!(f, "{found}")?,
            None => write!(f, "With every seed, {}", self.usual)?,
        }
        if let (
            Some(Replay {
                ending: Ending::Returned(_),
                ..
            }),
            usual,
        ) = (&self.found, &self.usual)
        {
            write!(f, "; with others, {usual}")?;
        }
        write!(f, " ({} schedules tried)", self.tried)
    }
}

/// The line and the picture.
impl Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}\n{}", self.timeline)
    }
}

/// The line, and the picture of what was found.
impl Debug for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match &self.found {
            Some(found) => write!(f, "\n{}", found.timeline),
            None => Ok(()),
        }
    }
}
