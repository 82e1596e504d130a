//! Runs the body of a cell.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::host::{self, Kind};
use crate::{Failure, Shield, interrupt, panics, stdout};

/// How a body ended, as the host expects it from an entry point.
#[derive(Clone, Copy)]
enum Status {
    Ok = 0,
    Failed = 1,
    Panicked = 2,
    Interrupted = 3,
}

/// The body of a cell, which is called once.
///
/// It is passed as a trait object, so that what surrounds the call is compiled with this library and not with each cell.
pub trait Body {
    /// Calls it.
    fn call(&mut self) -> Result<(), Failure>;
}

impl<By, F: FnOnce() -> Result<(), Failure<By>>> Body for Option<F> {
    fn call(&mut self) -> Result<(), Failure> {
        self.take()
            .map_or(Ok(()), |body| body().map_err(Failure::forget_format))
    }
}

/// Runs the body of a cell and returns how it ended, as the number of a status.
///
/// Variables that the body only borrows are intact afterwards, whatever happened in it.
pub fn run(body: &mut dyn Body) -> u32 {
    panics::install();
    let ended = Shield::without(|| catch_unwind(AssertUnwindSafe(|| body.call())));
    let status = match ended {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(failure)) => {
            host::send(Kind::Failure, failure.message());
            Status::Failed
        }
        Err(payload) if interrupt::is_payload(&*payload) => Status::Interrupted,
        Err(payload) => {
            host::send(Kind::Failure, panics::message(&*payload));
            Status::Panicked
        }
    };
    stdout::flush_at_end();
    if host::is_interrupted() {
        interrupt::forget_unpark();
    }
    status as u32
}
