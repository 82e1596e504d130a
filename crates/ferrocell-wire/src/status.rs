//! How a command ended.

/// How a command ended, in the `detail` of [`Kind::Done`](crate::Kind::Done).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// It ran to its end.
    Ok = 0,
    /// A `?` at top level met an error; a [`Kind::Failure`](crate::Kind::Failure) came before.
    Failed = 1,
    /// The cell panicked; a [`Kind::Failure`](crate::Kind::Failure) came before.
    Panicked = 2,
    /// The cell stopped because it was asked to.
    Interrupted = 3,
    /// The shared object could not be loaded; the payload says why.
    NotLoaded = 4,
}

impl Status {
    /// The status with this number; unknown numbers count as a panic, which is what they are to the user.
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Ok,
            1 => Self::Failed,
            3 => Self::Interrupted,
            4 => Self::NotLoaded,
            _ => Self::Panicked,
        }
    }
}
