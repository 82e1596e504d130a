//! Supplies the semicolon that a `use` lacks at the end of its line, as evcxr does.

use ra_ap_rustc_lexer::TokenKind;

use super::tokens;

/// The code with the semicolons that it lacks, if it lacks any. Each takes the place of white space or of a comment, so
/// that all else keeps its own; only behind the very last word one byte is added.
pub(super) fn supply_semicolons(code: &str) -> Option<String> {
    let mut supplied = code.to_owned();
    // Where the last word of an unfinished `use` ends, with how many of its braces are open.
    let mut open: Option<(usize, usize)> = None;
    let mut previous = TokenKind::Semi;
    let mut is_new_line = false;
    let mut found = Vec::new();
    for (kind, range) in tokens(code) {
        match kind {
            TokenKind::Whitespace => {
                is_new_line |= code[range].contains('\n');
                continue;
            }
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => continue,
            _ => {}
        }
        let token = &code[range.clone()];
        if let Some((end, depth)) = open {
            let goes_on = depth > 0
                || !is_new_line
                || matches!(kind, TokenKind::Colon | TokenKind::Comma)
                || matches!(previous, TokenKind::Colon | TokenKind::Comma)
                || token == "as";
            open = match kind {
                TokenKind::Semi => None,
                _ if !goes_on => {
                    found.push(end);
                    None
                }
                TokenKind::OpenBrace => Some((range.end, depth + 1)),
                TokenKind::CloseBrace => Some((range.end, depth.saturating_sub(1))),
                _ => Some((range.end, depth)),
            };
        }
        // Elsewhere, it is a bound of an `impl Trait`.
        let begins = is_new_line
            || code[range.end..].starts_with(char::is_whitespace) && previous != TokenKind::Plus;
        if open.is_none() && token == "use" && begins {
            open = Some((range.end, 0));
        }
        (previous, is_new_line) = (kind, false);
    }
    found.extend(open.map(|(end, _)| end));
    for end in found.iter().rev() {
        // A comment that follows at once has to make room.
        let comment = tokens(&code[*end..]).next().filter(|(kind, _)| {
            matches!(
                kind,
                TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
            )
        });
        let next = code[*end..].chars().next().map_or(0, char::len_utf8);
        let replaced = comment.map_or(next, |(_, range)| range.end);
        let filling = " ".repeat(replaced.saturating_sub(1));
        supplied.replace_range(*end..*end + replaced, &format!(";{filling}"));
    }
    (!found.is_empty()).then_some(supplied)
}

#[cfg(test)]
mod tests {
    use super::supply_semicolons;

    #[test]
    fn only_what_lacks_a_semicolon_gets_one() {
        for (code, supplied) in [
            ("use a::b\nf()", "use a::b;f()"),
            (
                "use a::b\n\nuse c::{\n  d,\n  e::{f, g}\n}\nh();",
                "use a::b;\nuse c::{\n  d,\n  e::{f, g}\n};h();",
            ),
            ("use a::b", "use a::b;"),
            ("use a::b\u{2028}", "use a::b;  "),
            ("use a::b // comment\nf()", "use a::b;// comment\nf()"),
            ("use a::b// é\nf()", "use a::b;    \nf()"),
            ("use a::\n  b\n  as c\nf()", "use a::\n  b\n  as c;f()"),
            (
                "fn f() {\n  use a::*\n  g()\n}",
                "fn f() {\n  use a::*;  g()\n}",
            ),
            ("pub use a::b\nuse c;", "pub use a::b;use c;"),
        ] {
            assert_eq!(supply_semicolons(code).as_deref(), Some(supplied), "{code}");
        }
        for code in [
            "use a::b;\nuse c::{d,\n e};",
            "reuse\nf()",
            "f(\"use a\")",
            "fn f() -> impl T + use<'_> {}",
        ] {
            assert_eq!(supply_semicolons(code), None, "{code}");
        }
    }
}
