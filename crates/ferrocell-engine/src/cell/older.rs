//! What the parser does not know because only older editions have it: parameters of a trait's functions without a name,
//! and names that have become keywords since.
//!
//! The parser is shown a text of the same length without them. What is compiled is the user's own text, and there rustc
//! has the last word.

use std::ops::Range;

use ra_ap_rustc_lexer::TokenKind;

use super::words::tokens;

/// Names that are keywords in later editions.
const NEW_KEYWORDS: [&str; 4] = ["async", "await", "dyn", "try"];

/// A text for the parser, in which every byte stands where it did.
pub(super) struct Masked {
    /// The text.
    pub(super) code: String,
    /// Where names stand in it that are others in the user's text.
    pub(super) names: Vec<Range<usize>>,
}

type Token = (TokenKind, Range<usize>);

/// The text without what only older editions have; `None` if it has nothing of the kind.
pub(super) fn mask(code: &str) -> Option<Masked> {
    let is_code = |(kind, _): &Token| {
        !matches!(
            kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        )
    };
    let all: Vec<Token> = tokens(code).filter(is_code).collect();
    let mut masked = Masked {
        code: code.to_owned(),
        names: Vec::new(),
    };
    for index in 0..all.len() {
        if is_name(code, &all, index) {
            let range = all[index].1.clone();
            masked.code.replace_range(range.end - 1..range.end, "_");
            masked.names.push(range);
        }
        for parameter in nameless_parameters(code, &all, index) {
            let blank = " ".repeat(parameter.len());
            masked.code.replace_range(parameter, &blank);
        }
    }
    (masked.code != code).then_some(masked)
}

/// Whether a token is a new keyword, but does not stand where one would.
fn is_name(code: &str, all: &[Token], index: usize) -> bool {
    let word = &code[all[index].1.clone()];
    if all[index].0 != TokenKind::Ident || !NEW_KEYWORDS.contains(&word) {
        return false;
    }
    let next = all
        .get(index + 1)
        .map_or("", |(_, range)| &code[range.clone()]);
    let begins_name = next.starts_with(|c: char| c.is_alphabetic() || c == '_');
    match word {
        "async" => !matches!(next, "fn" | "move" | "unsafe" | "extern" | "{" | "|"),
        "dyn" => !begins_name && !matches!(next, "(" | "<" | "?" | ":") && !next.starts_with('\''),
        "try" => next != "{",
        _ => !index
            .checked_sub(1)
            .is_some_and(|before| all[before].0 == TokenKind::Dot),
    }
}

/// If a token is the `fn` of a function, the parameters that are only a type, each with a comma.
fn nameless_parameters(code: &str, all: &[Token], index: usize) -> Vec<Range<usize>> {
    let is_function = &code[all[index].1.clone()] == "fn"
        && all
            .get(index + 1)
            .is_some_and(|(kind, _)| *kind == TokenKind::Ident);
    let open = (index..all.len()).find(|at| all[*at].0 == TokenKind::OpenParen);
    let (true, Some(open)) = (is_function, open) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let (mut depth, mut begin, mut is_named, mut is_empty) = (0usize, all[open].1.end, false, true);
    for at in open + 1..all.len() {
        let (kind, range) = &all[at];
        let follows = |other| all[at - 1].0 == other;
        match kind {
            TokenKind::OpenParen
            | TokenKind::OpenBracket
            | TokenKind::OpenBrace
            | TokenKind::Lt => depth += 1,
            TokenKind::Gt if follows(TokenKind::Minus) => {}
            TokenKind::CloseBracket | TokenKind::CloseBrace | TokenKind::Gt => {
                depth = depth.saturating_sub(1)
            }
            TokenKind::CloseParen if depth > 0 => depth -= 1,
            TokenKind::Comma | TokenKind::CloseParen if depth == 0 => {
                if !is_named && !is_empty {
                    // Before the first one there is no comma, so the one behind it goes.
                    let is_first = begin == all[open].1.end && *kind == TokenKind::Comma;
                    found.push(begin..if is_first { range.end } else { range.start });
                }
                if *kind == TokenKind::CloseParen {
                    break;
                }
                (begin, is_named, is_empty) = (range.start, false, true);
                continue;
            }
            TokenKind::Colon if depth == 0 => {
                let is_double = follows(TokenKind::Colon)
                    || all
                        .get(at + 1)
                        .is_some_and(|(next, _)| *next == TokenKind::Colon);
                is_named |= !is_double;
            }
            TokenKind::Ident if depth == 0 => is_named |= &code[range.clone()] == "self",
            TokenKind::Dot if depth == 0 => is_named = true,
            _ => {}
        }
        is_empty = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn what_older_editions_have_is_masked() {
        for (code, expected) in [
            (
                "trait T { fn f(&self, i32) -> i32; }",
                "trait T { fn f(&self     ) -> i32; }",
            ),
            (
                "trait T { fn f(u8, x: u8, &str); }",
                "trait T { fn f(    x: u8      ); }",
            ),
            (
                "trait T { fn f<A>(std::vec::Vec<(u8, A)>); }",
                "trait T { fn f<A>(                      ); }",
            ),
            ("let async = 1; async + 1", "let asyn_ = 1; asyn_ + 1"),
            ("try!(f())", "tr_!(f())"),
        ] {
            let masked = mask(code).map(|masked| masked.code);
            assert_eq!(masked.as_deref(), Some(expected), "{code}");
        }
        for code in [
            "async { 1 }.await",
            "async fn f() {}",
            "let x: Box<dyn Fn(i32)> = b;",
            "fn f(self: Box<Self>, (a, b): (u8, u8), c: fn(i32) -> u8) {}",
            "extern { fn printf(format: *const u8, ...); }",
            "let f: fn(i32) = g;",
        ] {
            assert!(mask(code).is_none(), "{code}");
        }
    }
}
