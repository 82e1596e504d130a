//! Schedules: one thread at a time, chosen by a seed, in simulated time.
//!
//! Inside [`replay`] and [`explore`], every thread that this crate starts is a *member* of a schedule. At each call of
//! this crate that another thread could notice (it locks, waits, wakes, sleeps, starts a thread) the member gives its
//! turn up, and the schedule chooses who goes on. Time passes only when all wait for it.
//!
//! Members are threads of the system, because that is what a cell's code runs on everywhere else: its thread-locals, its
//! output, the locks of the standard library in it. So whatever blocks outside this crate blocks as ever. The schedule
//! sees in `/proc` that the member with the turn sleeps, and gives the turn to another one until it is back.
//!
//! [shuttle](https://docs.rs/shuttle) and [loom](https://docs.rs/loom) do more for programs that are compiled against
//! their own locks, threads and atomics. A notebook's cells are compiled once, and run both inside and outside.

mod deadlock;
mod explore;
mod place;
mod run;
mod standing;
mod turns;

pub use deadlock::Blocked;
pub use explore::{Ending, Exploration, Replay, explore, replay};

pub(crate) use deadlock::show_ring;
pub(crate) use place::{Place, is_stop, place};
pub(crate) use turns::Event;
