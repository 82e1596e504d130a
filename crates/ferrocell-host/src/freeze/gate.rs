//! Lets threads into the handler while a round is open, and lets them go when it is over.
//!
//! A thread that blocks the signal takes it when it is ready, in the midst of a later round perhaps. So each signal carries
//! the number of its round, and only those of the round that is open let a thread in.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use crate::futex::{self, Reach};

/// The open round in the upper half, zero if none is; in the lower half how many threads were let in.
static OPEN: AtomicU64 = AtomicU64::new(0);
/// The latest round; those inside wait until it is over.
static ROUND: AtomicU32 = AtomicU32::new(1);
/// How many of those inside have stopped.
static STOPPED: AtomicU32 = AtomicU32::new(0);
/// How many will, as far as it is known.
static EXPECTED: AtomicU32 = AtomicU32::new(0);

/// Begins a round.
pub(super) fn open() -> u32 {
    let round = ROUND.load(SeqCst);
    STOPPED.store(0, SeqCst);
    EXPECTED.store(u32::MAX, SeqCst);
    OPEN.store(u64::from(round) << 32, SeqCst);
    round
}

/// Lets nobody in any more. Whoever was, has stopped.
pub(super) fn close() {
    let inside = OPEN.swap(0, SeqCst) as u32;
    // They only have to get there.
    while !wait(inside, Duration::from_secs(1)) {}
}

/// How many go at once. A thousand would keep each other, and whoever has stopped them, from running.
const AT_ONCE: u32 = 2;

/// Lets those inside go. Each that goes wakes the next.
pub(super) fn let_go() {
    // Zero means no round.
    let next = ROUND.load(SeqCst).checked_add(1).unwrap_or(1);
    ROUND.store(next, SeqCst);
    futex::wake(&ROUND, AT_ONCE, Reach::Process);
}

/// Waits until `count` threads have stopped, but not for longer than this; says whether they have.
pub(super) fn wait(count: u32, limit: Duration) -> bool {
    EXPECTED.store(count, SeqCst);
    let stopped = STOPPED.load(SeqCst);
    if stopped < count {
        futex::wait(&STOPPED, stopped, Some(limit), Reach::Process);
    }
    STOPPED.load(SeqCst) >= count
}

/// Lets the calling thread in, if the round of this number is open.
pub(super) fn enter(round: u32) -> bool {
    let let_in = |open: u64| (round != 0 && (open >> 32) as u32 == round).then(|| open + 1);
    OPEN.fetch_update(SeqCst, SeqCst, let_in).is_ok()
}

/// Says that the calling thread, which was let in, stops, and returns when the round is over.
pub(super) fn stay(round: u32) {
    // Only the last one wakes whoever waits for all.
    if STOPPED.fetch_add(1, SeqCst) + 1 == EXPECTED.load(SeqCst) {
        futex::wake(&STOPPED, 1, Reach::Process);
    }
    while ROUND.load(SeqCst) == round {
        futex::wait(&ROUND, round, None, Reach::Process);
    }
    futex::wake(&ROUND, 1, Reach::Process);
}
