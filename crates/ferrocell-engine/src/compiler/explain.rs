//! Finds words for what the compiler says: which messages a user should see, and what to add to them.

use crate::cell::{Cell, ItemKind, Statement, names_in};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::editions;
use crate::compiler::error::BuildError;
use crate::compiler::plan::Plan;
use crate::compiler::python;
use crate::compiler::rustc::Compiled;
use crate::compiler::source_map::{Generated, Origin, Place};
use crate::compiler::state::State;
use crate::settings::Edition;
use crate::{CellId, Edit, Fix, Remark};

/// The error that a cell ends with when it does not compile. Without a cell, it is only known to be a text.
pub(crate) fn failure(
    compiled: &Compiled,
    generated: &Generated,
    state: &State,
    edition: Edition,
    cell: Option<&Cell>,
) -> BuildError {
    let mut errors: Vec<&Diagnostic> = compiled
        .diagnostics
        .iter()
        .filter(|d| d.is_error() && !d.message.starts_with("aborting due to"))
        .collect();
    // What the compiler says of generated code follows from what it says of the user's.
    if errors.iter().any(|error| error.place(generated).is_some()) {
        errors.retain(|error| error.place(generated).is_some());
    } else if errors.iter().any(|error| !error.code().is_empty()) {
        // One without a code, about the lifetimes of what surrounds the cell, says no more than those.
        errors.retain(|error| !error.code().is_empty());
    }
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
    let mut hints: Vec<&str> = Vec::new();
    let rendered = errors
        .iter()
        .map(|error| {
            let mut notes = notes(error, generated, state, edition, cell);
            for hint in python::hints(error, generated) {
                // Once is enough.
                if !hints.contains(&hint) {
                    hints.push(hint);
                    notes.push(hint.to_owned());
                }
            }
            let caused = cell
                .filter(|_| !error.is_placed(generated))
                .map(|cell| cause(error, generated, cell));
            let instead = caused.map(|(place, reason)| {
                notes.push(reason);
                place
            });
            error.render(generated, &notes, instead)
        })
        .collect();
    BuildError::Wrong { value, rendered }
}

/// The part of a cell that an error about generated code comes from, and why there is such code.
fn cause<'a>(error: &Diagnostic, generated: &'a Generated, cell: &'a Cell) -> (Place<'a>, String) {
    let last_use = |name: &String| {
        let mut body = cell.body().collect::<Vec<_>>().into_iter().rev();
        body.find(|statement| names_in(cell.source.slice(&statement.range)).contains(name))
    };
    let at = |statement: Option<&Statement>| {
        let whole = 0..cell.source.code.trim_end().len();
        Place {
            source: &cell.source,
            range: statement.map_or(whole, |statement| statement.range.clone()),
        }
    };
    let cause = error.origins(generated).find_map(|origin| match origin {
        Origin::Keep(name) => Some((
            at(cell.declaration(name).or_else(|| last_use(name))),
            format!("this happens where `{name}` is kept for later cells"),
        )),
        Origin::Take(name) => Some((
            at(last_use(name)),
            if error.code() == "E0603" {
                format!(
                    "the type of `{name}` is private in its module: make it `pub` there, or store a box: \
                     `let {name}: Box<dyn …> = Box::new(…)`"
                )
            } else {
                format!("this happens where `{name}` is taken over from an earlier cell")
            },
        )),
        Origin::Restore(name) => Some((
            at(last_use(name)),
            format!("this happens where `{name}` is put back for later cells"),
        )),
        Origin::Show => Some((
            at(cell.tail.as_ref()),
            "this happens where the value is shown; nothing is if a `;` ends it".to_owned(),
        )),
        Origin::Around { .. } => Some((
            generated.place_around(origin)?,
            "this happens where later cells get to know of it".to_owned(),
        )),
        Origin::User { .. } => None,
    });
    cause.unwrap_or_else(|| {
        (
            at(None),
            "this happens in code that surrounds the cell".to_owned(),
        )
    })
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
        .map(|diagnostic| diagnostic.render(generated, &[], None))
        .collect()
}

