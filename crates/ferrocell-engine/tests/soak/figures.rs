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
    /// How often a copy has taken over.
    copies: u64,
    /// How many threads and tasks of variables went on in all of these together.
    threads: usize,
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
        if cell.fault.ends_process() && cell.after.has_snapshots {
            self.copies += 1;
            self.threads += cell.after.threads();
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let injected: u64 = self.faults.values().sum();
        write!(
            out,
            "{} cells, {injected} faults {:?}, {} threads and tasks of variables lived through {} ends of the program",
            self.cells, self.faults, self.threads, self.copies
        )
    }
}
