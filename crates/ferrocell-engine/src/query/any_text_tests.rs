//! Whatever is being written, a question about it has an answer in it.

use proptest::prelude::*;
use proptest::sample::Index;

use super::{candidates, completeness, inspection};
use crate::any_text::{config, texts};
use crate::compiler::state::State;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_can_be_asked_about(text in texts(), cursor in any::<Index>()) {
        completeness::of(&text);
        let length = text.chars().count();
        // One that lies behind the text is asked about, too.
        let cursor = cursor.index(length + 2);
        let found = candidates(&State::default(), &text, cursor);
        prop_assert!(found.cursor_start <= found.cursor_end && found.cursor_end <= length);
        inspection::at(&State::default(), &text, cursor, 1);
    }
}
