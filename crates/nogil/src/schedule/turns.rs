//! Whose turn it is.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::{system, timeline};

use super::deadlock::Blocked;
use super::standing::{Standing, standing};

/// What members wait for: a place in memory, and which of the events there.
pub(crate) type Event = (usize, usize);

/// How often the standing of a member is looked at before it counts: a thread that has just been woken may not have run.
const LOOKS: u32 = 3;

/// The turns of one run.
pub(super) struct Turns {
    inner: Mutex<Inner>,
    /// Something that whoever has started the run may want to know.
    changed: Condvar,
    begin: Instant,
}

struct Inner {
    members: Vec<Member>,
    /// Who has what others may wait for: a lock, a permit, its own end.
    holders: HashMap<Event, Vec<usize>>,
    /// Whose turn it is; nobody's if all who could go on are blocked outside of this crate.
    running: Option<usize>,
    /// Who had the turn last.
    last: usize,
    rng: Rng,
    /// How likely it is that who has the turn keeps it, out of 256.
    patience: u8,
    /// How likely it is that time passes though somebody could go on, out of 256.
    haste: u8,
    now: Duration,
    steps: u64,
    switches: u64,
    threads: usize,
    panics: Vec<(String, String)>,
    end: Option<End>,
}

struct Member {
    name: String,
    daemon: bool,
    state: State,
    is_late: bool,
    /// The thread's number in the system, once it has one.
    thread: Option<i32>,
    turn: Arc<Condvar>,
}

/// What a member does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    /// It can go on.
    Ready,
    /// It has found a lock taken, at this step.
    Locked { since: u64, lock: Event },
    /// It waits for an event, which is this in words, or for a moment.
    Waiting {
        event: Option<(Event, &'static str)>,
        until: Option<Duration>,
    },
    /// It blocks outside of this crate.
    Outside,
    /// It has ended.
    Ended,
}

/// How the turns ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    /// All members that are no daemons have ended.
    Finished,
    /// Nobody can go on, for these reasons.
    Deadlock(Vec<Blocked>),
    /// Whoever has started the run does not want it any more.
    GivenUp,
}

/// What remains of a run.
pub(super) struct Remains {
    pub(super) end: End,
    pub(super) switches: u64,
    pub(super) panics: Vec<(String, String)>,
}

