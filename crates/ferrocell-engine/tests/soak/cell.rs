//! A generated cell, and what must come of it.

use std::collections::BTreeMap;

use crate::model::Model;

/// What a cell that is to be interrupted prints when it has got there.
pub(crate) const MARK: &str = "interrupt me\n";

/// A cell and what must come of it.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Its code.
    pub(crate) source: String,
    /// What befalls it.
    pub(crate) fault: Fault,
    /// What it must end with: nothing, or the starts of the errors of which one must be shown.
    pub(crate) errors: Vec<&'static str>,
    /// What must be printed meanwhile, by the cell that it is printed under.
    pub(crate) printed: BTreeMap<u64, String>,
    /// What the notebook must be then.
    pub(crate) after: Model,
}

/// What can befall a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// It succeeds.
    None,
    /// It does not compile.
    CompileError,
    /// It panics, or `?` meets an error.
    Panic,
    /// It is interrupted, and can stop.
    PoliteInterrupt,
    /// It is interrupted, and has to be ended.
    ForcedInterrupt,
    /// It is interrupted while it is compiled.
    CompilerInterrupt,
    /// It brings its process down.
    Crash,
    /// A thread brings the process down when the cell has ended.
    CrashBetweenCells,
    /// It brings its process down while there are no snapshots.
    CrashWithoutSnapshots,
}

impl Fault {
    /// How many kinds of faults there are.
    pub(crate) const KINDS: usize = Self::CrashWithoutSnapshots as usize;

    /// Whether the process ends.
    pub(crate) fn ends_process(self) -> bool {
        matches!(
            self,
            Self::ForcedInterrupt
                | Self::Crash
                | Self::CrashBetweenCells
                | Self::CrashWithoutSnapshots
        )
    }

    /// Whether the cell waits to be interrupted.
    pub(crate) fn is_interrupt(self) -> bool {
        matches!(
            self,
            Self::PoliteInterrupt | Self::ForcedInterrupt | Self::CompilerInterrupt
        )
    }
}
