//! The one place where this crate's queues and synchronisation types block.
//!
//! A [`Monitor`] owns a state, the lock around it and the conditions a thread may wait for, as
//! Python's `queue.Queue` owns one mutex and three `Condition`s over it. It never runs user code
//! while it sleeps and never notifies while it holds the lock. Every wait but
//! [`wait_for_work`](Entered::wait_for_work) unwinds when the thread is [interrupted](crate::interrupt).

use std::array;
use std::ops::{Deref, DerefMut};
use std::sync::{PoisonError, TryLockError};
use std::time::{Duration, Instant};

use crate::hooks;
use crate::interrupt;
use crate::schedule::{self, Event, Place};
use crate::sync::primitives::{Condvar, Mutex, MutexGuard};
use crate::sync::questions::Questions;
use crate::sync::waits::{self, Holder};
use crate::time::{deadline_after, now};
use crate::timeline;

/// A state behind a lock, with `CONDITIONS` conditions to wait for, addressed by index.
pub(crate) struct Monitor<S, const CONDITIONS: usize = 1> {
    inner: Mutex<Inner<S, CONDITIONS>>,
    condvars: [Condvar; CONDITIONS],
    /// Who has locked the state.
    locker: Holder,
    /// Who has what others wait for, if that is one thread.
    holder: Holder,
    /// What those who wait for each condition wait for, in words.
    awaited: &'static [&'static str; CONDITIONS],
    questions: Questions,
}

struct Inner<S, const CONDITIONS: usize> {
    state: S,
    sleepers: [Sleepers; CONDITIONS],
}

/// Who waits for one condition, counted under the lock, so that notifying costs a system call only
/// when somebody sleeps who has not been woken yet.
///
/// A sleeper that leaves early (its time is up, or it woke for no reason) takes one wake-up with it
/// if there is one. So `woken` never exceeds the sleepers that are awake or about to be woken, and
/// `asleep == woken` means that nobody sleeps for good.
#[derive(Clone, Copy, Default)]
struct Sleepers {
    asleep: usize,
    woken: usize,
}

impl Sleepers {
    fn unwoken(&self) -> usize {
        self.asleep - self.woken
    }

    /// One of them is awake.
    fn rise(&mut self) {
        self.asleep -= 1;
        self.woken = self.woken.saturating_sub(1);
    }
}

impl<S, const CONDITIONS: usize> Monitor<S, CONDITIONS> {
    pub(crate) fn new(state: S, awaited: &'static [&'static str; CONDITIONS]) -> Self {
        Self {
            inner: Mutex::new(Inner {
                state,
                sleepers: [Sleepers::default(); CONDITIONS],
            }),
            condvars: array::from_fn(|_| Condvar::new()),
            locker: Holder::default(),
            holder: Holder::default(),
            awaited,
            questions: Questions::new(),
        }
    }

    /// Locks the state. A panic under the lock (in an item's comparison, say) does not poison it,
    /// because each holder leaves the state whole at every point where foreign code can run.
    #[inline]
    pub(crate) fn enter(&self) -> Entered<'_, S, CONDITIONS> {
        if hooks::is_active() {
            return self.enter_in_turn();
        }
        self.entered(self.try_lock().unwrap_or_else(|| self.lock()))
    }

    /// Locks the state if it is free.
    pub(crate) fn try_enter(&self) -> Option<Entered<'_, S, CONDITIONS>> {
        let place = schedule::place();
        if let Some(place) = &place {
            place.point();
        }
        let inner = self.try_lock()?;
        if let Some(place) = &place {
            place.hold(self.event(CONDITIONS), false);
        }
        Some(self.entered(inner))
    }

    fn entered<'a>(
        &'a self,
        inner: MutexGuard<'a, Inner<S, CONDITIONS>>,
    ) -> Entered<'a, S, CONDITIONS> {
        self.locker.hold();
        Entered {
            monitor: self,
            inner,
        }
    }

    #[inline]
    fn try_lock(&self) -> Option<MutexGuard<'_, Inner<S, CONDITIONS>>> {
        match self.inner.try_lock() {
            Ok(inner) => Some(inner),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Locks the state once it is free.
    #[cold]
    fn lock(&self) -> MutexGuard<'_, Inner<S, CONDITIONS>> {
        let _noted = self.locker.wait("a lock");
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn enter_in_turn(&self) -> Entered<'_, S, CONDITIONS> {
        let place = schedule::place();
        if let Some(place) = &place {
            place.point();
        }
        Entered {
            monitor: self,
            inner: self.lock_in_turn(place.as_ref()),
        }
    }

    /// Locks the state, and lets others go on in the schedule while one of them holds it.
    fn lock_in_turn(&self, place: Option<&Place>) -> MutexGuard<'_, Inner<S, CONDITIONS>> {
        let mut noted = None;
        loop {
            if let Some(inner) = self.try_lock() {
                if let Some(place) = place {
                    place.hold(self.event(CONDITIONS), false);
                }
                return inner;
            }
            noted.get_or_insert_with(|| timeline::sleeping("a lock"));
            match place.filter(|place| !place.is_over()) {
                Some(place) => place.wait_for_lock(self.event(CONDITIONS)),
                None => return self.inner.lock().unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Tells schedules and time lines that up to `count` of those who wait for `condition` are woken.
    fn tell(&self, condition: usize, count: usize) {
        if hooks::is_active() {
            timeline::notifies(self.event(condition));
            if let Some(place) = schedule::place() {
                place.wake(self.event(condition), count);
            }
        }
    }

    /// Tells a schedule that the calling thread has what others wait for, alone or beside others.
    pub(crate) fn tell_held(&self, condition: usize, is_shared: bool) {
        if !is_shared {
            self.holder.hold();
        }
        if let Some(place) = schedule::place() {
            place.hold(self.event(condition), is_shared);
        }
    }

    /// Tells a schedule that somebody has it no more.
    pub(crate) fn tell_let_go(&self, condition: usize) {
        if let Some(place) = schedule::place() {
            place.let_go(self.event(condition));
        }
    }

    /// What a thread waits for, as schedules and time lines tell it from others; the lock is behind the last condition.
    fn event(&self, condition: usize) -> Event {
        (std::ptr::from_ref(self).addr(), condition)
    }
}

/// The locked state of a [`Monitor`]; dropping it unlocks.
pub(crate) struct Entered<'a, S, const CONDITIONS: usize = 1> {
    monitor: &'a Monitor<S, CONDITIONS>,
    inner: MutexGuard<'a, Inner<S, CONDITIONS>>,
}

