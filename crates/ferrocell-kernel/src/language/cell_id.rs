//! Which execution.

/// One execution of a cell: the kernel counts the `execute_request`s it runs, silent ones too. Whatever carries this id
/// is shown under that cell, however late it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub u64);
