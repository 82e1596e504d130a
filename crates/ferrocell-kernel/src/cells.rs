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

impl Cells {
    /// Notes that an execution starts, with its count if it has one.
    pub(crate) fn begin(&self, count: Option<usize>, asked: Arc<Asked>) -> CellId {
        let mut inner = self.lock();
        let cell = match count {
            Some(count) => CellId(count as u64),
            None => {
                inner.uncounted += 1;
                CellId(CellId::UNCOUNTED + inner.uncounted)
            }
        };
        inner.asked.insert(cell, asked);
        inner.latest = cell;
        inner.running = true;
        cell
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