impl<S, const CONDITIONS: usize> Entered<'_, S, CONDITIONS> {
    /// Waits for `condition` until `blocked` no longer holds: for ever without a `timeout`, not at
    /// all with a timeout of zero. The flag says whether `blocked` ended in time.
    #[inline]
    pub(crate) fn wait_while(
        mut self,
        condition: usize,
        timeout: Option<Duration>,
        mut blocked: impl FnMut(&mut S) -> bool,
    ) -> (Self, bool) {
        if !blocked(&mut self) {
            (self, true)
        } else if timeout == Some(Duration::ZERO) {
            (self, false)
        } else if Questions::are_mine() {
            self.serve_while(condition, deadline_after(timeout), blocked)
        } else {
            self.sleep_while(condition, deadline_after(timeout), &mut blocked)
        }
    }

    /// Sleeps like [`sleep_while`](Self::sleep_while), on the thread that asks the questions of the
    /// others. Nobody may be kept from the state while the user types, so the lock is given back
    /// between two looks at it.
    #[cold]
    fn serve_while(
        self,
        condition: usize,
        deadline: Option<Instant>,
        mut blocked: impl FnMut(&mut S) -> bool,
    ) -> (Self, bool) {
        let monitor = self.monitor;
        drop(self);
        let unblocked = monitor.questions.serve_while(deadline, |until| {
            monitor.enter().wait_until(condition, until, &mut blocked)
        });
        match unblocked {
            Some(entered) => (entered, true),
            None => {
                let mut entered = monitor.enter();
                let unblocked = !blocked(&mut entered);
                (entered, unblocked)
            }
        }
    }

    /// Waits for `condition` until `blocked` no longer holds, and gives the lock up at `deadline`.
    /// For a caller that sees to the questions of the others itself.
    #[inline]
    pub(crate) fn wait_until(
        mut self,
        condition: usize,
        deadline: Option<Instant>,
        mut blocked: impl FnMut(&mut S) -> bool,
    ) -> Option<Self> {
        if !blocked(&mut self) {
            return Some(self);
        }
        let (entered, unblocked) = self.sleep_while(condition, deadline, &mut blocked);
        unblocked.then_some(entered)
    }

    /// Sleeps until `blocked` no longer holds or `deadline` passes; the flag says which.
    #[cold]
    fn sleep_while(
        mut self,
        condition: usize,
        deadline: Option<Instant>,
        blocked: &mut impl FnMut(&mut S) -> bool,
    ) -> (Self, bool) {
        let monitor = self.monitor;
        let _noted = monitor.holder.wait(monitor.awaited[condition]);
        let mut in_time = true;
        while blocked(&mut self) {
            if !in_time {
                return (self, false);
            }
            (self, in_time) = self.sleep(condition, deadline);
        }
        (self, true)
    }

    /// Waits for `condition` until `blocked` no longer holds, on a thread of the crate itself, which no user interrupts.
    pub(crate) fn wait_for_work(
        mut self,
        condition: usize,
        mut blocked: impl FnMut(&mut S) -> bool,
    ) -> Self {
        while blocked(&mut self) {
            (self, _) = self.doze(condition, None);
        }
        self
    }

    /// Waits for one notification of `condition`, or for no reason at all: the operating system may
    /// wake a sleeper at will, and the thread that asks the questions of the others looks for them
    /// from time to time. The flag says whether it came in time.
    pub(crate) fn wait(self, condition: usize, timeout: Option<Duration>) -> (Self, bool) {
        let deadline = deadline_after(timeout);
        if !Questions::are_mine() {
            return self.sleep(condition, deadline);
        }
        let monitor = self.monitor;
        drop(self);
        let entered = monitor
            .questions
            .serve_while(deadline, |until| {
                Some(monitor.enter().sleep(condition, until).0)
            })
            .expect("the first round ends the wait");
        let in_time = deadline.is_none_or(|deadline| now() < deadline);
        (entered, in_time)
    }

    /// Sleeps like [`doze`](Self::doze), and unwinds if the thread is interrupted.
    #[cold]
    fn sleep(self, condition: usize, deadline: Option<Instant>) -> (Self, bool) {
        let (entered, in_time) = self.doze(condition, deadline);
        if !interrupt::is_requested() {
            return (entered, in_time);
        }
        let monitor = entered.monitor;
        // What woke this thread may have been meant for one that can make use of it.
        entered.leave_notifying(condition, 1);
        waits::show();
        interrupt::checkpoint();
        (monitor.enter(), in_time)
    }

    /// Sleeps until somebody notifies `condition` or `deadline` passes, or for no time at all; the flag says whether there
    /// is time left.
    fn doze(mut self, condition: usize, deadline: Option<Instant>) -> (Self, bool) {
        self.inner.sleepers[condition].asleep += 1;
        let monitor = self.monitor;
        let _noted = timeline::waiting(monitor.awaited[condition], monitor.event(condition));
        if let Some(place) = schedule::place() {
            return self.doze_in_turn(&place, condition, deadline);
        }
        let condvar = &monitor.condvars[condition];
        let mut in_time = true;
        self.inner = match deadline {
            None => condvar
                .wait(self.inner)
                .unwrap_or_else(PoisonError::into_inner),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                let (inner, _) = condvar
                    .wait_timeout(self.inner, left)
                    .unwrap_or_else(PoisonError::into_inner);
                in_time = Instant::now() < deadline;
                inner
            }
        };
        monitor.locker.hold();
        self.inner.sleepers[condition].rise();
        (self, in_time)
    }

    /// [`doze`](Self::doze), in simulated time.
    fn doze_in_turn(
        self,
        place: &Place,
        condition: usize,
        deadline: Option<Instant>,
    ) -> (Self, bool) {
        let monitor = self.monitor;
        drop(self);
        let what = monitor.awaited[condition];
        let in_time = place.wait(monitor.event(condition), what, deadline);
        let mut inner = monitor.lock_in_turn(Some(place));
        inner.sleepers[condition].rise();
        (Self { monitor, inner }, in_time)
    }

    /// How many threads wait and have not been woken yet.
    pub(crate) fn waiting(&self) -> usize {
        let sleepers = &self.inner.sleepers;
        sleepers.iter().map(Sleepers::unwoken).sum()
    }

    /// Unlocks, and wakes up to `count` of those who wait for `condition`.
    #[inline]
    pub(crate) fn leave_notifying(self, condition: usize, count: usize) {
        if self.inner.sleepers[condition].unwoken() > 0 {
            self.leave_waking(condition, count);
        }
    }

    #[cold]
    fn leave_waking(mut self, condition: usize, count: usize) {
        let sleepers = &mut self.inner.sleepers[condition];
        let wake = count.min(sleepers.unwoken());
        sleepers.woken += wake;
        let everyone = sleepers.unwoken() == 0;
        let monitor = self.monitor;
        let condvar = &monitor.condvars[condition];
        // Whoever wakes needs the lock at once, so it is free before the call.
        drop(self);
        monitor.tell(condition, wake);
        if everyone {
            condvar.notify_all();
        } else {
            (0..wake).for_each(|_| condvar.notify_one());
        }
    }

    /// Unlocks, and wakes all who wait for any of the conditions.
    pub(crate) fn leave_notifying_all(mut self) {
        for sleepers in &mut self.inner.sleepers {
            sleepers.woken = sleepers.asleep;
        }
        let monitor = self.monitor;
        drop(self);
        (0..CONDITIONS).for_each(|condition| monitor.tell(condition, usize::MAX));
        monitor.condvars.iter().for_each(Condvar::notify_all);
    }
}

impl<S, const CONDITIONS: usize> Deref for Entered<'_, S, CONDITIONS> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.inner.state
    }
}

impl<S, const CONDITIONS: usize> DerefMut for Entered<'_, S, CONDITIONS> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.inner.state
    }
}
