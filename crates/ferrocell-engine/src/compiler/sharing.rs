//! Variables that others borrow from: they are shared for good, so that what borrows can be kept for later cells.
//!
//! The value of a shared variable gets an address that lasts, and is never moved, changed or dropped again; code uses it
//! through a `&'static` of the variable's name. A variable is shared only where the compiler refuses to keep what borrows
//! from it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::CellId;
use crate::cell::Cell;
use crate::compiler::state::Shared;

/// Which variables a cell shares, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sharing {
    /// Variables of earlier cells that are shared before the cell begins.
    pub(crate) earlier: BTreeSet<String>,
    /// Variables of earlier cells that the cell changes before it shares them: they belong to its body until then.
    pub(crate) changed: BTreeSet<String>,
    /// Which variable is shared before which part of the body.
    pub(crate) within: BTreeSet<(usize, String)>,
    /// The places of values without a name that are shared where they are made.
    pub(crate) unnamed: Vec<Range<usize>>,
    /// The variables that borrow, by what they borrow from.
    pub(crate) borrowers: BTreeMap<String, BTreeSet<String>>,
    /// Whether variables live only as long as in a function, to see what the compiler says then: such a cell is not run.
    pub(crate) is_local: bool,
}

impl Sharing {
    /// Whether there is anything to share.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The variables that are shared before a part of the body.
    pub(crate) fn before(&self, part: usize) -> impl Iterator<Item = &String> {
        let at = self.within.iter().filter(move |(at, _)| *at == part);
        at.map(|(_, name)| name)
    }

    /// What is known of a variable that the cell shares.
    pub(crate) fn shared(&self, name: &str, cell: CellId) -> Shared {
        Shared {
            since: cell,
            by: self.borrowers.get(name).cloned().unwrap_or_default(),
            size: None,
        }
    }

    /// Whether a variable is shared where the cell ends.
    pub(crate) fn is_shared_at_end(&self, name: &str, cell: &Cell) -> bool {
        let declared = declared_before(cell, cell.statements.len(), name);
        let shared = self.within.iter().rev().find(|(_, other)| other == name);
        match (shared, declared) {
            (Some((at, _)), Some(declared)) => *at > declared,
            (Some(_), None) => true,
            (None, declared) => self.earlier.contains(name) && declared.is_none(),
        }
    }
}

/// The last statement before a part of the body that declares a variable.
pub(super) fn declared_before(cell: &Cell, part: usize, name: &str) -> Option<usize> {
    let statements = &cell.statements[..part.min(cell.statements.len())];
    statements.iter().rposition(|statement| {
        let mut bindings = statement.bindings.iter();
        bindings.any(|binding| binding.name == name)
    })
}
