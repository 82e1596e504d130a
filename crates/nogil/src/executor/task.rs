//! What a future's handles, its pool and the worker that runs it share.

use super::completions::Completions;
use super::error::{FutureError, SubmitError};
use super::future::Future;
use super::spin;
use crate::input::Desk;
use crate::sync::monitor::{Entered, Monitor};
use crate::sync::primitives::AtomicBool;
use crate::thread::{Cell, ExitGuard, Target, discard};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// The only condition anybody waits for in a task.
const DONE: usize = 0;

/// It has reported its panic.
pub(super) type Callback<T> = Box<dyn FnOnce(&Future<T>) + Send>;

/// One submitted function on its way to its result.
pub(super) struct Task<T> {
    state: Monitor<State<T>>,
    /// Set after the phase, when others may hear that the task is done: its worker is free then.
    announced: AtomicBool,
    desk: Arc<Desk>,
    /// The one that has submitted it.
    cell: Cell,
}

struct State<T> {
    phase: Phase<T>,
    callbacks: Vec<Callback<T>>,
    watchers: Vec<(Arc<Completions>, usize)>,
}

enum Phase<T> {
    Pending(Target<T>, ExitGuard),
    Running,
    Cancelled,
    Done(T),
    Taken,
    Failed(FutureError),
}

/// A task as its pool sees it, whatever its result is.
pub(super) trait Work: Send + Sync {
    /// The cell for which a worker does all of this.
    fn cell(&self) -> Cell;

    /// Runs the function on the calling thread unless it was cancelled. Whoever waits sleeps on until
    /// [`announce`](Self::announce). If there are callbacks to run after that, the program's end has to wait for them:
    /// the answer is what holds it.
    fn perform(&self) -> Option<ExitGuard>;

    /// Wakes whoever waits.
    fn announce(&self);

    /// Runs the callbacks in the order in which they were added.
    fn call_back(self: Arc<Self>);

    /// Cancels the task if it has not been run; the answer says whether it is cancelled now.
    fn cancel(self: Arc<Self>) -> bool;

    /// Ends a pending task whose pool will not run it.
    fn reject(self: Arc<Self>, error: SubmitError);
}

impl<T: Send + 'static> Task<T> {
    pub(super) fn new(target: Target<T>, desk: Arc<Desk>) -> Self {
        Self {
            state: Monitor::new(
                State {
                    phase: Phase::Pending(target, ExitGuard::new()),
                    callbacks: Vec::new(),
                    watchers: Vec::new(),
                },
                &["a result"],
            ),
            announced: AtomicBool::new(false),
            desk,
            cell: Cell::current(),
        }
    }

    /// Ends a pending task with `phase`; the answer says whether it was pending.
    fn end_pending(self: Arc<Self>, phase: Phase<T>) -> bool {
        let mut state = self.state.enter();
        if !matches!(state.phase, Phase::Pending(..)) {
            return false;
        }
        let pending = mem::replace(&mut state.phase, phase);
        drop(state);
        self.announce();
        // What the function owns may have destructors that look at this future.
        discard(pending);
        self.call_back();
        true
    }
}

