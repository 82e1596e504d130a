//! Why a kernel ends.

/// Why a kernel ends.
pub(crate) enum Ending {
    /// A frontend wants it to.
    Requested,
    /// The language has panicked.
    Panicked,
}
