//! How a cell is compiled otherwise than it was at first, because rustc has refused that.

use std::collections::{BTreeMap, BTreeSet};

use crate::compiler::boxing::Boxing;
use crate::compiler::sharing::Sharing;

/// What an earlier attempt to compile the cell has taught.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adjustments {
    /// Variables taken by the cell that it moves and assigns or declares again, so that they are put back from the inside.
    pub(crate) reassigned: BTreeSet<String>,
    /// Variables that are not there after the cell, and why.
    pub(crate) gone: BTreeMap<String, String>,
    /// How new variables are changed whose own types have no names.
    pub(crate) boxed: BTreeMap<String, Boxing>,
    /// The new `LazyLock`s and `LazyCell`s that get a box of what makes their values.
    pub(crate) lazy: BTreeSet<String>,
    /// Which variables are shared for good, because others borrow from them.
    pub(crate) sharing: Sharing,
    /// Earlier `impl` blocks that do not fit the types which the cell defines anew, by their place among the survivors.
    pub(crate) dropped: BTreeSet<usize>,
    /// Items of the cell that a later import or item of the cell takes the place of, by their places.
    pub(crate) replaced: BTreeSet<usize>,
    /// Earlier `impl` blocks that the cell has written again in other words, by their place among the survivors.
    pub(crate) superseded: BTreeSet<usize>,
    /// Whether a macro of the cell awaits something, which its call does not tell.
    pub(crate) awaits: bool,
    /// Whether the tail's value can only be shown by its type.
    pub(crate) is_tail_opaque: bool,
    /// Whether the tail's type is settled only where the function ends, as that of a calculation with `2.0`.
    pub(crate) is_tail_late: bool,
    /// Whether the tail never comes to a value, as a loop that nothing leaves.
    pub(crate) is_tail_endless: bool,
}

impl Adjustments {
    /// Whether the cell is compiled without this one of the survivors, which is then forgotten.
    pub(crate) fn gives_up(&self, index: &usize) -> bool {
        self.dropped.contains(index) || self.superseded.contains(index)
    }
}
