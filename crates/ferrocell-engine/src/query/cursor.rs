//! Where in a text the user is.

use std::ops::Range;

use ra_ap_rustc_lexer::TokenKind;

use crate::cell::tokens;

/// The name that the cursor is in or behind, and what stands before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor<'a> {
    /// The name, or an empty place.
    pub(super) name: Range<usize>,
    /// How far into the name the cursor is.
    pub(super) prefix: &'a str,
    /// What it belongs to.
    pub(super) owner: Owner,
}

/// What stands before a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nothing that matters.
    None,
    /// `a.b.`: the names in order; empty if it is an expression of another form.
    Value(Vec<String>),
    /// `a::b::`.
    Path(Vec<String>),
    /// A string or a comment, where no names are.
    Nowhere,
}

impl<'a> Cursor<'a> {
    /// Finds the name at a cursor, which is given as a byte.
    pub(super) fn find(text: &'a str, at: usize) -> Self {
        let all = tokens_with_fields(text);
        let is_name = |kind: &TokenKind| matches!(kind, TokenKind::Ident | TokenKind::RawIdent);
        let touching = all
            .iter()
            .position(|(kind, range)| is_name(kind) && range.start <= at && at <= range.end);
        let inside = all
            .iter()
            .position(|(_, range)| range.start < at && at < range.end);
        let (name, before) = match (touching, inside) {
            (Some(index), _) => (all[index].1.clone(), index),
            (None, Some(index)) => (at..at, index),
            (None, None) => (
                at..at,
                all.iter().take_while(|(_, range)| range.end <= at).count(),
            ),
        };
        let hides = |kind: &TokenKind| {
            matches!(
                kind,
                TokenKind::LineComment { .. }
                    | TokenKind::BlockComment { .. }
                    | TokenKind::Literal { .. }
            )
        };
        let is_hidden = touching.is_none() && inside.is_some_and(|index| hides(&all[index].0));
        // A comment to the end of the line goes on at the cursor behind it.
        let follows_comment = touching.is_none()
            && all[..before].last().is_some_and(|(kind, range)| {
                matches!(kind, TokenKind::LineComment { .. }) && range.end == at
            });
        let owner = if is_hidden || follows_comment {
            Owner::Nowhere
        } else {
            owner(text, &all[..before])
        };
        Self {
            prefix: &text[name.start..at.max(name.start)],
            name,
            owner,
        }
    }
}

/// The tokens of a text, in which `pair.0.` ends with a dot: to the lexer it ends with the number `0.`.
fn tokens_with_fields(text: &str) -> Vec<(TokenKind, Range<usize>)> {
    let mut all: Vec<(TokenKind, Range<usize>)> = Vec::new();
    for (kind, range) in tokens(text) {
        let follows_dot = all.last().is_some_and(|(last, _)| *last == TokenKind::Dot);
        let dot = text[range.clone()].find('.').map(|dot| range.start + dot);
        match (dot, kind) {
            (Some(dot), TokenKind::Literal { .. }) if follows_dot => {
                let parts = [
                    (kind, range.start..dot),
                    (TokenKind::Dot, dot..dot + 1),
                    (kind, dot + 1..range.end),
                ];
                all.extend(parts.into_iter().filter(|(_, part)| !part.is_empty()));
            }
            _ => all.push((kind, range)),
        }
    }
    all
}

fn owner(text: &str, before: &[(TokenKind, Range<usize>)]) -> Owner {
    let mut names: Vec<String> = Vec::new();
    let mut rest = before;
    let separator = match rest.last() {
        Some((TokenKind::Dot, _)) => TokenKind::Dot,
        Some((TokenKind::Colon, _)) => TokenKind::Colon,
        _ => return Owner::None,
    };
    loop {
        // One dot, or two colons.
        let width = if separator == TokenKind::Dot { 1 } else { 2 };
        let is_separated = rest.len() >= width
            && rest[rest.len() - width..]
                .iter()
                .all(|(kind, _)| *kind == separator);
        if !is_separated {
            break;
        }
        rest = &rest[..rest.len() - width];
        match rest.last() {
            Some((TokenKind::Ident | TokenKind::RawIdent, range)) => {
                names.push(text[range.clone()].to_owned());
                rest = &rest[..rest.len() - 1];
            }
            _ => {
                names.clear();
                break;
            }
        }
    }
    names.reverse();
    if separator == TokenKind::Dot {
        Owner::Value(names)
    } else if names.is_empty() {
        Owner::None
    } else {
        Owner::Path(names)
    }
}

/// The byte at a position in code points; the end of the text for positions behind it.
pub(super) fn byte_of(text: &str, position: usize) -> usize {
    text.char_indices()
        .nth(position)
        .map_or(text.len(), |(at, _)| at)
}

/// The position in code points of a byte.
pub(super) fn position_of(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marked: &str, name: &str, prefix: &str, owner: Owner) {
        let text = marked.replace('|', "");
        let position = marked.find('|').unwrap();
        let cursor = Cursor::find(&text, position);
        assert_eq!(
            (&text[cursor.name.clone()], cursor.prefix, cursor.owner),
            (name, prefix, owner),
            "{marked}"
        );
    }

    #[test]
    fn the_name_at_the_cursor_is_found() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        check("let größe = gr|ö;", "grö", "gr", Owner::None);
        check("a.b.le|", "le", "le", Owner::Value(names(&["a", "b"])));
        check("f(x).|", "", "", Owner::Value(names(&[])));
        check("let x = Color::|;", "", "", Owner::Path(names(&["Color"])));
        check("\"in a | string\"", "", "", Owner::Nowhere);
        check("// in a com|", "", "", Owner::Nowhere);
        check("|", "", "", Owner::None);
        check("pair.0.|", "", "", Owner::Value(names(&[])));
        check("pair.0.lat|", "lat", "lat", Owner::Value(names(&[])));
    }
}
