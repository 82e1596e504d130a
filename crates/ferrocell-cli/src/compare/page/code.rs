//! Source code with its syntax marked by CSS classes, whose colours the page's style sheet gives.

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

use super::text::escape;

const CLASSES: ClassStyle = ClassStyle::SpacedPrefixed { prefix: "s-" };

/// Knows the syntaxes of many languages; made once for a page.
pub(super) struct Highlighter {
    syntaxes: SyntaxSet,
}

impl Highlighter {
    pub(super) fn new() -> Self {
        Self {
            syntaxes: SyntaxSet::load_defaults_newlines(),
        }
    }

    /// The code as HTML; without colours where the language is not known.
    pub(super) fn render(&self, code: &str, language: &str) -> String {
        let Some(syntax) = self.syntaxes.find_syntax_by_token(language) else {
            return escape(code);
        };
        let mut generator =
            ClassedHTMLGenerator::new_with_class_style(syntax, &self.syntaxes, CLASSES);
        for line in LinesWithEndings::from(code) {
            if generator
                .parse_html_for_line_which_includes_newline(line)
                .is_err()
            {
                // The grammar gave up on this text, which is then shown plain.
                return escape(code);
            }
        }
        generator.finalize()
    }
}
