//! How deeply a text nests, told from its tokens: parsers descend once per level, and their stacks end.

use ra_ap_rustc_lexer::TokenKind;

use super::tokens;

/// The deepest text that is parsed: 2,000 brackets, or a statement of 8,000 tokens.
pub(super) const DEEPEST: usize = 8_000;

/// What a bracket costs a parser, compared with an operator.
const BRACKET: usize = 4;

/// How deeply a parser may have to descend, at most. Within a pair of brackets each token may lead one level down, until a
/// separator, or a new statement behind a block.
pub(super) fn of(code: &str) -> usize {
    let (mut outer, mut current) = (Vec::new(), 0);
    let (mut depth, mut deepest) = (0, 0);
    let mut is_behind_block = false;
    for (kind, range) in tokens(code) {
        match kind {
            TokenKind::Whitespace
            | TokenKind::LineComment { .. }
            | TokenKind::BlockComment { .. } => continue,
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => {
                outer.push(current);
                depth += BRACKET + current;
                current = 0;
            }
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                current = outer.pop().unwrap_or_default();
                depth = depth.saturating_sub(BRACKET + current);
                current += 1;
            }
            TokenKind::Comma | TokenKind::Semi => current = 0,
            TokenKind::Ident if is_behind_block && &code[range.clone()] != "else" => current = 1,
            _ => current += 1,
        }
        is_behind_block = kind == TokenKind::CloseBrace;
        deepest = deepest.max(depth + current);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_and_lists_are_not() {
        let repeated = |text: &str| of(&text.repeat(1000));
        for nesting in [
            "(",
            "{ ",
            "- ",
            "!",
            "1 + ",
            "|| ",
            "x.",
            "if a {} else ",
            "a = {} = ",
        ] {
            assert!(repeated(nesting) >= 1000, "{nesting}");
        }
        for list in [
            "f(1, 2), ",
            "let x = vec![1, 2];",
            "fn f() { 1 + 1 }\n",
            "if a { b(); }\n",
            "// (((\n",
        ] {
            assert!(repeated(list) < 20, "{list}");
        }
    }
}
