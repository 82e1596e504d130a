//! Finds words for what the compiler says: which messages a user should see, and what to add to them.

use crate::build::BuildError;
use crate::cell::{Cell, Statement};
use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::generate::Annotation;
use crate::source_map::{Generated, Origin};
use crate::state::State;

/// The error that a cell ends with when it does not compile.
pub(crate) fn failure(
    compiled: &Compiled,
    generated: &Generated,
    state: &State,
    statements: &[Statement],
) -> BuildError {
    let errors: Vec<&Diagnostic> = compiled
        .diagnostics
        .iter()
        .filter(|d| d.is_error() && !d.message.starts_with("aborting due to"))
        .collect();
    let Some(first) = errors.first() else {
        let noise = compiled.noise.trim();
        return BuildError::Broken(format!("rustc failed without an error message. {noise}"));
    };
    let code = first.code();
    let value = if code.is_empty() {
        first.message.clone()
    } else {
        format!("{} [{code}]", first.message)
    };
    let rendered = errors
        .iter()
        .map(|error| error.render(generated, &notes(error, generated, state, statements)))
        .collect();
    BuildError::Wrong { value, rendered }
}

/// The warnings about the cell itself that a user should see although it runs.
pub(crate) fn warnings(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    cell: &Cell,
) -> Vec<String> {
    diagnostics
        .iter()
        .filter(|diagnostic| !diagnostic.is_error())
        .filter(|diagnostic| {
            diagnostic
                .place(generated)
                .is_some_and(|place| place.source.cell == cell.source.cell)
        })
        .map(|diagnostic| diagnostic.render(generated, &[]))
        .collect()
}

/// What to add to an error, because the user may expect what a notebook in Python does.
fn notes(
    error: &Diagnostic,
    generated: &Generated,
    state: &State,
    statements: &[Statement],
) -> Vec<String> {
    let mut notes = Vec::new();
    let stored = error.origins(generated).find_map(|origin| match origin {
        Origin::Keep(name) => Some(name),
        _ => None,
    });
    if let (
        Some(name),
        "E0597" | "E0716" | "E0521" | "E0505" | "E0515" | "E0373" | "E0310" | "E0700",
    ) = (stored, error.code())
    {
        notes.push(format!(
            "variables outlive their cell, so `{name}` cannot borrow from another variable; store an owned value \
             (`.clone()`, `.to_owned()`), an index, or an `Arc`, or put the borrow into a block: {{ let {name} = …; … }}"
        ));
    }
    if matches!(error.code(), "E0425" | "E0434") {
        let name = error
            .place(generated)
            .map(|place| place.source.slice(&place.range).to_owned());
        let name = name.unwrap_or_default();
        let is_variable = state.variables.contains_key(&name)
            || statements
                .iter()
                .flat_map(|statement| &statement.bindings)
                .any(|binding| binding.name == name);
        if let Some(reason) = state.gone.get(&name) {
            notes.push(format!("the variable `{name}` is gone: {reason}"));
        } else if is_variable {
            notes.push(format!(
                "a function cannot see the notebook's variable `{name}`, as it could in Python: pass it as an argument, \
                 or make it a `static` (with an atomic or a `Mutex` if it changes)"
            ));
        }
    }
    notes
}

/// A type that can be written down, for a value whose own type cannot: a function becomes a function pointer, an
/// `impl Trait` becomes a box.
pub(crate) fn nameable(ty: &str) -> Option<Annotation> {
    if let (true, Some(brace)) = (ty.contains("fn("), ty.find(" {")) {
        return Some(Annotation {
            ty: ty[..brace].to_owned(),
            boxed: false,
        });
    }
    let bounds = ty.strip_prefix("impl ")?;
    Some(Annotation {
        ty: format!("::std::boxed::Box<dyn {bounds} + Send>"),
        boxed: true,
    })
}
