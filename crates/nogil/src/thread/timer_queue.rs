//! The one thread that waits for all timers.

use super::Cell;
use super::forks;
use super::idle_threads::IdleThreads;
use super::timer::Pending;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io;
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Below this many cancelled entries, sweeping them out would cost more than keeping them.
const FEW: usize = 64;

/// All pending timers in the order in which they are due.
///
/// A cancelled timer's entry stays in the heap, empty, until such entries are the greater half; then all of them are
/// swept out at once. So cancelling costs constant time on average, and memory stays within twice what is pending.
#[derive(Default)]
pub(super) struct TimerQueue {
    schedule: Mutex<Schedule>,
    earlier: Condvar,
    threads: Arc<IdleThreads>,
}

#[derive(Default)]
struct Schedule {
    entries: BinaryHeap<Entry>,
    sequence: u64,
    cancelled: usize,
    /// After how many forks the timer thread was started, if there is one.
    forks: Option<u32>,
    /// When the timer thread will look next by itself; `None` while it waits without limit.
    wakes: Option<Instant>,
}

struct Entry {
    due: Instant,
    sequence: u64,
    timer: Arc<Pending>,
    /// The one that has started the timer.
    cell: Cell,
}

impl TimerQueue {
    /// The queue of this crate. Timers carry it, because another cell of a notebook may see another one.
    pub(super) fn of_the_crate() -> Arc<Self> {
        static QUEUE: LazyLock<Arc<TimerQueue>> = LazyLock::new(Arc::default);
        Arc::clone(&QUEUE)
    }

    /// Has `timer` fire at `due`.
    pub(super) fn push(self: &Arc<Self>, due: Instant, timer: Arc<Pending>) -> io::Result<()> {
        // Freed without the lock.
        let _lost;
        let mut schedule = self.schedule();
        let forks = Some(forks());
        if schedule.forks != forks {
            // In a fork of a process there are none of its threads, and to their users timers are threads.
            _lost = std::mem::take(&mut *schedule).entries;
            let queue = Arc::clone(self);
            std::thread::Builder::new()
                .name("nogil-timer".to_owned())
                .spawn(move || queue.wait_for_timers())?;
            schedule.forks = forks;
            // The new thread looks before it waits.
            schedule.wakes = Some(due);
        }
        let sequence = schedule.sequence;
        schedule.sequence += 1;
        schedule.entries.push(Entry {
            due,
            sequence,
            timer,
            cell: Cell::current(),
        });
        if schedule.wakes.is_none_or(|wakes| due < wakes) {
            schedule.wakes = Some(due);
            self.earlier.notify_one();
        }
        Ok(())
    }

    /// Hears that one of the pending timers has been cancelled.
    pub(super) fn note_cancelled(&self) {
        let mut schedule = self.schedule();
        schedule.cancelled += 1;
        if schedule.cancelled < FEW || schedule.cancelled * 2 < schedule.entries.len() {
            return;
        }
        schedule.cancelled = 0;
        let (kept, swept) = std::mem::take(&mut schedule.entries)
            .into_iter()
            .partition::<Vec<_>, _>(|entry| entry.timer.is_pending());
        schedule.entries = kept.into();
        drop(schedule);
        // Freed here, without the lock.
        drop(swept);
    }

    fn wait_for_timers(&self) {
        let mut schedule = self.schedule();
        loop {
            let now = Instant::now();
            let mut due = Vec::new();
            while let Some(entry) = schedule.entries.peek()
                && entry.due <= now
            {
                let entry = schedule.entries.pop();
                match entry.and_then(|Entry { timer, cell, .. }| timer.take_job(cell)) {
                    Some(job) => due.push(job),
                    None => schedule.cancelled = schedule.cancelled.saturating_sub(1),
                }
            }
            if !due.is_empty() {
                drop(schedule);
                due.into_iter().for_each(|job| self.threads.run(job));
                schedule = self.schedule();
                continue;
            }
            schedule.wakes = schedule.entries.peek().map(|entry| entry.due);
            schedule = match schedule.wakes {
                None => self
                    .earlier
                    .wait(schedule)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(due) => {
                    self.earlier
                        .wait_timeout(schedule, due.saturating_duration_since(Instant::now()))
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
            };
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The greatest entry, which a heap gives first, is the one due first; of those due together, the one started first.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.due, other.sequence).cmp(&(self.due, self.sequence))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}
