//! Which cell a thread works for.
//!
//! The main thread works for the cell it runs. A thread that a cell has made works for that cell for good. A thread that a
//! dependency has made is *shared*: it works for the cell that has handed over what it does. It says so itself, as those of
//! `nogil` do, or its stack tells.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{callers, registry};

static RUNNING: AtomicU64 = AtomicU64::new(0);
static LATEST: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The cell that the thread works for; zero if its stack tells.
    static CURRENT: Cell<u64> = const { Cell::new(0) };
    /// The cell of the thread that has created this one, a shared one; else zero.
    static CREATOR: Cell<u64> = const { Cell::new(0) };
}

/// Whether there has been a shared thread. As long as there is none, nobody looks at who hands something over.
static IS_ANY_SHARED: AtomicBool = AtomicBool::new(false);

/// The cell of the calling thread. A shared thread that does nothing of a cell's counts to the one that has created it, and
/// a thread that was not created through our `pthread_create` to the latest cell.
pub(crate) fn current() -> u64 {
    match CURRENT.get() {
        0 => callers::submitter().unwrap_or_else(|| match CREATOR.get() {
            0 => latest(),
            creator => creator,
        }),
        cell => cell,
    }
}

/// A shared thread is about to be created.
pub(crate) fn expect_shared() {
    IS_ANY_SHARED.store(true, Ordering::Relaxed);
}

/// The calling thread is a shared one, created for `cell`.
pub(crate) fn share(cell: u64) {
    CREATOR.set(cell);
}

/// The calling thread may be about to hand something over to a shared one: it wakes a thread, waits for one or makes one.
pub(crate) fn hand_over() {
    if IS_ANY_SHARED.load(Ordering::Relaxed) {
        callers::hand_over(Some(CURRENT.get()).filter(|cell| *cell != 0));
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
    registry::note(cell);
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
