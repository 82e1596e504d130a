//! `randint`: a random whole number of a range.

use super::generator;
use fastrand::Rng;
use std::fmt::Display;

/// A random whole number between `a` and `b`, both included.
///
/// Unlike Rust's ranges it includes its upper end, as Python's does, and it works for every integer type, so
/// `Duration::from_secs(randint(5, 10))` needs no cast.
///
/// Mirrors [`random.randint`](https://docs.python.org/3/library/random.html#random.randint).
///
/// # Panics
///
/// When `a > b`, with Python's message.
///
/// ```
/// let die: u8 = nogil::randint(1, 6);
/// assert!((1..=6).contains(&die));
/// ```
#[must_use]
pub fn randint<N: RandInt>(a: N, b: N) -> N {
    assert!(a <= b, "empty range in randint({a}, {b})");
    generator(|rng| N::draw(rng, a, b))
}

/// The integer types that [`randint`] draws. Sealed: the primitive integers and nothing else.
///
/// ```
/// use nogil::{RandInt, randint};
///
/// fn pair<N: RandInt>(a: N, b: N) -> (N, N) {
///     (randint(a, b), randint(a, b))
/// }
/// assert_eq!(pair(7u8, 7), (7, 7));
/// ```
pub trait RandInt: Copy + PartialOrd + Display + sealed::Draw {}

mod sealed {
    pub trait Draw {
        fn draw(rng: &mut fastrand::Rng, a: Self, b: Self) -> Self;
    }
}

macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl RandInt for $integer {}
        impl sealed::Draw for $integer {
            fn draw(rng: &mut Rng, a: Self, b: Self) -> Self {
                rng.$integer(a..=b)
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
