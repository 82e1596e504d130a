//! Whether a text could be executed as it stands.

use ra_ap_rustc_lexer::{LiteralKind, TokenKind};

use crate::cell::{Cell, tokens};
use crate::{CellId, Completeness};

const INDENT: &str = "    ";

/// Judges a text.
pub(super) fn of(text: &str) -> Completeness {
    let mut open = Vec::new();
    for (kind, range) in tokens(text) {
        match kind {
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => open.push(kind),
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket
                if open.pop().is_some_and(|open| closes(open, kind)) => {}
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                return Completeness::Invalid;
            }
            _ if is_unfinished(kind, &text[range]) => {
                return Completeness::Incomplete {
                    indent: String::new(),
                };
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        return Completeness::Incomplete {
            indent: INDENT.repeat(open.len()),
        };
    }
    match Cell::parse(CellId(0), text, |_| None) {
        Ok(_) => Completeness::Complete,
        Err(error) => {
            let end = error.source.code.trim_end().len();
            if error.message.starts_with("unexpected end of input") || error.range.start >= end {
                Completeness::Incomplete {
                    indent: String::new(),
                }
            } else {
                Completeness::Invalid
            }
        }
    }
}

fn closes(open: TokenKind, close: TokenKind) -> bool {
    matches!(
        (open, close),
        (TokenKind::OpenParen, TokenKind::CloseParen)
            | (TokenKind::OpenBrace, TokenKind::CloseBrace)
            | (TokenKind::OpenBracket, TokenKind::CloseBracket)
    )
}

fn is_unfinished(kind: TokenKind, token: &str) -> bool {
    match kind {
        TokenKind::BlockComment { terminated, .. } => !terminated,
        TokenKind::Literal { kind, .. } => match kind {
            LiteralKind::Str { terminated }
            | LiteralKind::ByteStr { terminated }
            | LiteralKind::CStr { terminated } => !terminated,
            LiteralKind::RawStr { n_hashes }
            | LiteralKind::RawByteStr { n_hashes }
            | LiteralKind::RawCStr { n_hashes } => n_hashes.is_none() && token.contains('"'),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match of(text) {
            Completeness::Complete => "complete".to_owned(),
            Completeness::Incomplete { indent } => format!("incomplete {}", indent.len()),
            Completeness::Invalid => "invalid".to_owned(),
            Completeness::Unknown => "unknown".to_owned(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn texts_are_judged_by_the_parser() {
        check("", "complete");
        check("1 + 1", "complete");
        check(":dep rand = \"0.9\"\nuse rand::Rng;", "complete");
        check("fn main() {", "incomplete 4");
        check("f(vec![1,", "incomplete 8");
        check("let x =", "incomplete 0");
        check("#[derive(Debug)]", "incomplete 0");
        check("let s = \"abc", "incomplete 0");
        check("let s = r#\"abc\"", "incomplete 0");
        check("/* comment", "incomplete 0");
        check("let x = )", "invalid");
        check("let let = 3;", "invalid");
        check("struct S { a: i32 ]", "invalid");
    }
}
