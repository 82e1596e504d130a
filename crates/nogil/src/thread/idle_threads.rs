//! Threads that run one job after the other, kept for a while when there is none.

use super::forks;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a thread waits for its next job before it ends.
const KEEP: Duration = Duration::from_secs(5);

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// A stock of threads that grows whenever a job would have to wait for one: every job has a thread of its own.
#[derive(Default)]
pub(super) struct IdleThreads {
    stock: Mutex<Stock>,
    offered: Condvar,
}

#[derive(Default)]
struct Stock {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    /// After how many forks they were started.
    forks: u32,
}

impl IdleThreads {
    /// Runs `job` on an idle thread, or on a new one. When the system has no thread to give, the job waits for one
    /// that works, and without any the caller runs it.
    pub(super) fn run(self: &Arc<Self>, job: Job) {
        let mut stock = self.stock();
        let forks = forks();
        if stock.forks != forks {
            // In a fork of a process there are none of its threads.
            (stock.threads, stock.idle, stock.forks) = (0, 0, forks);
        }
        stock.jobs.push_back(job);
        if stock.idle >= stock.jobs.len() {
            self.offered.notify_one();
            return;
        }
        stock.threads += 1;
        drop(stock);
        let threads = Arc::clone(self);
        let spawned = std::thread::Builder::new()
            .name("nogil-timer-job".to_owned())
            .spawn(move || threads.work());
        if spawned.is_err() {
            self.run_without_thread();
        }
    }

    fn run_without_thread(&self) {
        let mut stock = self.stock();
        stock.threads -= 1;
        let job = if stock.threads == 0 {
            stock.jobs.pop_front()
        } else {
            None
        };
        drop(stock);
        if let Some(job) = job {
            job();
        }
    }

    fn work(&self) {
        let mut stock = self.stock();
        loop {
            if let Some(job) = stock.jobs.pop_front() {
                drop(stock);
                job();
                stock = self.stock();
                continue;
            }
            stock.idle += 1;
            let (woken, waited) = self
                .offered
                .wait_timeout_while(stock, KEEP, |stock| stock.jobs.is_empty())
                .unwrap_or_else(PoisonError::into_inner);
            stock = woken;
            stock.idle -= 1;
            if waited.timed_out() {
                stock.threads -= 1;
                return;
            }
        }
    }

    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
