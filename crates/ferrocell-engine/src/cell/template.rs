//! Code that is mostly the user's own, with a few words of ours between.

use std::ops::Range;

use super::source::Source;

/// A part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A byte range of the cell, verbatim.
    User(Range<usize>),
    /// A byte range of another text, verbatim.
    Of(Source, Range<usize>),
    /// Words of ours.
    Text(String),
    /// The linker's name of the function or static of this name, which depends on where it was compiled.
    Symbol(String),
}

/// Code to generate from a cell.
pub(crate) type Template = Vec<Part>;

/// A part that is ours.
pub(crate) fn text(text: impl Into<String>) -> Part {
    Part::Text(text.into())
}
