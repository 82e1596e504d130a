//! Which execution.

/// One execution of a cell. Whatever carries this id is shown under that cell, however late it comes.
///
/// An execution that is counted has its execution count, the number that the user sees beside the cell. What runs
/// uncounted (silent requests, `user_expressions`) has a number from [`UNCOUNTED`](Self::UNCOUNTED) up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub u64);

impl CellId {
    /// The first number of an execution that is not counted.
    pub const UNCOUNTED: u64 = 1 << 32;
}