impl Turns {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        // Some faults show when threads take turns at every step, others when one is held up for long.
        let patience = *rng.choice(&[0, 128, 192, 240]).expect("there are some");
        let haste = *rng.choice(&[0, 32]).expect("there are some");
        Self {
            inner: Mutex::new(Inner {
                members: Vec::new(),
                holders: HashMap::new(),
                running: None,
                last: 0,
                rng,
                patience,
                haste,
                now: Duration::ZERO,
                steps: 0,
                switches: 0,
                threads: 0,
                panics: Vec::new(),
                end: None,
            }),
            changed: Condvar::new(),
            begin: Instant::now(),
        }
    }

    /// A new member, which waits for its first turn.
    pub(super) fn join(&self, name: String, daemon: bool) -> usize {
        let mut inner = self.lock();
        inner.members.push(Member {
            name,
            daemon,
            state: State::Ready,
            is_late: false,
            thread: None,
            turn: Arc::default(),
        });
        inner.members.len() - 1
    }

    /// Waits for the member's first turn; there may be none.
    pub(super) fn begin(&self, member: usize) -> bool {
        let mut inner = self.lock();
        inner.members[member].thread = Some(system::thread_number());
        self.changed.notify_all();
        if inner.running.is_none() {
            self.pass_on(&mut inner);
        }
        self.wait_for_turn(inner, member).is_some()
    }

    /// Gives the turn up and waits for the next one, which comes in time or when the member's time is up. `None` if the
    /// turns have ended.
    pub(super) fn give_up(&self, member: usize, state: State) -> Option<bool> {
        let mut inner = self.lock();
        if inner.end.is_some() {
            return None;
        }
        if !matches!(state, State::Locked { .. }) {
            inner.steps += 1;
        }
        inner.members[member].state = state;
        if inner.running == Some(member) {
            inner = self.await_outsiders(inner, member);
        }
        if inner.running.is_none_or(|running| running == member) {
            self.pass_on(&mut inner);
        }
        let mut inner = self.wait_for_turn(inner, member)?;
        Some(!mem::take(&mut inner.members[member].is_late))
    }

    /// Takes a member out.
    pub(super) fn leave(&self, member: usize) {
        let mut inner = self.lock();
        inner.steps += 1;
        inner.members[member].state = State::Ended;
        let has_ended = |member: &Member| member.daemon || member.state == State::Ended;
        if inner.members.iter().all(has_ended) {
            self.end(&mut inner, End::Finished);
        } else if inner.end.is_none() && inner.running.is_none_or(|running| running == member) {
            self.pass_on(&mut inner);
        }
        self.changed.notify_all();
    }

    /// Wakes up to `count` members that wait for `event`.
    pub(super) fn wake(&self, event: Event, count: usize) {
        let mut inner = self.lock();
        let waits = |member: &Member| matches!(member.state, State::Waiting { event: Some((it, _)), .. } if it == event);
        let members = (0..inner.members.len()).filter(|member| waits(&inner.members[*member]));
        let mut members: Vec<_> = members.collect();
        inner.rng.shuffle(&mut members);
        for member in members.into_iter().take(count) {
            inner.members[member].state = State::Ready;
        }
    }

    /// A member has got what others may wait for, beside those who have it already or instead of them.
    pub(super) fn hold(&self, member: usize, event: Event, is_shared: bool) {
        let mut inner = self.lock();
        let holders = inner.holders.entry(event).or_default();
        if !is_shared {
            holders.clear();
        }
        holders.push(member);
    }

    /// One of those who have it, rather this member, has it no more.
    pub(super) fn let_go(&self, member: usize, event: Event) {
        let mut inner = self.lock();
        let holders = inner.holders.entry(event).or_default();
        let place = holders.iter().position(|holder| *holder == member);
        if !holders.is_empty() {
            holders.swap_remove(place.unwrap_or_default());
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.begin + self.lock().now
    }

    pub(super) fn since_begin(&self, moment: Instant) -> Duration {
        moment.saturating_duration_since(self.begin)
    }

    pub(super) fn steps(&self) -> u64 {
        self.lock().steps
    }

    pub(super) fn is_over(&self) -> bool {
        self.lock().end.is_some()
    }

    pub(super) fn draw(&self) -> u64 {
        self.lock().rng.u64(..)
    }

    pub(super) fn next_number(&self) -> usize {
        let mut inner = self.lock();
        inner.threads += 1;
        inner.threads
    }

    pub(super) fn note_panic(&self, thread: &str, message: &str) {
        let panic = (thread.to_owned(), message.to_owned());
        self.lock().panics.push(panic);
    }

    /// Ends the turns early.
    pub(super) fn give_up_all(&self) {
        self.end(&mut self.lock(), End::GivenUp);
    }

    /// Looks after the turns until they have ended and the members have left, but for those that nothing can wake;
    /// calls `look` from time to time.
    pub(super) fn supervise(&self, look: impl Fn()) -> Remains {
        const BEAT: Duration = Duration::from_millis(1);
        // How long to wait for those that unwind, in beats.
        let mut patience = 5_000;
        let mut asleep = 0;
        let mut before = None;
        loop {
            let inner = self.lock();
            let is_gone = |member: &Member| matches!(member.state, State::Ended | State::Outside);
            if let Some(end) = &inner.end {
                patience -= 1;
                if patience == 0 || inner.members.iter().all(is_gone) {
                    return Remains {
                        end: end.clone(),
                        switches: inner.switches,
                        panics: inner.panics.clone(),
                    };
                }
            }
            let (mut inner, _) = self
                .changed
                .wait_timeout(inner, BEAT)
                .unwrap_or_else(PoisonError::into_inner);
            if inner.end.is_none() {
                let now = (inner.running, inner.steps);
                let is_still = before.replace(now) == Some(now);
                asleep = if is_still && inner.standing() != Standing::Running {
                    asleep + 1
                } else {
                    0
                };
                if asleep >= LOOKS {
                    asleep = 0;
                    self.step_in(&mut inner);
                }
            }
            drop(inner);
            look();
        }
    }

    /// Does what the members cannot: the one with the turn sleeps, or nobody has it.
    fn step_in(&self, inner: &mut Inner) {
        match inner.running {
            Some(member) => {
                inner.members[member].state = State::Outside;
                if let Some(thread) = inner.members[member].thread {
                    timeline::blocked(thread);
                }
                self.pass_on(inner);
            }
            None if inner.standing() == Standing::Blocked => self.deadlock(inner),
            None => {}
        }
    }

    /// Waits until no member is on its way back from outside: what it does before its next turn may matter to others.
    fn await_outsiders<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        own: usize,
    ) -> MutexGuard<'a, Inner> {
        let mut looks = 0;
        loop {
            let is_coming = |(index, member): (usize, &Member)| {
                index != own
                    && member.state == State::Outside
                    && member
                        .thread
                        .is_some_and(|thread| standing(thread) == Standing::Running)
            };
            looks += 1;
            if looks > 200 || !inner.members.iter().enumerate().any(is_coming) {
                return inner;
            }
            let moment = Duration::from_micros(50);
            inner = self
                .changed
                .wait_timeout(inner, moment)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Chooses who goes on.
    fn pass_on(&self, inner: &mut Inner) {
        let can_go_on = |member: &Member| match member.state {
            State::Ready => true,
            State::Locked { since, .. } => since < inner.steps,
            _ => false,
        };
        let members = 0..inner.members.len();
        let mut candidates: Vec<_> = members
            .filter(|index| can_go_on(&inner.members[*index]))
            .collect();
        if candidates.is_empty() || inner.rng.u8(..) < inner.haste {
            let until = |member: &Member| match member.state {
                State::Waiting { until, .. } => until,
                _ => None,
            };
            let next = inner.members.iter().filter_map(until).min();
            if let Some(next) = next {
                inner.now = inner.now.max(next);
            } else if candidates.is_empty() {
                return self.nobody_can(inner);
            }
            for (index, member) in inner.members.iter_mut().enumerate() {
                if next.is_some() && until(member) == next {
                    (member.state, member.is_late) = (State::Ready, true);
                    candidates.push(index);
                }
            }
        }
        let keeps = candidates.contains(&inner.last) && inner.rng.u8(..) < inner.patience;
        let next = if keeps {
            inner.last
        } else {
            *inner.rng.choice(&candidates).expect("there are some")
        };
        if next != inner.last {
            inner.switches += 1;
        }
        inner.members[next].state = State::Ready;
        (inner.running, inner.last) = (Some(next), next);
        inner.members[next].turn.notify_all();
    }

    fn nobody_can(&self, inner: &mut Inner) {
        inner.running = None;
        // Whoever comes back from outside takes the turn.
        let is_outside = |member: &Member| member.state == State::Outside;
        if !inner.members.iter().any(is_outside) {
            self.deadlock(inner);
        }
    }

    /// Ends the turns, because all who are left wait for each other.
    fn deadlock(&self, inner: &mut Inner) {
        let waits = inner.members.iter().filter_map(|member| inner.why(member));
        let waits = waits.collect();
        self.end(inner, End::Deadlock(waits));
    }

    fn end(&self, inner: &mut Inner, end: End) {
        inner.end.get_or_insert(end);
        inner
            .members
            .iter()
            .for_each(|member| member.turn.notify_all());
        self.changed.notify_all();
    }

    fn wait_for_turn<'a>(
        &'a self,
        mut inner: MutexGuard<'a, Inner>,
        member: usize,
    ) -> Option<MutexGuard<'a, Inner>> {
        let turn = Arc::clone(&inner.members[member].turn);
        while inner.running != Some(member) {
            if inner.end.is_some() {
                return None;
            }
            inner = turn.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        Some(inner)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// What a member waits for that has not ended, now that nobody can go on.
    fn why(&self, member: &Member) -> Option<Blocked> {
        let (event, what) = match member.state {
            State::Ended => return None,
            State::Locked { lock, .. } => (Some(lock), "a lock"),
            State::Waiting {
                event: Some((event, what)),
                ..
            } => (Some(event), what),
            _ => (None, "something else"),
        };
        let holders = event.and_then(|event| self.holders.get(&event));
        let holders = holders.into_iter().flatten().map(|it| &self.members[*it]);
        let holders = holders.filter(|holder| holder.state != State::Ended);
        Some(Blocked {
            thread: member.name.clone(),
            what: what.to_owned(),
            holders: holders.map(|holder| holder.name.clone()).collect(),
        })
    }

    /// How the one with the turn stands, or else all who are outside: the least that can be said of all of them.
    fn standing(&self) -> Standing {
        let is_watched = |(index, member): &(usize, &Member)| match self.running {
            Some(running) => *index == running,
            None => member.state == State::Outside,
        };
        let watched = self.members.iter().enumerate().filter(is_watched);
        let standings = watched.map(|(_, member)| match member.thread {
            Some(thread) => standing(thread),
            // It has not begun.
            None => Standing::Running,
        });
        // If there are none, the first member has not begun.
        standings.min().unwrap_or(Standing::Running)
    }
}
