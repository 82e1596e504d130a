//! What an attempt to compile a cell teaches: how the generated code has to treat variables, boxes and items instead.

mod sharing;

use std::collections::BTreeMap;

use crate::cell::{Cell, Item, ItemKind, Signature};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::boxing::{self, Boxing, Fields};
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::explain;
use crate::compiler::mir;
use crate::compiler::paths;
use crate::compiler::plan::Plan;
use crate::compiler::source_map::{Generated, Origin, Place};
use crate::compiler::state::State;
use crate::compiler::type_names;

/// What can be known before the first attempt: the type of a closure can never be written down.
pub(super) fn initial(cell: &Cell, plan: &Plan) -> Adjustments {
    let boxed = plan.bound.keys().filter_map(|name| {
        let closure = cell.declaration(name)?.closure.as_ref()?;
        Some((name.clone(), Boxing::guess(closure)))
    });
    Adjustments {
        boxed: boxed.collect(),
        ..Adjustments::default()
    }
}

/// Adjusts what generated code does with variables, as far as the errors are about that.
pub(super) fn learn_from_errors(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    state: &State,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    let errors = || {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
    };
    let has_own_errors =
        errors().any(|error| matches!(error.origin(generated), Some(Origin::User { .. })));
    let is_about_variables = |error: &Diagnostic| {
        matches!(
            error.origin(generated),
            Some(Origin::Keep(_) | Origin::Restore(_) | Origin::Show)
        )
    };
    if !adjustments.lazy.is_empty() && !errors().all(is_about_variables) {
        // Without boxes there were no errors: what makes a value borrows, or does not go to other threads.
        for name in std::mem::take(&mut adjustments.lazy) {
            let reason = explain::unnameable(&name, "a closure within", false);
            adjustments.gone.insert(name, reason);
        }
        return;
    }
    for error in errors() {
        let is_whole = |name: &String| error.names_whole(name, generated);
        let is_elsewhere = error.code() == "E0505"
            && matches!(error.origin(generated), Some(Origin::Restore(name)) if is_whole(name));
        if !is_elsewhere
            && adjustments
                .sharing
                .learn(error, generated, cell, plan, false)
        {
            let changed = adjustments.sharing.changed.iter().cloned();
            adjustments.reassigned.extend(changed);
            continue;
        }
        match (error.code(), error.origin(generated)) {
            // Moved, or never initialised: it is not there to be stored.
            ("E0382" | "E0381", Some(origin @ (Origin::Restore(name) | Origin::Keep(name)))) => {
                let is_assigned = cell.body().any(|statement| {
                    statement.assigned.contains(name) || statement.assigned_in_part.contains(name)
                });
                // What was moved is the variable taken; one that the cell declares by the same name is another.
                let is_declared =
                    matches!(origin, Origin::Restore(_)) && plan.bound.contains_key(name);
                if (is_assigned || is_declared)
                    && plan.taken.contains_key(name)
                    && !adjustments.reassigned.contains(name)
                {
                    adjustments.reassigned.insert(name.clone());
                } else {
                    let before = state.gone.get(name).filter(|_| error.code() == "E0381");
                    let reason = before.cloned();
                    let reason = reason.unwrap_or_else(|| explain::moved(cell.source.cell));
                    adjustments.gone.insert(name.clone(), reason);
                }
            }
            // A `&'static mut` that goes elsewhere as a whole is only borrowed, but for ever.
            ("E0505", Some(Origin::Restore(name))) if error.names_whole(name, generated) => {
                adjustments
                    .gone
                    .insert(name.clone(), explain::moved(cell.source.cell));
            }
            // Nothing will end a borrow that lasts for ever. Where there are errors of the user's own code, it follows from those.
            ("E0505", Some(Origin::Keep(name))) if !has_own_errors => {
                adjustments
                    .gone
                    .insert(name.clone(), explain::borrowed(name));
            }
            ("E0252" | "E0254" | "E0255" | "E0260", Some(_)) => {
                adjustments
                    .replaced
                    .extend(replaced(error, cell, adjustments));
            }
            ("E0728", Some(_)) => adjustments.awaits = true,
            ("E0282" | "E0283" | "E0284", Some(Origin::Show)) if !adjustments.is_tail_late => {
                adjustments.is_tail_late = true;
            }
            ("E0282" | "E0277", Some(Origin::Show)) if adjustments.is_tail_late => {
                adjustments.is_tail_endless = true;
            }
            ("E0599" | "E0277", Some(Origin::Show)) => adjustments.is_tail_opaque = true,
            _ => relax_boxing(error, generated, adjustments),
        }
    }
}

