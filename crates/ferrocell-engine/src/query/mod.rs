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

use std::sync::{Arc, Mutex, PoisonError};

use cursor::{byte_of, position_of};

use crate::cell::large_stack;
use crate::compiler::state::State;
use crate::{Completeness, Completions, Inspection};

/// A handle for asking, for other threads than the one that executes cells.
#[derive(Clone, Debug, Default)]
pub struct Queries(Arc<Mutex<Arc<State>>>);

impl Queries {
    /// Whether a text could be executed as it stands.
    pub fn is_complete(&self, text: &str) -> Completeness {
        large_stack::large(|| completeness::of(text))
    }

    /// What could stand at the cursor, a position in code points.
    pub fn complete(&self, text: &str, cursor: usize) -> Completions {
        let state = self.snapshot();
        large_stack::large(|| candidates(&state, text, cursor))
    }

    /// What stands at the cursor, a position in code points. With a `detail` of 1 or more, all that is known of it.
    pub fn inspect(&self, text: &str, cursor: usize, detail: u8) -> Option<Inspection> {
        let state = self.snapshot();
        large_stack::large(|| inspection::at(&state, text, cursor, detail))
    }

    /// From now on, questions are about this state.
    pub(crate) fn publish(&self, state: &State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(state.clone());
    }

    fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
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
