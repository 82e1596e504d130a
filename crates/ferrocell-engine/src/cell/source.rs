//! The text of a cell, shared by everything that was made from it.

use std::ops::Range;
use std::sync::Arc;

use super::poll::Poll;
use crate::CellId;

/// The text of one cell. Directives in it are blanked out, so that code keeps its place.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The execution that it belongs to.
    pub(crate) cell: CellId,
    /// The text without directives.
    pub(crate) code: Arc<str>,
    /// The text as the user wrote it, of the same length.
    pub(crate) text: Arc<str>,
    /// Where the code looks whether it is asked to stop, in order. They are no part of the text.
    pub(crate) polls: Arc<[Poll]>,
    /// Where private items begin that are made visible in the whole crate, in order.
    pub(crate) private: Arc<[usize]>,
}

impl Source {
    /// The code in a byte range.
    pub(crate) fn slice(&self, range: &Range<usize>) -> &str {
        &self.code[range.clone()]
    }

    /// The polls in a byte range. One that stands between two ranges belongs to the first.
    pub(crate) fn polls_in(&self, range: &Range<usize>) -> &[Poll] {
        let until = |at: usize| self.polls.partition_point(|poll| poll.at <= at);
        &self.polls[until(range.start)..until(range.end)]
    }

    /// The private items that begin in a byte range.
    pub(crate) fn private_in(&self, range: &Range<usize>) -> &[usize] {
        let until = |at: usize| self.private.partition_point(|start| *start < at);
        &self.private[until(range.start)..until(range.end)]
    }
}
