//! What says that processes cannot be had on this system, when a program is compiled that wants one.

use std::fmt;
use std::marker::PhantomData;

/// What nothing is here.
#[diagnostic::on_unimplemented(
    message = "nogil's `Process` runs on Linux alone",
    label = "this function cannot run in a process of its own here",
    note = "run it in a `nogil::Thread`, or start a program of its own with `std::process::Command`"
)]
pub trait RunsInProcesses {}

/// A function in a process of its own. It exists on Linux alone; elsewhere a program that makes one does not compile.
pub struct Process<R>(PhantomData<fn() -> R>);

impl<R> Process<R> {
    /// Does not compile on this system.
    pub fn new<A>(_: fn(A) -> R, _: A) -> Self
    where
        R: RunsInProcesses,
    {
        Self(PhantomData)
    }
}

impl<R> fmt::Debug for Process<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<Process>")
    }
}
