//! Whatever is being written, a question about it has an answer in it.

use std::path::Path;

use super::{directive, inspection};
use crate::cell::split_directives;
use crate::compiler::state::State;
use crate::deps::Spec;
use crate::directives::settings_of;
use crate::settings::Settings;

/// Reads the directives of a cell, and asks about each place in one.
///
/// # Panics
///
/// If a place is not in the text.
pub fn fuzz_directives(text: &str) {
    let (directives, code) = split_directives(text);
    assert_eq!(code.len(), text.len());
    let state = State::default();
    for directive in &directives {
        let _ = Spec::parse(&directive.argument, Path::new("/"));
        let written = text
            .get(directive.range.clone())
            .expect("a directive is in the text");
        for (offset, _) in written.char_indices() {
            let at = directive.range.start + offset;
            if let Some((_, replaced)) = directive::complete(&state, text, at) {
                assert!(text.get(replaced).is_some());
            }
            inspection::of_directive(text, at);
        }
    }
    let _ = settings_of(&Settings::default(), &directives);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::fuzz_directives;
    use crate::any_text::{config, corpus, texts};
    use crate::compiler::state::State;
    use crate::query::cursor::byte_of;
    use crate::query::{completeness, completion, directive, inspection};

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_text_can_be_asked_about(text in texts(), cursor in any::<Index>()) {
            completeness::of(&text);
            let length = text.chars().count();
            // One that lies behind the text is asked about, too.
            let (state, at) = (State::default(), byte_of(&text, cursor.index(length + 2)));
            let found = directive::complete(&state, &text, at);
            let (_, replaced) = found.unwrap_or_else(|| completion::of_code(&state, &text, at));
            prop_assert!(text.get(replaced).is_some());
            inspection::of_directive(&text, at);
            inspection::at(&state, &text, at, 1);
        }
    }

    #[test]
    fn the_corpus_of_directives_can_be_asked_about() {
        for text in corpus("directives") {
            fuzz_directives(&text);
        }
    }
}
