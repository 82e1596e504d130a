//! Stops all other threads for a moment, so that a copy of the process can be made in which each of them goes on.
//!
//! A signal stops a thread: its handler notes where the system has put the thread's registers, and waits. `fork(2)` copies
//! only the calling thread, but all memory, and with it the stacks of the others as they stand in the handler. In the copy,
//! a new thread is made for each of them, with the stack, the thread pointer and the id field that it had, and ends the
//! handler: the system restores all registers from the stack, and the code that was interrupted goes on. What it finds there
//! is as it was, but for the numbers that the system gives to processes and threads.
//!
//! While threads are stopped, any of them may hold any lock, the allocator's too: nothing here allocates or locks.

mod dismissal;
mod gate;
mod glibc;
mod handler;
mod record;
mod resume;
mod stopped;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use dismissal::end_if_dismissed;
pub(crate) use handler::{SIGNAL, count, interruptions, listen};
pub(crate) use stopped::Stopped;