/// What the user should know although the cell has succeeded.
pub(crate) fn notes_on_success(plan: &Plan, adjustments: &Adjustments) -> Vec<String> {
    let mut notes = Vec::new();
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
    for index in &adjustments.dropped {
        let item = &plan.survivors[*index].item;
        if let ItemKind::Impl { header, .. } = &item.kind {
            let cell = item.source.cell.0;
            say(format!(
                "`{header}` of cell [{cell}] was dropped, because it does not fit the type's new definition"
            ));
        }
    }
    for (name, reason) in &adjustments.gone {
        if plan.bound.contains_key(name) && !reason.contains("moved") {
            say(format!("`{name}` is not kept for later cells: {reason}"));
        }
    }
    notes
}

/// What to show beside the text of a cell that is being written.
pub(crate) fn remarks(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    state: &State,
    edition: Edition,
    cell: &Cell,
) -> Vec<Remark> {
    let remark = |diagnostic: &Diagnostic| {
        let place = diagnostic.place(generated)?;
        let is_here = place.source.cell == cell.source.cell && place.source.file.is_none();
        let notes = if diagnostic.is_error() {
            let hints = python::hints(diagnostic, generated).into_iter();
            let mut notes = notes(diagnostic, generated, state, edition, Some(cell));
            notes.extend(hints.map(str::to_owned));
            notes
        } else {
            Vec::new()
        };
        let mut remark = is_here.then(|| diagnostic.remark(&place, notes, generated))?;
        if let Some(name) = similar_name(diagnostic, generated, state) {
            remark.fixes.push(Fix {
                title: is_similar(name),
                edits: vec![Edit {
                    start: remark.start,
                    end: remark.end,
                    text: name.to_owned(),
                }],
            });
        }
        Some(remark)
    };
    diagnostics.iter().filter_map(remark).collect()
}

/// What to add to an error, because the user may expect what a notebook in Python does.
fn notes(
    error: &Diagnostic,
    generated: &Generated,
    state: &State,
    edition: Edition,
    cell: Option<&Cell>,
) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(of_borrows(error, generated, cell));
    notes.extend(of_shared(error, generated, state));
    if matches!(error.code(), "E0381" | "E0425" | "E0434") {
        let name = error
            .place(generated)
            .map(|place| place.source.slice(&place.range).to_owned());
        let name = name.unwrap_or_default();
        let is_variable = state.variables.contains_key(&name)
            || cell
                .iter()
                .flat_map(|cell| &cell.statements)
                .flat_map(|statement| &statement.bindings)
                .any(|binding| binding.name == name);
        if let Some(reason) = state.gone.get(&name) {
            notes.push(format!("the variable `{name}` is gone: {reason}"));
        } else if is_variable && error.code() != "E0381" {
            notes.push(format!(
                "a function cannot see the notebook's variable `{name}`, as it could in Python: pass it as an argument, \
                 or make it a `static` (with an atomic or a `Mutex` if it changes)"
            ));
        }
    }
    notes.extend(similar_name(error, generated, state).map(is_similar));
    notes.extend(editions::note(error, generated, &state.editions, edition));
    notes
}

/// A name of an earlier cell that may be meant by one that is not there. rustc only knows of what the cell names.
fn similar_name<'a>(
    error: &Diagnostic,
    generated: &Generated,
    state: &'a State,
) -> Option<&'a str> {
    const CODES: [&str; 5] = ["E0405", "E0412", "E0422", "E0425", "E0433"];
    let is_answered = || error.texts().any(|text| text.contains("similar name"));
    if !CODES.contains(&error.code()) || is_answered() {
        return None;
    }
    let place = error.place(generated)?;
    let name = place.source.slice(&place.range);
    // A letter in three may differ.
    let most = name.chars().count().max(3) / 3;
    let items = state.items.iter().flat_map(|known| known.item.names());
    let names = state.variables.keys().map(String::as_str).chain(items);
    let names = names.map(|other| (strsim::damerau_levenshtein(name, other), other));
    let (_, nearest) = names
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min()?;
    Some(nearest)
}

fn is_similar(name: &str) -> String {
    format!("`{name}` has a similar name")
}

