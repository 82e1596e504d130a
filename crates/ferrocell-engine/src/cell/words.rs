//! Code as a sequence of tokens: what can be told of a text without parsing it, even when it is unfinished.

use std::collections::BTreeSet;
use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// The tokens of a text with their byte ranges, white space and comments among them.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = (TokenKind, Range<usize>)> + '_ {
    let mut at = 0;
    tokenize(text, FrontmatterAllowed::No).map(move |token| {
        let start = at;
        at += token.len as usize;
        (token.kind, start..at)
    })
}

/// All identifiers that occur in a text, those that format strings capture (`{name}`) among them.
///
/// The answer may hold too many names (field names, words in a string with braces), never too few.
pub(crate) fn names_in(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (kind, range) in tokens(text) {
        let token = &text[range];
        match kind {
            TokenKind::Ident | TokenKind::RawIdent => {
                names.insert(token.to_owned());
            }
            TokenKind::Literal {
                kind: LiteralKind::Str { .. } | LiteralKind::RawStr { .. },
                ..
            } => {
                names.extend(captured_names(token));
            }
            _ => {}
        }
    }
    names
}

/// What closes the brackets that are open at the end of a text, in the order in which they were opened.
pub(crate) fn unclosed(text: &str) -> Vec<char> {
    let mut closing = Vec::new();
    for (kind, _) in tokens(text) {
        match kind {
            TokenKind::OpenParen => closing.push(')'),
            TokenKind::OpenBracket => closing.push(']'),
            TokenKind::OpenBrace => closing.push('}'),
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => {
                closing.pop();
            }
            _ => {}
        }
    }
    closing
}

/// The paths in a type, without those of associated types in `dyn Trait<Item = …>`.
pub(crate) fn paths_in(ty: &str) -> Vec<Range<usize>> {
    let tokens: Vec<_> = tokens(ty).collect();
    let kind = |index: usize| tokens.get(index).map(|(kind, _)| *kind);
    let is_name = |index| matches!(kind(index), Some(TokenKind::Ident | TokenKind::RawIdent));
    let colons = [Some(TokenKind::Colon); 2];
    let (mut paths, mut index) = (Vec::new(), 0);
    while index < tokens.len() {
        let first = index;
        index += 1;
        if !is_name(first) {
            continue;
        }
        while [kind(index), kind(index + 1)] == colons && is_name(index + 2) {
            index += 3;
        }
        let behind = (index..)
            .map(kind)
            .find(|kind| *kind != Some(TokenKind::Whitespace));
        if behind != Some(Some(TokenKind::Eq)) {
            paths.push(tokens[first].1.start..tokens[index - 1].1.end);
        }
    }
    paths
}

/// The names at which the paths in a type begin.
pub(crate) fn path_heads(ty: &str) -> BTreeSet<String> {
    let paths = paths_in(ty).into_iter();
    paths
        .filter_map(|path| Some(ty[path].split("::").next()?.to_owned()))
        .collect()
}

/// The names that a format string captures, among its arguments and its widths (`{value:width$}`).
pub(super) fn captured_names(literal: &str) -> impl Iterator<Item = String> + '_ {
    literal.split('{').skip(1).flat_map(|part| {
        let inside = part.split('}').next().unwrap_or_default();
        inside
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_code_and_in_format_strings() {
        let names = names_in(r##"foo.bar(&r#type, 'a', "{x:>w$} {{{y}", r#"{z}"#) // comment"##);
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        assert_eq!(names, ["bar", "foo", "r#type", "w", "x", "y", "z"]);
    }

    #[test]
    fn paths_in_types_have_heads() {
        let heads = path_heads("Map<std::vec::Vec<a::P>, Box<dyn Iterator<Item = &'a T>>>");
        let heads: Vec<_> = heads.iter().map(String::as_str).collect();
        assert_eq!(heads, ["Box", "Iterator", "Map", "T", "a", "dyn", "std"]);
    }
}
