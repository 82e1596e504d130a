//! Random numbers and random pauses, as Python's `random` module and a tester's `time.sleep(random.random())` give them.
//!
//! Owns one generator per thread. Set the environment variable `NOGIL_SEED` to a whole number and every thread draws
//! the same numbers in the next run: each thread's generator is then derived from its creator's, so the sequence does
//! not depend on which thread runs first. Never meant for secrets.

mod fuzz;
mod generator;
mod randint;

pub use fuzz::{Fuzz, fuzz};
pub use generator::random;
pub use randint::{RandInt, randint};

pub(crate) use generator::{Seed, generator};
