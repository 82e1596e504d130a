//! Whatever a cell says, it becomes a crate, or a refusal with a place in it.

use std::ops::Range;

use syn::parse::Parser;

use crate::CellId;
use crate::cell::{Cell, parse_code};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::generate::{Deps, generate};
use crate::compiler::plan::plan;
use crate::compiler::state::State;
use crate::settings::Settings;

/// Takes the cells of a notebook apart and generates their crates.
///
/// # Panics
///
/// If a place is not in the text, or a crate of what can be parsed cannot be parsed.
pub fn fuzz_cells<'a>(cells: impl IntoIterator<Item = &'a str>) {
    let mut state = State::default();
    for (index, text) in cells.into_iter().enumerate() {
        let id = CellId(index as u64 + 1);
        let cell = match Cell::parse(id, text, |name| state.macro_definition(name)) {
            Ok(cell) => cell,
            Err(error) => {
                assert_in(&error.source.code, &error.range);
                continue;
            }
        };
        for directive in &cell.directives {
            assert_in(text, &directive.range);
        }
        let plan = plan(&state, &cell);
        let adjustments = Adjustments::default();
        let generated = generate(&cell, &plan, &Settings::default(), &adjustments, Deps::None);
        if is_of_2021(&cell.source.code)
            && let Err(error) = syn::parse_file(&generated.text)
        {
            panic!("{error}\n{}", generated.text);
        }
        state = plan.apply(&state, &cell, &adjustments);
    }
}

/// A text is not cut inside of a character.
fn assert_in(text: &str, range: &Range<usize>) {
    assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
}

/// Whether code is Rust without the words that only older editions take for names.
fn is_of_2021(code: &str) -> bool {
    parse_code.parse_str(code).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fuzz_cells;
    use crate::any_text::{config, corpus, texts};
    use crate::cell::large_stack;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_cells_are_taken_apart_and_generated(cells in prop::collection::vec(texts(), 1..4)) {
            fuzz_cells(cells.iter().map(String::as_str));
        }
    }

    #[test]
    fn the_corpus_of_cells_is_taken_apart_and_generated() {
        for text in corpus("cells") {
            large_stack::large(|| fuzz_cells(text.split('\0')));
        }
    }
}
