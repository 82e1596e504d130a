//! One text, compiled without being executed.

use std::sync::Arc;

use crate::cell::{Cell, Item, SyntaxError};
use crate::compiler::attempt::Environment;
use crate::compiler::canonical;
use crate::compiler::pipeline::{self, Uncompiled};
use crate::compiler::source_map::position;
use crate::compiler::state::State;
use crate::deps::Spec;
use crate::directives::{self, Effect};
use crate::interrupts::Interrupts;
use crate::settings::Settings;
use crate::{CellId, Remark, Severity};

use super::{Basis, Place};

/// What came of it.
pub(super) struct Compiled {
    /// What the compiler says.
    pub(super) remarks: Vec<Remark>,
    /// What the next text can be compiled on, if this one runs and succeeds.
    pub(super) next: Option<Basis>,
}

/// Compiles a text. `None` if that takes more than the compiler: a directive that does something, a crate that is not there.
pub(super) fn compile(
    place: &Place,
    basis: &Basis,
    text: &str,
    interrupts: &Interrupts,
) -> Option<Compiled> {
    let state = &*basis.state;
    let number = number(state)?;
    let cell = match state.parse(number, text) {
        Ok(cell) => cell,
        Err(error) => return Some(wrong(&error)),
    };
    let settings = settings(place, state, &cell)?;
    if !cell.has_code() || !has_all(state, &cell) {
        return None;
    }
    let environment = Environment {
        toolchain: &basis.toolchain,
        state,
        settings: &settings,
        dir: &place.dir,
        artifacts: &place.artifacts,
        interrupts,
    };
    let compiled = pipeline::compile(&environment, &place.folder, &cell);
    if interrupts.is_requested() {
        return None;
    }
    Some(match compiled {
        Ok(compilation) => {
            let begun = compilation.begun(state);
            let next = Basis {
                state: Arc::new(compilation.ended(begun, settings.edition, true)),
                toolchain: basis.toolchain.clone(),
            };
            Compiled {
                remarks: compilation.built.remarks,
                next: Some(next),
            }
        }
        Err(Uncompiled::Syntax(error)) => wrong(&error),
        Err(Uncompiled::Build(failed)) => Compiled {
            remarks: failed.remarks,
            next: None,
        },
    })
}

/// A number that the text may have, as far as what is compiled depends on it: none that another cell has.
fn number(state: &State) -> Option<CellId> {
    let numbers = state
        .editions
        .keys()
        .filter(|cell| cell.0 <= canonical::HIGHEST);
    let next = numbers.max().map_or(1, |last| last.0 + 1);
    (next <= canonical::HIGHEST).then_some(CellId(next))
}

/// How the text is compiled; `None` if its directives do more than to choose that.
fn settings(place: &Place, state: &State, cell: &Cell) -> Option<Settings> {
    let changes_nothing = |name: &str, argument: &str| match directives::find(name)?.effect {
        Effect::Compile(_) => Some(true),
        Effect::Dependency => {
            let spec = Spec::parse(argument, &place.folder).ok()?;
            Some(state.deps.get(&spec.crate_name()) == Some(&spec))
        }
        Effect::Session(_) | Effect::Elsewhere => Some(false),
    };
    let mut all = cell.directives.iter();
    all.all(|line| changes_nothing(&line.name, &line.argument) == Some(true))
        .then(|| directives::settings_of(&state.settings, &cell.directives).ok())?
}

/// Whether all crates are there that the text needs.
fn has_all(state: &State, cell: &Cell) -> bool {
    let mut externs = cell.items.iter().filter_map(Item::extern_crate);
    let awaits = cell.body().any(|statement| statement.awaits);
    let bundle = state.bundle.as_ref();
    externs.all(|name| state.has_crate(&name))
        && (!awaits || state.has_tokio())
        && bundle.is_none_or(|bundle| bundle.library_path().is_file())
}

/// What the parser says, which is all that is said of a text that is no Rust.
fn wrong(error: &SyntaxError) -> Compiled {
    let text = &error.source.text;
    Compiled {
        remarks: vec![Remark {
            severity: Severity::Error,
            message: error.message.clone(),
            code: String::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            start: position(text, error.range.start),
            end: position(text, error.range.end),
        }],
        next: None,
    }
}
