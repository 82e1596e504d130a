//! The queue of a pool and the workers that empty it.

use super::error::SubmitError;
use super::spin;
use super::task::Work;
use crate::input::Desk;
use crate::sync::monitor::Monitor;
use crate::system;
use crate::thread::{Panicked, discard, forks, spawn};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A worker without a task waits for this.
const OFFERED: usize = 0;
/// Whoever shuts the pool down waits for this.
const EMPTIED: usize = 1;

/// What a worker runs first; it has reported its panic.
pub(super) type Initializer = Arc<dyn Fn() -> Result<(), Panicked> + Send + Sync>;

pub(super) struct Pool {
    pub(super) desk: Arc<Desk>,
    max_workers: usize,
    thread_name_prefix: String,
    initializer: Option<Initializer>,
    state: Monitor<State, 2>,
    /// How many tasks are queued, for a worker that looks without the lock.
    queued: AtomicUsize,
}

#[derive(Default)]
struct State {
    tasks: VecDeque<Arc<dyn Work>>,
    workers: Vec<u64>,
    hired: usize,
    /// How many of the workers are running a task.
    busy: usize,
    /// Whether a worker is looking for a task without sleeping. One at a time: more would only take the core from
    /// whoever is about to submit.
    searching: bool,
    /// Why no task is taken any more.
    refusal: Option<SubmitError>,
    /// After how many forks the workers were hired.
    forks: u32,
}

impl State {
    /// Forgets workers of the process that this one was forked from: none of its threads came along.
    fn forget_lost_workers(&mut self) {
        let forks = forks();
        if self.forks != forks {
            self.workers.clear();
            (self.busy, self.searching, self.forks) = (0, false, forks);
        }
    }
}

impl Pool {
    pub(super) fn new(
        desk: Arc<Desk>,
        max_workers: usize,
        thread_name_prefix: String,
        initializer: Option<Initializer>,
    ) -> Self {
        Self {
            desk,
            max_workers,
            thread_name_prefix,
            initializer,
            state: Monitor::new(State::default(), &["a task", "the workers"]),
            queued: AtomicUsize::new(0),
        }
    }

    /// What it is doing, as its `Debug` shows it.
    pub(super) fn describe(&self) -> String {
        let state = self.state.enter();
        let (busy, hired, most) = (state.busy, state.workers.len(), self.max_workers);
        let waiting = state.tasks.len();
        let closed = if state.refusal.is_some() {
            ", shut down"
        } else {
            ""
        };
        format!(
            "{}, {busy} of {hired} workers busy, at most {most}, {waiting} tasks waiting{closed}",
            self.thread_name_prefix
        )
    }

    /// Queues `tasks` and sees to it that there are workers for them, as far as the pool may have them.
    pub(super) fn submit(
        self: &Arc<Self>,
        tasks: impl IntoIterator<Item = Arc<dyn Work>>,
    ) -> Result<(), SubmitError> {
        let mut state = self.state.enter();
        if let Some(refusal) = &state.refusal {
            return Err(refusal.clone());
        }
        state.forget_lost_workers();
        state.tasks.extend(tasks);
        while state.tasks.len() > state.workers.len() - state.busy
            && state.workers.len() < self.max_workers
        {
            if let Err(error) = self.hire(&mut state) {
                if !state.workers.is_empty() {
                    // Those that are there will come to it.
                    break;
                }
                let tasks = mem::take(&mut state.tasks);
                drop(state);
                drop(tasks);
                return Err(SubmitError::Spawn(error.kind()));
            }
        }
        self.queued.store(state.tasks.len(), Ordering::Release);
        let unclaimed = state
            .tasks
            .len()
            .saturating_sub(usize::from(state.searching));
        state.leave_notifying(OFFERED, unclaimed);
        Ok(())
    }

    fn hire(self: &Arc<Self>, state: &mut State) -> io::Result<()> {
        let pool = Arc::clone(self);
        let name = format!("{}_{}", self.thread_name_prefix, state.hired);
        // What waits for its tasks waits for the worker, too.
        let worker = spawn(name, true, move || pool.work())?;
        state.workers.push(system::ident_of(&worker));
        state.hired += 1;
        Ok(())
    }

    fn work(&self) {
        match self
            .initializer
            .as_ref()
            .map_or(Ok(()), |initialize| initialize())
        {
            Ok(()) => self.run_tasks(),
            Err(_) => self.break_down(),
        }
        let mut state = self.state.enter();
        state
            .workers
            .retain(|worker| *worker != system::current_ident());
        if state.workers.is_empty() {
            state.leave_notifying(EMPTIED, usize::MAX);
        }
    }

    fn run_tasks(&self) {
        let mut searching = false;
        while let Some(task) = self.take(searching) {
            let cell = task.cell();
            searching = cell.during(|| self.run(task));
        }
    }

    fn run(&self, task: Arc<dyn Work>) -> bool {
        if let Some(hold) = task.perform() {
            task.announce();
            hold.during(|| Arc::clone(&task).call_back());
        }
        self.finish(task)
    }

    /// The next task; `None` when there will not be one.
    fn take(&self, searching: bool) -> Option<Arc<dyn Work>> {
        let mut state = self.state.enter();
        if searching {
            state.searching = false;
        }
        let mut state = state.wait_for_work(OFFERED, |state| {
            state.tasks.is_empty() && state.refusal.is_none()
        });
        let task = state.tasks.pop_front()?;
        state.busy += 1;
        self.queued.store(state.tasks.len(), Ordering::Release);
        Some(task)
    }

    /// Announces that `task` is done and looks for another one for a moment, unless another worker does already. The
    /// answer says whether it has looked.
    ///
    /// The worker is free before anybody hears of the result: so whoever submits one task after the other's result
    /// keeps one worker busy and does not wake or hire a second one.
    fn finish(&self, task: Arc<dyn Work>) -> bool {
        let mut state = self.state.enter();
        state.busy -= 1;
        let search = state.tasks.is_empty() && !state.searching && state.refusal.is_none();
        state.searching |= search;
        drop(state);
        task.announce();
        // Its result is dropped here if nobody has kept the future.
        discard(task);
        if search {
            spin::until(|| self.queued.load(Ordering::Acquire) > 0);
        }
        search
    }

    fn break_down(&self) {
        for task in self.refuse(SubmitError::Broken, true) {
            task.reject(SubmitError::Broken);
        }
    }

    /// Takes no further tasks, and cancels those that are queued if told so.
    pub(super) fn shut_down(&self, cancel_futures: bool) {
        for task in self.refuse(SubmitError::ShutDown, cancel_futures) {
            task.cancel();
        }
    }

    fn refuse(&self, refusal: SubmitError, clear: bool) -> VecDeque<Arc<dyn Work>> {
        let mut state = self.state.enter();
        state.refusal.get_or_insert(refusal);
        let tasks = if clear {
            mem::take(&mut state.tasks)
        } else {
            VecDeque::new()
        };
        state.leave_notifying(OFFERED, usize::MAX);
        tasks
    }

    /// Waits until the workers of a pool that was shut down have left. A worker does not wait: it would for itself.
    pub(super) fn join(&self) {
        let mut state = self.state.enter();
        state.forget_lost_workers();
        if state.workers.contains(&system::current_ident()) {
            return;
        }
        drop(state);
        Desk::serve_while(std::iter::once(&*self.desk), None, |until| {
            let state = self.state.enter();
            state
                .wait_until(EMPTIED, until, |state| !state.workers.is_empty())
                .map(drop)
        });
    }
}
