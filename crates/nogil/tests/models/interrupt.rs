//! In place of a notebook's user, who interrupts a call when it wakes up.

use std::any::Any;
use std::cell::Cell;
use std::panic;

loom::thread_local! {
    static REQUESTED: Cell<bool> = Cell::new(false);
}

/// What unwinds such a thread.
struct Interrupt;

/// Runs a blocking call that is interrupted if it has to wait; `None` if it was.
pub(crate) fn interrupted<T>(call: impl FnOnce() -> T) -> Option<T> {
    REQUESTED.with(|requested| requested.set(true));
    let result = panic::catch_unwind(panic::AssertUnwindSafe(call));
    REQUESTED.with(|requested| requested.set(false));
    match result {
        Ok(value) => Some(value),
        Err(payload) if is_payload(&*payload) => None,
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// There is nobody who would want to see who waits for whom.
pub(crate) fn can_come() -> bool {
    false
}

pub(crate) fn is_requested() -> bool {
    REQUESTED.with(Cell::get)
}

pub(crate) fn checkpoint() {
    if is_requested() {
        panic::resume_unwind(Box::new(Interrupt));
    }
}

pub(crate) fn is_payload(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Interrupt>()
}
