//! Answers questions about code that is being written, from the session's own state.
//!
//! A question is answered from a snapshot of plain data, so it never waits for a running cell. What the session cannot
//! know without a compiler (the types of expressions, the methods of a dependency's types) is left to a later source of
//! answers, which would stand beside this one.

mod completeness;
mod completion;
mod cursor;
mod directive;
mod inspection;
mod members;
mod std_members;

pub(crate) use completion::is_keyword;
pub(crate) use directive::is_primitive;
pub(crate) use inspection::describe;

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use cursor::{byte_of, position_of};

use crate::ahead::Ahead;
use crate::cell::large_stack;
use crate::compiler::state::State;
use crate::{Completeness, Completions, Inspection, Remark};

/// A handle for asking, for other threads than the one that executes cells.
#[derive(Clone, Debug)]
pub struct Queries {
    state: Arc<Mutex<Arc<State>>>,
    ahead: Ahead,
}

impl Queries {
    /// Questions about a session that is about to begin.
    pub(crate) fn new(ahead: Ahead) -> Self {
        Self {
            state: Arc::default(),
            ahead,
        }
    }

    /// A text will be executed after those that were announced before it, so it may be compiled while they run.
    pub fn expect(&self, text: &str) {
        self.ahead.expect(text);
    }

    /// Takes a text that is being written, in the place of an earlier one, and compiles it in the background, so that
    /// executing it finds that done. Nothing of the text is run, but for procedural macros of crates that the notebook has
    /// asked for.
    ///
    /// What is returned receives what the compiler says. It receives nothing, and ends, if another text came before this one
    /// was compiled, if compiling ahead is off (`:ahead off`), or if it cannot be told without executing: of a directive that
    /// does something, or of code that needs a crate which is not there.
    pub fn draft(&self, text: &str) -> Receiver<Vec<Remark>> {
        self.ahead.draft(text)
    }

    /// Whether a text could be executed as it stands.
    pub fn is_complete(&self, text: &str) -> Completeness {
        self.ahead.sketch(text);
        large_stack::large(|| completeness::of(text))
    }

    /// What could stand at the cursor, a position in code points.
    pub fn complete(&self, text: &str, cursor: usize) -> Completions {
        self.ahead.sketch(text);
        let state = self.snapshot();
        large_stack::large(|| candidates(&state, text, cursor))
    }

    /// What stands at the cursor, a position in code points. With a `detail` of 1 or more, all that is known of it.
    pub fn inspect(&self, text: &str, cursor: usize, detail: u8) -> Option<Inspection> {
        self.ahead.sketch(text);
        let state = self.snapshot();
        large_stack::large(|| inspection::at(&state, text, cursor, detail))
    }

    /// From now on, questions are about this state.
    pub(crate) fn publish(&self, state: Arc<State>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The candidates at a cursor, which is given in code points.
fn candidates(state: &State, text: &str, cursor: usize) -> Completions {
    let at = byte_of(text, cursor);
    let (matches, replaced) = directive::complete(state, text, at)
        .unwrap_or_else(|| completion::of_code(state, text, at));
    Completions {
        matches,
        cursor_start: position_of(text, replaced.start),
        cursor_end: position_of(text, replaced.end),
    }
}
