//! Runs the body of a cell.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::host::{self, Kind};
use crate::{Failure, panics};

/// How a body ended, as the host expects it from an entry point.
#[derive(Clone, Copy)]
enum Status {
    Ok = 0,
    Failed = 1,
    Panicked = 2,
    Interrupted = 3,
}

/// What unwinds a thread that was asked to stop.
struct Interrupted;

/// Runs the body of a cell and returns how it ended, as the number of a status.
///
/// Variables that the body only borrows are intact afterwards, whatever happened in it.
pub fn run(body: impl FnOnce() -> Result<(), Failure>) -> u32 {
    panics::install();
    let status = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(failure)) => {
            host::send(Kind::Failure, failure.message());
            Status::Failed
        }
        Err(payload) if payload.is::<Interrupted>() => Status::Interrupted,
        Err(payload) => {
            host::send(Kind::Failure, panics::message(&*payload));
            Status::Panicked
        }
    };
    status as u32
}

/// Unwinds the calling thread if the user asked its cell to stop; generated into the loops of cells.
#[inline]
pub fn checkpoint() {
    if host::is_interrupted() {
        resume_unwind(Box::new(Interrupted));
    }
}
