//! What the soak has done.

use std::collections::BTreeMap;
use std::fmt;

use crate::cell::{Cell, Fault};

/// Counts cells and faults.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// The generated cells.
    pub(crate) cells: u64,
    faults: BTreeMap<Fault, u64>,
}

impl Figures {
    /// Whether every kind of fault has happened.
    pub(crate) fn has_all_faults(&self) -> bool {
        self.faults.len() == Fault::KINDS
    }

    /// Counts a cell.
    pub(crate) fn count(&mut self, cell: &Cell) {
        self.cells += 1;
        if cell.fault != Fault::None {
            *self.faults.entry(cell.fault).or_default() += 1;
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let injected: u64 = self.faults.values().sum();
        write!(
            out,
            "{} cells, {injected} faults {:?}",
            self.cells, self.faults
        )
    }
}
