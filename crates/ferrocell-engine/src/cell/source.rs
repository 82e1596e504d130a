//! The text of a cell, or of a file that it names, shared by everything that was made from it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ra_ap_rustc_lexer::TokenKind;

use super::poll::Poll;
use super::tokens;
use crate::CellId;

/// What is inserted before a private item, so that the other modules of a cell see it.
pub(crate) const WIDE: &str = "pub(crate) ";

/// The text of one cell, or of a file that it names. Directives in it are blanked out, so that code keeps its place.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The execution that it belongs to.
    pub(crate) cell: CellId,
    /// The file that it is the text of, if it is not the cell's own.
    pub(crate) file: Option<Arc<File>>,
    /// The text without directives.
    pub(crate) code: Arc<str>,
    /// The text as the user wrote it, of the same length.
    pub(crate) text: Arc<str>,
    /// Where the code looks whether it is asked to stop, in order. They are no part of the text.
    pub(crate) polls: Arc<Vec<Poll>>,
    /// Where private items begin that are made visible in the whole crate, in order.
    pub(crate) private: Arc<Vec<usize>>,
    /// Where the relative paths of `include!` and its like begin, in order.
    pub(crate) paths: Arc<Vec<usize>>,
}

/// A file of the user's that a cell brings into the notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its name from the notebook's folder.
    pub(crate) name: String,
}

impl Source {
    /// A text without directives.
    pub(crate) fn new(cell: CellId, file: Option<File>, text: Arc<str>, code: Arc<str>) -> Self {
        Self {
            cell,
            file: file.map(Arc::new),
            paths: included_paths(&code).into(),
            code,
            text,
            polls: Arc::default(),
            private: Arc::default(),
        }
    }

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
    /// The relative paths that begin in a byte range.
    pub(crate) fn paths_in(&self, range: &Range<usize>) -> &[usize] {
        let until = |at: usize| self.paths.partition_point(|path| *path < at);
        &self.paths[until(range.start)..until(range.end)]
    }

    /// Where an item can be written above all others: behind directives and inner attributes.
    pub(crate) fn start_of_items(&self) -> usize {
        let mut at = 0;
        let mut start = None;
        for line in self.code.split_inclusive('\n') {
            let word = line.trim_start();
            if word.starts_with("#!") {
                start = None;
            } else if !word.is_empty() {
                start.get_or_insert(at);
            }
            at += line.len();
        }
        start.unwrap_or(at)
    }

    /// The folder that relative paths in it start from, if it is not the notebook's.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.file.as_ref()?.path.parent()
    }

    /// Whether this is the same text as another, and not only of the same cell.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.cell == other.cell && self.file == other.file
    }

    /// What the user calls it: `cell [3]`, or the file.
    pub(crate) fn title(&self) -> String {
        match &self.file {
            Some(file) => file.name.clone(),
            None => format!("cell [{}]", self.cell.0),
        }
    }
}

/// Where the paths begin that `include!`, `include_str!` and `include_bytes!` name, as far as they are relative.
fn included_paths(code: &str) -> Vec<usize> {
    let mut words = tokens(code).filter(|(kind, _)| {
        !matches!(
            kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        )
    });
    let mut found = Vec::new();
    while let Some((kind, range)) = words.next() {
        let name = &code[range];
        if kind == TokenKind::Ident
            && matches!(name, "include" | "include_str" | "include_bytes")
            && matches!(words.next(), Some((TokenKind::Bang, _)))
            && let Some(_bracket) = words.next()
            && let Some((TokenKind::Literal { .. }, literal)) = words.next()
            && let Some(quote) = code[literal.clone()].find('"')
            && !code[literal.start + quote + 1..].starts_with('/')
        {
            found.push(literal.start + quote + 1);
        }
    }
    found
}
