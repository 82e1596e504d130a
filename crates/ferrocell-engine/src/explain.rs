//! Finds words for what the compiler says: which messages a user should see, and what to add to them.

use crate::CellId;
use crate::build::{BuildError, Built};
use crate::cell::{Cell, ItemKind, Statement};
use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::generate::Annotation;
use crate::plan::Plan;
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

/// What the user should know although the cell has succeeded.
pub(crate) fn notes_on_success(plan: &Plan, built: &Built) -> Vec<String> {
    let mut notes = built.warnings.clone();
    let mut say = |text: String| notes.push(format!("\x1b[1;32mnote\x1b[0m: {text}"));
    for name in &plan.forgotten {
        say(format!(
            "the variable `{name}` was dropped, because its type was defined anew"
        ));
    }
    for name in &plan.reset {
        say(format!(
            "the static `{name}` starts anew, because its type was defined anew"
        ));
    }
    for index in &built.adjustments.dropped {
        let item = &plan.survivors[*index].item;
        if let ItemKind::Impl { header, .. } = &item.kind {
            let cell = item.source.cell.0;
            say(format!(
                "`{header}` of cell [{cell}] was dropped, because it does not fit the type's new definition"
            ));
        }
    }
    for (name, reason) in &built.adjustments.gone {
        if plan.bound.contains_key(name) && !reason.contains("moved") {
            say(format!("`{name}` is not kept for later cells: {reason}"));
        }
    }
    notes
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

/// Why a variable is gone that a cell has moved.
pub(crate) fn moved(cell: CellId) -> String {
    format!(
        "cell [{}] moved it; clone it there, or share it through an `Arc`",
        cell.0
    )
}

/// Why a variable cannot be kept.
pub(crate) fn unnameable(name: &str, ty: &str) -> String {
    format!(
        "its type cannot be written down ({ty}); store what it yields (`.collect()`), or a box: \
         `let {name}: Box<dyn …> = Box::new(…)`"
    )
}

/// A type that can be written down, for a value whose own type cannot: a function becomes a function pointer, an
/// iterator and a future become boxes.
pub(crate) fn nameable(ty: &str) -> Option<Annotation> {
    let boxed = |ty: &str, wrapper| Annotation {
        ty: ty.to_owned(),
        wrapper: Some(wrapper),
    };
    if let (true, Some(brace)) = (ty.contains("fn("), ty.find(" {")) {
        let ty = ty[..brace].to_owned();
        return (!ty.contains("impl ")).then_some(Annotation { ty, wrapper: None });
    }
    if ty.starts_with("{async") {
        let future =
            "::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = _> + Send>>";
        return Some(boxed(future, "::std::boxed::Box::pin"));
    }
    if ty.starts_with("std::iter::") {
        let iterator = "::std::boxed::Box<dyn ::std::iter::Iterator<Item = _> + Send>";
        return Some(boxed(iterator, "::std::boxed::Box::new"));
    }
    let bounds = ty.strip_prefix("impl ")?;
    Some(boxed(
        &format!("::std::boxed::Box<dyn {bounds} + Send>"),
        "::std::boxed::Box::new",
    ))
}
