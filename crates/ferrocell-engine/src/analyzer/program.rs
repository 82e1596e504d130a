//! The session's program with a text in it, as one file.

use std::fmt::Write as _;

use crate::cell::{ItemKind, split_directives};
use crate::compiler::state::State;
use crate::settings::Edition;

/// A file that holds what the session has defined, and a text as the body of a function that has its variables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// The whole file.
    pub(super) text: String,
    /// The byte at which the text begins in it.
    pub(super) start: usize,
}

/// A place in a file as the protocol counts it, columns in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Program {
    /// The program of this state with this text.
    pub(super) fn of(state: &State, text: &str) -> Self {
        let (_, code) = split_directives(text);
        let mut program = String::from("#![allow(unused)]\n");
        for known in &state.items {
            // What a macro has made stands where the macro is called.
            if !matches!(known.item.kind, ItemKind::Made(_)) {
                let _ = writeln!(program, "{}", known.item.code());
            }
        }
        let variables = state.variables.iter().map(|(name, variable)| {
            let mutable = if variable.mutable { "mut " } else { "" };
            format!("{mutable}{name}: {}", variable.ty)
        });
        let variables: Vec<String> = variables.collect();
        let awaits = if state.settings.edition == Edition::E2015 {
            ""
        } else {
            "async "
        };
        let _ = writeln!(
            program,
            "{awaits}fn {CELL}({}) -> ::std::result::Result<(), ::std::boxed::Box<dyn ::std::error::Error>> {{",
            variables.join(", ")
        );
        let start = program.len();
        program += &code;
        program += "\n}\n";
        Self {
            text: program,
            start,
        }
    }

    /// Where a byte of the text is.
    pub(super) fn place(&self, at: usize) -> Place {
        let before = &self.text[..self.start + at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Place {
            line: before.matches('\n').count(),
            column: before.len() - line_start,
        }
    }
}

/// The function that the text is the body of.
pub(super) const CELL: &str = "__ferrocell_cell";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::any_text::{config, texts};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_text_has_its_places(text in texts(), at in any::<Index>()) {
            let program = Program::of(&State::default(), &text);
            let nth = at.index(text.chars().count() + 1);
            let at = text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at);
            let place = program.place(at);
            let line = program.text.split('\n').nth(place.line);
            prop_assert!(line.is_some_and(|line| place.column <= line.len()));
        }
    }

    #[test]
    fn a_text_keeps_its_place() {
        let program = Program::of(&State::default(), ":dep rand\nlet größe = 1;");
        assert_eq!(
            &program.text[program.start..],
            "         \nlet größe = 1;\n}\n"
        );
        let at = ":dep rand\nlet größe".len();
        assert_eq!(
            program.place(at),
            Place {
                line: 3,
                column: 11
            }
        );
    }
}
