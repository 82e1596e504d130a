//! Generated code that remembers where each piece of it came from.

use std::ops::Range;

use crate::cell::Source;
use crate::{CellId, Position};

/// How the names begin by which items are linked; the number of the cell follows.
pub(crate) const SYMBOL: &str = "ferrocell_";

/// Generated code with the origin of its pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generated {
    /// The name of the file that it is compiled from.
    pub(crate) file: String,
    /// The code.
    pub(crate) text: String,
    /// Where in it the numbers of cells stand, in the names by which items are linked.
    pub(crate) homes: Vec<(usize, CellId)>,
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
        /// Which of the texts.
        source: usize,
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
    /// Stands for a part of a cell, or among its words.
    Around {
        /// Which of the texts.
        source: usize,
        /// The part.
        range: Range<usize>,
    },
}

/// A piece that was copied from a cell.
#[derive(Clone, Copy)]
struct Copied<'a> {
    source: usize,
    start: usize,
    range: &'a Range<usize>,
}

impl Piece {
    fn copied(&self) -> Option<Copied<'_>> {
        match self.origin {
            Origin::User { source, start } => Some(Copied {
                source,
                start,
                range: &self.range,
            }),
            _ => None,
        }
    }
}

impl Copied<'_> {
    /// The byte of the cell that was copied to `at`, or the nearest one.
    fn byte(&self, at: usize) -> usize {
        self.start + at.clamp(self.range.start, self.range.end) - self.range.start
    }
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
        self.push_at(source, range.start, source.slice(&range));
    }

    /// Adds the name by which an item of a cell is linked.
    pub(crate) fn push_symbol(&mut self, home: CellId, name: &str) {
        self.push(SYMBOL);
        self.homes.push((self.text.len(), home));
        self.push(&format!("{:04}_{name}", home.0));
    }

    /// Adds words of ours that belong to a part of a cell.
    pub(crate) fn push_around(&mut self, source: &Source, range: Range<usize>, text: &str) {
        let source = self.number(source);
        self.push_marked(Origin::Around { source, range }, text);
    }

    /// Adds words of ours that the compiler counts to what begins at a byte of a cell.
    pub(crate) fn push_at(&mut self, source: &Source, start: usize, text: &str) {
        let source = self.number(source);
        self.push_marked(Origin::User { source, start }, text);
    }

    fn number(&mut self, source: &Source) -> usize {
        let known = self.sources.iter().position(|known| known.is(source));
        known.unwrap_or_else(|| {
            self.sources.push(source.clone());
            self.sources.len() - 1
        })
    }

    /// The part of a cell that words of ours belong to.
    pub(crate) fn place_around(&self, origin: &Origin) -> Option<Place<'_>> {
        let Origin::Around { source, range } = origin else {
            return None;
        };
        Some(Place {
            source: self.sources.get(*source)?,
            range: range.clone(),
        })
    }

    /// Where the byte at `at` came from.
    pub(crate) fn origin(&self, at: usize) -> Option<&Origin> {
        self.piece(at).map(|piece| &piece.origin)
    }

    /// The place in a cell that a range of generated code was copied from. The range may begin and end in words of ours
    /// that stand around the user's, and go on over others among them.
    pub(crate) fn place(&self, range: &Range<usize>) -> Option<Place<'_>> {
        let end = range.end.max(range.start + 1);
        let first = self
            .pieces
            .partition_point(|piece| piece.range.end <= range.start);
        let behind = self.pieces.partition_point(|piece| piece.range.start < end);
        let mut touched = self.pieces[first..behind].iter().filter_map(Piece::copied);
        // A place to insert something may be right behind what the user wrote.
        let before = || self.piece(range.start.checked_sub(1)?)?.copied();
        let first = match touched.next() {
            None if range.is_empty() => before()?,
            first => first?,
        };
        let last = touched
            .rfind(|last| last.source == first.source)
            .unwrap_or(first);
        let source = self.sources.get(first.source)?;
        let begin = first.byte(range.start);
        Some(Place {
            source,
            range: begin..last.byte(range.end).max(begin),
        })
    }

    /// A message in which the types that have no names but places, those of closures, are told by where the user wrote
    /// them.
    pub(crate) fn name_closures(&self, message: &str) -> String {
        let begin = format!("@{}:", self.file);
        let mut parts = message.split(&begin);
        let mut named = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (place, rest) = part.split_once('}').unwrap_or((part, ""));
            let mut numbers = place
                .split([':', ' '])
                .map_while(|number| number.parse().ok());
            let user = numbers
                .next()
                .zip(numbers.next())
                .and_then(|(line, column)| self.place_of_line(line, column));
            let place = user.map_or("generated code".to_owned(), |user| {
                let (line, column) = user.line_and_column();
                format!("{}:{line}:{column}", user.source.title())
            });
            named += &format!("@{place}}}{rest}");
        }
        named
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
        let Position { line, column } = position(&self.source.text, self.range.start);
        (line, column)
    }
}

/// The line and column of a byte of a text.
pub(crate) fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Cell;

    #[test]
    fn places_between_words_of_ours_are_the_users() {
        let cell = Cell::parse(CellId(1), "{ größe }", |_| None).expect("the cell is right");
        let mut generated = Generated::new("cell_1.rs");
        generated.push("ours ");
        generated.push_user(&cell.source, 0..1);
        generated.push(" ours ");
        generated.push_user(&cell.source, 1..cell.source.code.len());
        generated.push(" ours");
        let place = |range| generated.place(&range).map(|place| place.range);
        assert_eq!(place(0..2), None);
        assert_eq!(place(2..8), Some(0..1));
        assert_eq!(place(2..20), Some(0..9));
        assert_eq!(place(2..99), Some(0..11));
        // A place to insert something.
        assert_eq!(place(6..6), Some(1..1));
        assert_eq!(place(12..12), Some(1..1));
        assert_eq!(place(8..8), None);
        assert_eq!(
            generated
                .name_closures("a {closure@cell_1.rs:1:14: 1:19} and {closure@cell_1.rs:1:1: 1:2}"),
            "a {closure@cell [1]:1:3} and {closure@generated code}"
        );
    }
}
