//! The calling thread's generator and the seed from which it starts.

use crate::schedule;
use fastrand::Rng;
use std::cell::RefCell;
use std::sync::LazyLock;

thread_local! {
    static GENERATOR: RefCell<Rng> = RefCell::new(Seed::of_the_run().generator());
}

/// Where a thread's generator starts. Travels from a thread to those it creates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(Option<u64>);

impl Seed {
    fn of_the_run() -> Self {
        static SEED: LazyLock<Option<u64>> = LazyLock::new(|| {
            let text = std::env::var("NOGIL_SEED").ok()?;
            match text.parse() {
                Ok(seed) => Some(seed),
                Err(error) => {
                    eprintln!("NOGIL_SEED={text} is ignored: {error}; give a whole number");
                    None
                }
            }
        });
        Self(*SEED)
    }

    /// The seed of a thread that the calling thread is about to create.
    pub(crate) fn derive() -> Self {
        if let Some(place) = schedule::place() {
            return Self(Some(place.draw()));
        }
        let Self(seed) = Self::of_the_run();
        Self(seed.map(|_| generator(|rng| rng.u64(..))))
    }

    fn generator(self) -> Rng {
        self.0.map_or_else(Rng::new, Rng::with_seed)
    }

    /// Starts the calling thread's generator from this seed.
    pub(crate) fn plant(self) {
        if self.0.is_some() {
            GENERATOR.set(self.generator());
        }
    }
}

/// Draws from the calling thread's generator.
pub(crate) fn generator<R>(draw: impl FnOnce(&mut Rng) -> R) -> R {
    GENERATOR.with_borrow_mut(draw)
}

/// A random number in `[0, 1)`.
///
/// Unlike Python's, which all threads share under the GIL, each thread draws from a generator of its own, without a
/// lock. `NOGIL_SEED` in the environment repeats a run.
///
/// Mirrors [`random.random`](https://docs.python.org/3/library/random.html#random.random).
///
/// ```
/// let number = nogil::random();
/// assert!((0.0..1.0).contains(&number));
/// ```
#[must_use]
pub fn random() -> f64 {
    generator(Rng::f64)
}
