//! Generated code that remembers where each piece of it came from.

use std::ops::Range;

use crate::CellId;
use crate::cell::Source;

/// Generated code with the origin of its pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generated {
    /// The name of the file that it is compiled from.
    pub(crate) file: String,
    /// The code.
    pub(crate) text: String,
    pieces: Vec<Piece>,
    sources: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Piece {
    range: Range<usize>,
    origin: Origin,
}

/// Where a piece of generated code came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Copied from a cell, from this byte on.
    User {
        /// The cell.
        cell: CellId,
        /// The byte at which the piece begins there.
        start: usize,
    },
    /// Stores a variable that the cell leaves.
    Keep(String),
    /// Puts a variable back that the cell took.
    Restore(String),
    /// Takes a variable out of the store.
    Take(String),
    /// The value of the tail is shown.
    Show,
}

/// A place in a cell.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    /// The cell's text.
    pub(crate) source: &'a Source,
    /// The bytes meant.
    pub(crate) range: Range<usize>,
}

impl Generated {
    /// Nothing yet, to be compiled from a file of this name.
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            ..Self::default()
        }
    }

    /// Adds words of ours.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds words of ours that errors may point to.
    pub(crate) fn push_marked(&mut self, origin: Origin, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece {
            range: start..self.text.len(),
            origin,
        });
    }

    /// Adds a part of a cell.
    pub(crate) fn push_user(&mut self, source: &Source, range: Range<usize>) {
        if !self.sources.iter().any(|known| known.cell == source.cell) {
            self.sources.push(source.clone());
        }
        let origin = Origin::User {
            cell: source.cell,
            start: range.start,
        };
        self.push_marked(origin, source.slice(&range));
    }

    /// Where the byte at `at` came from.
    pub(crate) fn origin(&self, at: usize) -> Option<&Origin> {
        self.piece(at).map(|piece| &piece.origin)
    }

    /// The place in a cell that a range of generated code was copied from.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Place<'_>> {
        // A range may begin in words of ours that stand around the user's.
        let first = self
            .pieces
            .partition_point(|piece| piece.range.end <= range.start);
        let touches = |piece: &&Piece| piece.range.start < range.end.max(range.start + 1);
        let is_user = |piece: &&Piece| matches!(piece.origin, Origin::User { .. });
        let piece = self.pieces[first..]
            .iter()
            .take_while(touches)
            .find(is_user)?;
        let Origin::User { cell, start } = piece.origin else {
            return None;
        };
        let source = self.sources.iter().find(|source| source.cell == cell)?;
        let to_cell =
            |at: usize| start + at.clamp(piece.range.start, piece.range.end) - piece.range.start;
        // A range that goes on behind the piece, over words of ours, may end in another piece of the same cell.
        let end = match self
            .piece(range.end.saturating_sub(1))
            .map(|last| (last, &last.origin))
        {
            Some((
                last,
                Origin::User {
                    cell: end_cell,
                    start,
                },
            )) if *end_cell == cell => start + range.end.min(last.range.end) - last.range.start,
            _ => to_cell(range.end),
        };
        let begin = to_cell(range.start);
        Some(Place {
            source,
            range: begin..end.max(begin),
        })
    }

    /// The place in a cell of a line and column (both from 1, columns in characters) of the generated code.
    pub(crate) fn place_of_line(&self, line: usize, column: usize) -> Option<Place<'_>> {
        let start = self
            .text
            .split_inclusive('\n')
            .take(line.checked_sub(1)?)
            .map(str::len)
            .sum::<usize>();
        let rest = self.text.get(start..)?;
        let offset = rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(0, |(offset, _)| offset);
        self.place(&(start + offset..start + offset))
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.range.end <= at);
        self.pieces
            .get(index)
            .filter(|piece| piece.range.start <= at)
    }
}

impl Place<'_> {
    /// The line and column where it begins, both from 1, columns in characters.
    pub(crate) fn line_and_column(&self) -> (usize, usize) {
        let before = &self.source.text[..self.range.start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}
