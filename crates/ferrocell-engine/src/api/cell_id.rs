//! The names of one execution and of one question.

/// One execution of a cell.
///
/// The front end chooses it, once per execution and never twice in a session. Everything that the cell causes, now or
/// minutes later from a thread it started, carries it. Zero is reserved for output that no cell caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub u64);

/// One question that the user's code waits on, see [`Event::Input`](crate::Event::Input).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);