impl<T> Task<T> {
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    pub(super) fn state_name(&self) -> &'static str {
        match self.state.enter().phase {
            Phase::Pending(..) => "pending",
            Phase::Cancelled => "cancelled",
            Phase::Done(_) | Phase::Taken | Phase::Failed(_) if self.is_done() => "finished",
            Phase::Running | Phase::Done(_) | Phase::Taken | Phase::Failed(_) => "running",
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.state_name() == "running"
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self.state.enter().phase, Phase::Cancelled)
    }

    pub(super) fn is_done(&self) -> bool {
        self.announced.load(Ordering::Acquire)
    }

    /// Whether the task has failed otherwise than by being cancelled.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state.enter().phase, Phase::Failed(_))
    }

    /// Waits until the task is done.
    fn wait(&self, deadline: Option<Instant>) -> Result<Entered<'_, State<T>>, FutureError> {
        if !self.is_done() {
            spin::until(|| self.is_done());
        }
        Desk::serve_while(std::iter::once(&*self.desk), deadline, |until| {
            let state = self.state.enter();
            state.wait_until(DONE, until, |_| !self.is_done())
        })
        .ok_or(FutureError::Timeout)
    }

    pub(super) fn take_result(&self, deadline: Option<Instant>) -> Result<T, FutureError> {
        let mut state = self.wait(deadline)?;
        match mem::replace(&mut state.phase, Phase::Taken) {
            Phase::Done(value) => Ok(value),
            Phase::Taken => Err(FutureError::Taken),
            failure => {
                let error = failure.error();
                state.phase = failure;
                Err(error.expect("a task that is done and has no value has failed"))
            }
        }
    }

    pub(super) fn failure(
        &self,
        deadline: Option<Instant>,
    ) -> Result<Option<FutureError>, FutureError> {
        Ok(self.wait(deadline)?.phase.error())
    }

    /// Has `callback` run when the task is done; gives it back if it is done already.
    pub(super) fn add_callback(&self, callback: Callback<T>) -> Result<(), Callback<T>> {
        let mut state = self.state.enter();
        if !state.is_settled() {
            state.callbacks.push(callback);
            return Ok(());
        }
        // It finds the future done.
        state.wait_until(DONE, None, |_| !self.is_done());
        Err(callback)
    }

    /// Has `completions` hear under the name `index` when the task is done, at once if it is.
    pub(super) fn watch(&self, completions: &Arc<Completions>, index: usize) {
        let mut state = self.state.enter();
        if self.is_done() {
            drop(state);
            completions.push(index);
        } else {
            state.watchers.push((Arc::clone(completions), index));
        }
    }

    pub(super) fn unwatch(&self, completions: &Arc<Completions>) {
        self.state
            .enter()
            .watchers
            .retain(|(watcher, _)| !Arc::ptr_eq(watcher, completions));
    }
}

impl<T: Send + 'static> Work for Task<T> {
    fn cell(&self) -> Cell {
        self.cell
    }

    fn perform(&self) -> Option<ExitGuard> {
        let mut state = self.state.enter();
        if !matches!(state.phase, Phase::Pending(..)) {
            return None;
        }
        let Phase::Pending(target, hold) = mem::replace(&mut state.phase, Phase::Running) else {
            unreachable!("the phase was looked at under this lock");
        };
        drop(state);
        let calls_back = hold.during(|| {
            let phase = match target.run(false) {
                Ok(value) => Phase::Done(value),
                Err(panicked) => Phase::Failed(panicked.into()),
            };
            let mut state = self.state.enter();
            state.phase = phase;
            !state.callbacks.is_empty()
        });
        calls_back.then_some(hold)
    }

    fn announce(&self) {
        if self.announced.swap(true, Ordering::Release) {
            return;
        }
        let mut state = self.state.enter();
        let watchers = mem::take(&mut state.watchers);
        state.leave_notifying(DONE, usize::MAX);
        for (completions, index) in watchers {
            completions.push(index);
        }
    }

    fn call_back(self: Arc<Self>) {
        let callbacks = mem::take(&mut self.state.enter().callbacks);
        let future = Future::new(self);
        callbacks.into_iter().for_each(|callback| callback(&future));
    }

    fn cancel(self: Arc<Self>) -> bool {
        Arc::clone(&self).end_pending(Phase::Cancelled) || self.is_cancelled()
    }

    fn reject(self: Arc<Self>, error: SubmitError) {
        self.end_pending(Phase::Failed(error.into()));
    }
}

impl<T> State<T> {
    /// Whether it stands how the task ends, though perhaps nobody may hear of it yet.
    fn is_settled(&self) -> bool {
        !matches!(self.phase, Phase::Pending(..) | Phase::Running)
    }
}

impl<T> Phase<T> {
    fn error(&self) -> Option<FutureError> {
        match self {
            Self::Cancelled => Some(FutureError::Cancelled),
            Self::Failed(error) => Some(error.clone()),
            Self::Pending(..) | Self::Running | Self::Done(_) | Self::Taken => None,
        }
    }
}
