//! The type `!`, by a name that stable Rust accepts.
//!
//! Variables may have it in their types: a thread that loops for ever is a `JoinHandle<!>`.

/// The type `!`.
pub type Never = <fn() -> ! as ReturnType>::Output;

/// What a function returns.
pub trait ReturnType {
    /// The type.
    type Output;
}

impl<R> ReturnType for fn() -> R {
    type Output = R;
}
