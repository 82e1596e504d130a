//! Whatever is being written, a question about it has an answer in it.

use proptest::prelude::*;
use proptest::sample::Index;

use super::cursor::byte_of;
use super::{completeness, completion, directive, inspection};
use crate::any_text::{config, texts};
use crate::compiler::state::State;

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
