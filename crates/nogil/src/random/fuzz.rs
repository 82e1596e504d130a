//! `fuzz` and `Fuzz`: random pauses that show what threads may do.

use super::{generator, random};
use crate::time::sleep;
use fastrand::Rng;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const ONE_SECOND: Duration = Duration::from_secs(1);

/// Sleeps for a random time of up to one second: put between two statements, it shows what threads may do there.
///
/// It is Python's `time.sleep(random.random())`. For shorter pauses, or for ones that repeat, use [`Fuzz`].
///
/// ```no_run
/// use nogil::{Thread, fuzz};
///
/// let thread = Thread::new(|| {
///     fuzz();
///     println!("some time within the next second");
/// });
/// thread.start()?;
/// thread.join()?;
/// # Ok::<(), nogil::ThreadError>(())
/// ```
pub fn fuzz() {
    sleep(ONE_SECOND.mul_f64(random()));
}

/// A source of random pauses that threads share, with a seed and a longest pause of its own.
///
/// Unlike [`fuzz`], the pauses of a [`seeded`](Fuzz::seeded) source come in the same order in every run, whatever the
/// other threads draw. Clones draw from the same sequence.
///
/// ```
/// use nogil::Fuzz;
/// use std::time::Duration;
///
/// let pauses = || {
///     let fuzz = Fuzz::seeded(7).up_to(Duration::from_micros(50));
///     [fuzz.sleep(), fuzz.sleep(), fuzz.sleep()]
/// };
/// assert_eq!(pauses(), pauses());
/// ```
#[derive(Clone)]
pub struct Fuzz {
    rng: Arc<Mutex<Rng>>,
    longest: Duration,
}

impl Fuzz {
    /// Pauses of up to one second, seeded by the calling thread's generator (see [`random`]).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let fuzz = nogil::Fuzz::new().up_to(Duration::from_micros(50));
    /// assert!(fuzz.sleep() < Duration::from_micros(50));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::seeded(generator(|rng| rng.u64(..)))
    }

    /// Pauses of up to one second, the same ones for the same `seed`.
    ///
    /// ```
    /// use nogil::Fuzz;
    /// use std::time::Duration;
    ///
    /// let (one, other) = (Fuzz::seeded(1), Fuzz::seeded(1));
    /// let limit = Duration::from_micros(20);
    /// assert_eq!(one.up_to(limit).sleep(), other.up_to(limit).sleep());
    /// ```
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            rng: Arc::new(Mutex::new(Rng::with_seed(seed))),
            longest: ONE_SECOND,
        }
    }

    /// A source with the same sequence whose pauses stay below `longest`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let fuzz = nogil::Fuzz::new().up_to(Duration::ZERO);
    /// assert_eq!(fuzz.sleep(), Duration::ZERO);
    /// ```
    #[must_use = "this makes a source of pauses; call `sleep` on it to pause"]
    pub fn up_to(&self, longest: Duration) -> Self {
        Self {
            rng: Arc::clone(&self.rng),
            longest,
        }
    }

    /// Sleeps for the sequence's next pause and returns how long that was meant to be.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pause = nogil::Fuzz::seeded(3).up_to(Duration::from_micros(20)).sleep();
    /// assert!(pause < Duration::from_micros(20));
    /// ```
    pub fn sleep(&self) -> Duration {
        let fraction = self
            .rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64();
        let pause = self.longest.mul_f64(fraction);
        sleep(pause);
        pause
    }
}

impl Default for Fuzz {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Fuzz {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fuzz")
            .field("longest", &self.longest)
            .finish_non_exhaustive()
    }
}
