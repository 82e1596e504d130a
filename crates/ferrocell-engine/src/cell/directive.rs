//! Lines that are for the engine and not for the compiler: `:dep …`, `:vars`, `!command`.

use std::ops::Range;

use ra_ap_rustc_lexer::TokenKind;

use super::words::tokens;

/// One such line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directive {
    /// The word behind the colon; `!` for a shell command.
    pub(crate) name: String,
    /// The rest of the line, trimmed.
    pub(crate) argument: String,
    /// Where the line stands.
    pub(crate) range: Range<usize>,
}

/// Finds the directives of a cell, and returns its text with them blanked out.
///
/// A directive starts at the beginning of a line, outside of brackets, strings and comments. A bracket that a `:dep`
/// leaves open continues on the next lines.
pub(crate) fn split(text: &str) -> (Vec<Directive>, String) {
    let mut directives: Vec<Directive> = Vec::new();
    let mut code = text.to_owned();
    let mut at = 0;
    while let Some(start) = next_start(text, at) {
        let end = end_of(text, start);
        let line = &text[start..end];
        let (name, argument) = match line.strip_prefix('!') {
            Some(command) => ("!", command),
            None => {
                let body = &line[1..];
                body.split_at(
                    body.find(|c: char| !(c.is_alphanumeric() || c == '_'))
                        .unwrap_or(body.len()),
                )
            }
        };
        directives.push(Directive {
            name: name.to_owned(),
            argument: argument.trim().to_owned(),
            range: start..end,
        });
        let blank: String = line
            .chars()
            .map(|c| {
                if c == '\n' {
                    "\n".into()
                } else {
                    " ".repeat(c.len_utf8())
                }
            })
            .collect();
        code.replace_range(start..end, &blank);
        at = end;
    }
    (directives, code)
}

/// Where the next directive at or behind `from` starts. `from` is outside of everything that could hide one.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let starts_here = |at: usize| {
        let rest = &text[at..];
        let word = rest
            .strip_prefix(':')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        (word && !rest.starts_with("::")) || (rest.starts_with('!') && !rest.starts_with("!="))
    };
    let mut depth = 0usize;
    let mut line_start = from == 0 || text[..from].ends_with('\n');
    for (kind, range) in tokens(&text[from..]) {
        let range = from + range.start..from + range.end;
        if line_start && depth == 0 && starts_here(range.start) {
            return Some(range.start);
        }
        match kind {
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => depth += 1,
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                depth = depth.saturating_sub(1)
            }
            _ => {}
        }
        line_start = matches!(kind, TokenKind::Whitespace) && text[range].ends_with('\n');
    }
    None
}

fn end_of(text: &str, start: usize) -> usize {
    let line_end = |from: usize| {
        text[from..]
            .find('\n')
            .map_or(text.len(), |length| from + length)
    };
    let mut end = line_end(start);
    if text[start..].starts_with('!') {
        return end;
    }
    let open = |end: usize| {
        text[start..end].chars().fold(0i32, |depth, c| match c {
            '{' | '[' => depth + 1,
            '}' | ']' => depth - 1,
            _ => depth,
        }) > 0
    };
    while open(end) && end < text.len() {
        end = line_end(end + 1);
    }
    end
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: Expect) {
        let (directives, code) = split(text);
        assert_eq!(code.len(), text.len());
        let found: Vec<_> = directives
            .iter()
            .map(|d| format!("{} [{}]", d.name, d.argument))
            .collect();
        expected.assert_eq(&format!("{}\n---\n{}", found.join("\n"), code.trim()));
    }

    #[test]
    fn directives_are_split_from_code() {
        check(
            ":dep rand = \"0.9\"\nlet x = 1;\n:vars",
            expect![[r#"
            dep [rand = "0.9"]
            vars []
            ---
            let x = 1;"#]],
        );
        check(
            ":dep a = { path = \"x\",\n  features = [\"f\"] }\nx",
            expect![[r#"
            dep [a = { path = "x",
              features = ["f"] }]
            ---
            x"#]],
        );
        check(
            "!ls -l\nlet s = r\"\n:vars\n\";",
            expect![[r#"
            ! [ls -l]
            ---
            let s = r"
            :vars
            ";"#]],
        );
        check(
            "f(\n:x\n);\n::std::mem::drop(1);\n!done",
            expect![[r#"
            ! [done]
            ---
            f(
            :x
            );
            ::std::mem::drop(1);"#]],
        );
    }
}
