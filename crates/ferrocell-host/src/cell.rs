//! Which cell a thread works for.
//!
//! The main thread works for the cell it runs, every other thread for the cell of the thread that created it. A thread
//! that does the work of others, like those of a pool, says for which cell.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::roll;

static RUNNING: AtomicU64 = AtomicU64::new(0);
static LATEST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// The cell of the calling thread. A thread that came to be behind our back counts to the latest cell.
pub(crate) fn current() -> u64 {
    match CURRENT.get() {
        0 => latest(),
        cell => cell,
    }
}

/// The cell that runs or, between cells, the one that ran last.
pub(crate) fn latest() -> u64 {
    LATEST.load(Ordering::Relaxed)
}

/// The cell that runs; zero between cells.
pub(crate) fn running() -> u64 {
    RUNNING.load(Ordering::Relaxed)
}

/// From now on the calling thread works for `cell`. Returns the one for which it has worked.
pub(crate) fn work_for(cell: u64) -> u64 {
    roll::note(cell);
    CURRENT.replace(cell)
}

/// The main thread begins to run `cell`.
pub(crate) fn begin(cell: u64) {
    work_for(cell);
    LATEST.store(cell, Ordering::Relaxed);
    RUNNING.store(cell, Ordering::Relaxed);
}

/// The main thread has ended its cell.
pub(crate) fn end() {
    RUNNING.store(0, Ordering::Relaxed);
}
