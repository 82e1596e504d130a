//! Waiting for whichever of several futures is done first.

use super::future::Future;
use crate::input::Desk;
use crate::sync::monitor::Monitor;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// Where futures report, by index, that they are done.
pub(super) struct Completions(Monitor<VecDeque<usize>>);

const REPORTED: usize = 0;

impl Completions {
    pub(super) fn push(&self, index: usize) {
        let mut reported = self.0.enter();
        reported.push_back(index);
        reported.leave_notifying(REPORTED, 1);
    }
}

/// Distinct futures, and the place where those of them report that are still to be given out.
pub(super) struct Watch<T> {
    futures: Vec<Future<T>>,
    waiting: HashSet<usize>,
    completions: Arc<Completions>,
}

impl<T> Watch<T> {
    pub(super) fn new(futures: impl IntoIterator<Item = Future<T>>) -> Self {
        let mut seen = HashSet::new();
        let futures: Vec<_> = futures
            .into_iter()
            .filter(|future| seen.insert(future.address()))
            .collect();
        let completions = Arc::new(Completions(Monitor::new(VecDeque::new(), &["a result"])));
        for (index, future) in futures.iter().enumerate() {
            future.task().watch(&completions, index);
        }
        Self {
            waiting: (0..futures.len()).collect(),
            futures,
            completions,
        }
    }

    /// The next future that is done, in the order in which they were; `None` when none is left or the time is up.
    pub(super) fn next(&mut self, deadline: Option<Instant>) -> Option<&Future<T>> {
        if self.waiting.is_empty() {
            return None;
        }
        let desks = self
            .waiting
            .iter()
            .map(|index| self.futures[*index].task().desk());
        let index = Desk::serve_while(desks, deadline, |until| {
            let reported = self.completions.0.enter();
            reported
                .wait_until(REPORTED, until, |reported| reported.is_empty())?
                .pop_front()
        })?;
        self.waiting.remove(&index);
        Some(&self.futures[index])
    }

    /// How many are still to be given out.
    pub(super) fn remaining(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn futures(&self) -> &[Future<T>] {
        &self.futures
    }
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        for index in &self.waiting {
            self.futures[*index].task().unwatch(&self.completions);
        }
    }
}