/// Why a variable that borrows cannot be kept.
fn of_borrows(error: &Diagnostic, generated: &Generated, cell: Option<&Cell>) -> Option<String> {
    const CODES: [&str; 12] = [
        "E0310", "E0373", "E0499", "E0502", "E0503", "E0505", "E0506", "E0515", "E0521", "E0597",
        "E0700", "E0716",
    ];
    let kept = error.origins(generated).filter_map(|origin| match origin {
        Origin::Keep(name) => Some(name),
        _ => None,
    });
    let kept: Vec<&String> = kept.collect();
    // Rather what borrows than what is borrowed from.
    let is_borrower = |name: &&&String| !error.message.contains(&format!("`{name}`"));
    let name = kept.iter().find(is_borrower).or(kept.first()).copied();
    let name = name.filter(|_| CODES.contains(&error.code()))?;
    let is_closure = cell
        .and_then(|cell| cell.declaration(name))
        .is_some_and(|statement| statement.closure.is_some());
    let is_borrowed_mutably = |place: &Place<'_>| {
        let code = &place.source.code;
        code[..place.range.start].trim_end().ends_with("&mut")
            || code[place.range.clone()].starts_with("&mut")
    };
    let is_mutable = error.message.contains("borrowed as mutable")
        || error.message.contains("mutably borrowed")
        || error.places(generated).iter().any(is_borrowed_mutably);
    Some(if is_closure {
        format!(
            "the closure `{name}` is kept for later cells, and may not borrow what it changes or what ends before; let \
             it own what it uses: `let {name} = move |…| …`, with a `.clone()` of what is needed elsewhere too"
        )
    } else if error.code() == "E0716" {
        format!(
            "`{name}` is kept for later cells, but borrows from a value that ends with its statement; give that a name \
             first: `let value = …;`"
        )
    } else if is_mutable {
        format!(
            "`{name}` borrows mutably, and so cannot be kept for later cells; put what needs it into a block: \
             {{ let {name} = …; … }}"
        )
    } else {
        format!(
            "`{name}` is kept for later cells, and with it what it borrows from, which therefore cannot change, move or \
             end; store an owned value (`.clone()`, `.to_owned()`), an index or an `Arc`, or put the borrow into a \
             block: {{ let {name} = …; … }}"
        )
    })
}

/// Why a variable that others borrow from cannot be changed or moved.
fn of_shared(error: &Diagnostic, generated: &Generated, state: &State) -> Option<String> {
    if !matches!(error.code(), "E0505" | "E0507" | "E0594" | "E0596") {
        return None;
    }
    error.place(generated)?;
    let (name, shared) = state.variables.iter().find_map(|(name, variable)| {
        let shared = variable.shared.as_ref()?;
        let is_named = |text: &str| {
            let mut quoted = text.split('`').skip(1).step_by(2);
            quoted.any(|quoted| {
                let path = quoted.trim_start_matches('*').strip_prefix(name.as_str());
                path.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        error
            .texts()
            .chain(error.labels())
            .any(is_named)
            .then_some((name, shared))
    })?;
    Some(format!(
        "{}, so `{name}` can be read, but not changed or moved; to go on with a copy: `let mut {name} = {name}.clone();`",
        shared.reason(name)
    ))
}

/// Why a variable is gone that a cell has moved.
pub(crate) fn moved(cell: CellId) -> String {
    format!(
        "cell [{}] moved it; clone it there, or share it through an `Arc`",
        cell.0
    )
}

/// Why a variable is gone that another one borrows from for ever.
pub(crate) fn borrowed(name: &str) -> String {
    format!(
        "another variable borrows from `{name}` for ever; make it a `&'static` that both can share"
    )
}

/// Why a variable cannot be kept.
pub(crate) fn unnameable(name: &str, ty: &str, is_local: bool) -> String {
    if is_local && !ty.contains('{') {
        return format!(
            "its type ({ty}) is defined inside of a function or block; define it outside of it, or store a box: \
             `let {name}: Box<dyn …> = Box::new(…)`"
        );
    }
    format!(
        "its type cannot be written down ({ty}); box what has no name where it is made \
         (`Box::new(|…| …) as Box<dyn Fn(…) -> …>`), store what it yields (`.collect()`), or a box: \
         `let {name}: Box<dyn …> = Box::new(…)`"
    )
}
