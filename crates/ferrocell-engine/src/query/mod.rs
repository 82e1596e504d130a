//! Answers questions about code that is being written, from the session's own state.
//!
//! A question is answered from a snapshot of plain data, so it never waits for a running cell. Where rust-analyzer is
//! installed, it answers better, if it does so in time; where nothing of that tells the type of an expression, the compiler
//! is asked for it, in the background and for a bounded time.

mod completeness;
mod completion;
mod cursor;
mod directive;
mod expression;
mod format;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod inspection;
mod members;
mod std_members;
mod std_paths;

#[cfg(any(test, fuzzing))]
pub use fuzz::fuzz_directives;

pub(crate) use completion::is_keyword;
pub(crate) use directive::is_primitive;
pub(crate) use inspection::describe;

use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cursor::{Cursor, Owner, byte_of, position_of};
use expression::Expression;

use crate::ahead::Ahead;
use crate::analyzer::Analyzer;
use crate::cell::large_stack;
use crate::compiler::state::State;
use crate::compiler::type_names;
use crate::{Completeness, Completion, Completions, Inspection, Remark, Variable};

/// How long an answer may take that nobody else has.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a better answer may take than the one that is there.
const SHORT_PATIENCE: Duration = Duration::from_millis(300);

/// A handle for asking, for other threads than the one that executes cells.
#[derive(Clone, Debug)]
pub struct Queries {
    state: Arc<Mutex<Arc<State>>>,
    ahead: Ahead,
    analyzer: Analyzer,
}

