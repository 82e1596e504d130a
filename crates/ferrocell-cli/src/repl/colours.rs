//! Code in colours.

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

/// The beginnings of scopes and their colours, as numbers of ANSI's. The first that fits the innermost scope counts.
const COLOURS: [(&str, &str); 8] = [
    ("comment", "90"),
    ("string", "32"),
    ("constant", "36"),
    ("keyword", "35"),
    ("storage", "35"),
    ("entity.name", "34"),
    ("support", "33"),
    ("variable.language", "35"),
];

/// Knows Rust's syntax.
pub(super) struct Colours {
    syntaxes: SyntaxSet,
    rust: SyntaxReference,
}

impl Colours {
    pub(super) fn new() -> Option<Self> {
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let rust = syntaxes.find_syntax_by_token("rust")?.clone();
        Some(Self { syntaxes, rust })
    }

    /// The code with escape sequences that colour it; `None` if the grammar gives up on it.
    pub(super) fn paint(&self, code: &str) -> Option<String> {
        let mut state = ParseState::new(&self.rust);
        let mut scopes = ScopeStack::new();
        let mut painted = String::new();
        for line in LinesWithEndings::from(code) {
            let changes = state.parse_line(line, &self.syntaxes).ok()?;
            let mut begin = 0;
            for (end, change) in changes {
                paint(&mut painted, &line[begin..end], &scopes);
                scopes.apply(&change).ok()?;
                begin = end;
            }
            paint(&mut painted, &line[begin..], &scopes);
        }
        Some(painted)
    }
}

fn paint(painted: &mut String, text: &str, scopes: &ScopeStack) {
    let scope = scopes.as_slice().last().map(|scope| scope.build_string());
    let scope = scope.unwrap_or_default();
    let colour = COLOURS.iter().find(|(begins, _)| scope.starts_with(begins));
    match colour {
        Some((_, colour)) if !text.trim().is_empty() => {
            *painted += &format!("\x1b[{colour}m{text}\x1b[0m");
        }
        _ => painted.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::without_ansi;

    #[test]
    fn colours_change_no_character() {
        let colours = Colours::new().unwrap();
        for code in [
            "let x = \"a\"; // ü",
            "fn f() {\n    1.5\n}",
            "",
            "'",
            "/* \n",
            ":dep rand = \"1\"",
        ] {
            assert_eq!(without_ansi(&colours.paint(code).unwrap()), code);
        }
        let painted = colours.paint("let x = \"a\";").unwrap();
        assert!(
            painted.contains("\x1b[35mlet\x1b[0m") && painted.contains("\x1b[32m"),
            "{painted:?}"
        );
    }
}