/// The first of the items that an error says to be of one name: an import, or what an import takes the place of.
fn replaced(error: &Diagnostic, cell: &Cell, adjustments: &Adjustments) -> Option<usize> {
    let name = error
        .message
        .strip_prefix("the name `")?
        .split('`')
        .next()?;
    let mut same = cell.items.iter().enumerate().filter(|(index, item)| {
        item.names().contains(&name) && !adjustments.replaced.contains(index)
    });
    let (first, _) = same.next()?;
    same.next().map(|_| first)
}

/// Asks less of a boxed value that an error is about, or gives up to keep it.
fn relax_boxing(error: &Diagnostic, generated: &Generated, adjustments: &mut Adjustments) {
    // What is borrowed cannot be kept in any box.
    if matches!(
        error.code(),
        "E0373"
            | "E0382"
            | "E0499"
            | "E0502"
            | "E0503"
            | "E0505"
            | "E0506"
            | "E0515"
            | "E0521"
            | "E0597"
            | "E0716"
    ) {
        return;
    }
    let boxed = error.origins(generated).find_map(|origin| match origin {
        Origin::Keep(name) if adjustments.boxed.contains_key(name) => Some(name.clone()),
        _ => None,
    });
    let Some(name) = boxed else { return };
    let Some(boxing) = adjustments.boxed.get_mut(&name) else {
        return;
    };
    if boxing.relax(&error.message) {
        return;
    }
    if !boxing.is_guess {
        let reason = explain::unnameable(&name, &error.message, false);
        adjustments.gone.insert(name.clone(), reason);
    }
    // The type itself will tell more.
    adjustments.boxed.remove(&name);
}

/// Boxes variables whose types cannot be written down, and gives up those that no box helps.
pub(super) fn learn_from_types(
    types: &BTreeMap<String, String>,
    signatures: &BTreeMap<String, Signature>,
    generated: &Generated,
    state: &State,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    for (name, ty) in types.iter().filter(|(_, ty)| mir::is_unnameable(ty)) {
        let boxing = match adjustments.boxed.remove(name) {
            Some(boxing) if boxing.is_guess => continue,
            Some(_) => None,
            None => Boxing::of(ty, signatures, structs(cell, plan)),
        };
        match boxing {
            Some(boxing) => {
                adjustments.boxed.insert(name.clone(), boxing);
            }
            None => {
                let declaration = cell.declaration(name);
                let is_lazy = declaration.is_some_and(|declaration| declaration.lazy.is_some());
                if is_lazy && adjustments.lazy.insert(name.clone()) {
                    continue;
                }
                let written = type_names::written(&generated.name_closures(ty), state);
                let reason = explain::unnameable(name, &written, paths::is_local(ty));
                adjustments.gone.insert(name.clone(), reason);
            }
        }
    }
}

/// The structs with type parameters that a cell can name.
fn structs(cell: &Cell, plan: &Plan) -> BTreeMap<String, Fields> {
    let earlier = plan
        .needed
        .iter()
        .map(|index| &*plan.survivors[*index].item);
    let is_type = |item: &&Item| matches!(item.kind, ItemKind::Type { .. });
    earlier
        .chain(&cell.items)
        .filter(is_type)
        .filter_map(|item| boxing::fields(item.code()))
        .collect()
}

/// Gives up earlier `impl` blocks that are wrong now that the cell has defined a type anew, and those that it has written
/// again in other words.
pub(super) fn drop_misfits(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    let earlier = |place: &Place<'_>| {
        plan.needed.iter().copied().find(|index| {
            let item = &plan.survivors[*index].item;
            matches!(item.kind, ItemKind::Impl { .. })
                && item.source.is(place.source)
                && item.range.contains(&place.range.start)
        })
    };
    for error in diagnostics.iter().filter(|d| d.is_error()) {
        let places = error.places(generated);
        if matches!(error.code(), "E0119" | "E0592")
            && places
                .iter()
                .any(|place| place.source.cell == cell.source.cell)
        {
            adjustments
                .superseded
                .extend(places.iter().filter_map(earlier));
        } else if plan.has_changed_types {
            adjustments
                .dropped
                .extend(error.place(generated).and_then(|place| earlier(&place)));
        }
    }
}
