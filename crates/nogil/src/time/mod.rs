//! Time as Python's `time` module spends and measures it: [`sleep`](sleep()) and [`Stopwatch`].
//!
//! Owns no clock of its own and never touches the calendar: everything here runs on the monotonic clock.

mod deadline;
mod sleep;
mod stopwatch;

pub(crate) use deadline::{deadline_after, now};
pub use sleep::sleep;
pub use stopwatch::Stopwatch;
