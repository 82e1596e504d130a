//! Which request each cell came from.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::language::CellId;
use crate::wire::Origin;

/// The request behind every cell that was run, so that late output and late questions find their way. It grows by one
/// request header (a few hundred bytes) per execution and never forgets, for a thread may live as long as the kernel.
#[derive(Default)]
pub(crate) struct Cells {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    asked: HashMap<CellId, Arc<Asked>>,
    uncounted: u64,
    latest: CellId,
    running: bool,
}

/// The part of an `execute_request` that outlives its execution.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) origin: Origin,
    pub(crate) allow_stdin: bool,
}

impl Inner {
    fn begin(&mut self, count: Option<usize>, asked: Arc<Asked>) -> CellId {
        let cell = match count {
            Some(count) => CellId(count as u64),
            None => {
                self.uncounted += 1;
                CellId(CellId::UNCOUNTED + self.uncounted)
            }
        };
        self.asked.insert(cell, asked);
        self.latest = cell;
        self.running = true;
        cell
    }
}

impl Cells {
    /// Notes that an execution starts, with its count if it has one.
    pub(crate) fn begin(&self, count: Option<usize>, asked: Arc<Asked>) -> CellId {
        self.lock().begin(count, asked)
    }

    /// As [`begin`](Self::begin), unless the request was withdrawn. An interrupt withdraws first and then asks which cell
    /// runs, so either it is seen here, or it sees the cell.
    pub(crate) fn begin_unless(
        &self,
        is_withdrawn: impl FnOnce() -> bool,
        count: Option<usize>,
        asked: Arc<Asked>,
    ) -> Option<CellId> {
        let mut inner = self.lock();
        (!is_withdrawn()).then(|| inner.begin(count, asked))
    }

    /// Notes that the latest execution has ended.
    pub(crate) fn end(&self) {
        self.lock().running = false;
    }

    /// The cell that runs, if one does.
    pub(crate) fn running(&self) -> Option<CellId> {
        let inner = self.lock();
        inner.running.then_some(inner.latest)
    }

    /// The request of a cell. What belongs to no known cell is taken as the latest one's.
    pub(crate) fn asked(&self, cell: CellId) -> Arc<Asked> {
        let inner = self.lock();
        inner
            .asked
            .get(&cell)
            .or_else(|| inner.asked.get(&inner.latest))
            .cloned()
            .unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_runs_if_its_request_was_not_withdrawn_and_nobody_can_look_in_between() {
        let cells = Cells::default();
        let begun = cells.begin_unless(|| true, Some(1), Arc::default());
        assert_eq!((begun, cells.running()), (None, None));
        let is_withdrawn = || {
            assert!(cells.inner.try_lock().is_err());
            false
        };
        let begun = cells.begin_unless(is_withdrawn, Some(1), Arc::default());
        assert_eq!((begun, cells.running()), (Some(CellId(1)), Some(CellId(1))));
    }
}