impl Queries {
    /// Questions about a session that is about to begin.
    pub(crate) fn new(ahead: Ahead, analyzer: Analyzer) -> Self {
        Self {
            state: Arc::default(),
            ahead,
            analyzer,
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
        self.analyzer.wake();
        self.ahead.draft(text)
    }

    /// Whether a text could be executed as it stands.
    pub fn is_complete(&self, text: &str) -> Completeness {
        self.ahead.sketch(text);
        large_stack::large(|| completeness::of(text))
    }

    /// A text as rustfmt writes it, or why it stays as it is.
    pub fn format(&self, text: &str) -> Result<String, String> {
        let edition = self.snapshot().settings.edition;
        large_stack::large(|| format::of(text, self.ahead.sysroot().as_deref(), edition))
    }

    /// The variables that the next cell may use: their names, types, and what is to be known of them besides.
    pub fn variables(&self) -> Vec<Variable> {
        variables(&self.snapshot())
    }

    /// What could stand at the cursor, a position in code points.
    pub fn complete(&self, text: &str, cursor: usize) -> Completions {
        let state = self.snapshot();
        let at = byte_of(text, cursor);
        let of_directive = large_stack::large(|| directive::complete(&state, text, at));
        if let Some((matches, replaced)) = of_directive {
            return placed(text, matches, replaced);
        }
        let (own, replaced) = large_stack::large(|| completion::of_code(&state, text, at));
        let found = placed(text, self.refined(&state, text, at, own), replaced);
        if !found.matches.is_empty() {
            self.ahead.sketch(text);
            return found;
        }
        if let Some(expression) = self.expression(text, cursor) {
            return large_stack::large(|| members_of(&state, &expression, text, cursor));
        }
        match self.ahead.sysroot() {
            Some(sysroot) => large_stack::large(|| names_of_std(&sysroot, text, cursor)),
            None => found,
        }
    }

    /// The candidates at a byte, as rust-analyzer knows them, with those of the session that it does not know; or as they
    /// are, if it does not tell in time.
    fn refined(
        &self,
        state: &State,
        text: &str,
        at: usize,
        own: Vec<Completion>,
    ) -> Vec<Completion> {
        let cursor = Cursor::find(text, at);
        if cursor.owner == Owner::Nowhere {
            return own;
        }
        let patience = patience(!own.is_empty());
        let suggestions = self.analyzer.complete(state, text, at, patience);
        let mut suggestions = suggestions.unwrap_or_default();
        if cursor.owner == Owner::None && cursor.prefix.is_empty() {
            // With nothing typed, a list of everything in the language helps nobody.
            suggestions.retain(|suggestion| suggestion.kind == "field");
        }
        completion::merged(suggestions, own, cursor.prefix)
    }

    /// What the compiler knows of the expression whose member stands at a cursor.
    fn expression(&self, text: &str, cursor: usize) -> Option<Expression> {
        let cursor = Cursor::find(text, byte_of(text, cursor));
        if !matches!(cursor.owner, Owner::Value(_)) {
            return None;
        }
        for question in expression::questions(&text[..cursor.name.start]) {
            let remarks = self.ahead.ask(&question).recv_timeout(PATIENCE).ok()?;
            if let Some(found) = expression::answer(&remarks) {
                return Some(found);
            }
            if !expression::is_refused(&remarks) {
                return None;
            }
        }
        None
    }

    /// What stands at the cursor, a position in code points. With a `detail` of 1 or more, all that is known of it.
    pub fn inspect(&self, text: &str, cursor: usize, detail: u8) -> Option<Inspection> {
        self.ahead.sketch(text);
        let state = self.snapshot();
        let at = byte_of(text, cursor);
        let of_directive = inspection::of_directive(text, at);
        if of_directive.is_some() {
            return of_directive;
        }
        let known = large_stack::large(|| inspection::at(&state, text, at, detail));
        if detail > 0 && known.is_some() {
            return known;
        }
        let patience = patience(known.is_some());
        let described = self.analyzer.describe(&state, text, at, patience);
        let described = described.map(|markdown| inspection::of_markdown(&markdown));
        described.or(known).or_else(|| {
            let expression = self.expression(text, cursor)?;
            large_stack::large(|| inspection::of_member(&state, &expression, text, cursor))
        })
    }

    /// From now on, questions are about this state.
    pub(crate) fn publish(&self, state: Arc<State>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How long rust-analyzer may take, if there is an answer without it and if there is none.
fn patience(is_answered: bool) -> Duration {
    if is_answered {
        SHORT_PATIENCE
    } else {
        PATIENCE
    }
}

/// The variables of a state.
pub(crate) fn variables(state: &State) -> Vec<Variable> {
    let variables = state.variables.iter().map(|(name, variable)| Variable {
        name: name.clone(),
        ty: type_names::written(&variable.ty, state).to_string(),
        is_mutable: variable.mutable,
        note: variable.shared.as_ref().map(|shared| shared.note(name)),
    });
    variables.collect()
}

/// The members of an expression, at a cursor that is given in code points.
fn members_of(state: &State, expression: &Expression, text: &str, cursor: usize) -> Completions {
    let cursor = Cursor::find(text, byte_of(text, cursor));
    let members = members::of_expression(state, expression);
    completions(text, &cursor, members)
}

/// What the standard library has behind the path at a cursor.
fn names_of_std(sysroot: &Path, text: &str, cursor: usize) -> Completions {
    let cursor = Cursor::find(text, byte_of(text, cursor));
    let names = match &cursor.owner {
        Owner::Path(path) => std_paths::of(sysroot, path),
        _ => Vec::new(),
    };
    completions(text, &cursor, names)
}

/// Those of the candidates that begin with what stands before the cursor.
fn completions(text: &str, cursor: &Cursor<'_>, mut matches: Vec<Completion>) -> Completions {
    matches.retain(|candidate| candidate.text.starts_with(cursor.prefix));
    placed(text, matches, cursor.name.clone())
}

/// Candidates for the bytes that they replace.
fn placed(text: &str, matches: Vec<Completion>, replaced: Range<usize>) -> Completions {
    Completions {
        matches,
        cursor_start: position_of(text, replaced.start),
        cursor_end: position_of(text, replaced.end),
    }
}
