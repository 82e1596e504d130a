//! What the compiler's refusals to keep a variable teach: which one to share, and where.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::cell::{Cell, is_used_at, lasting_places};
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::plan::Plan;
use crate::compiler::sharing::{Sharing, declared_before};
use crate::compiler::source_map::{Generated, Origin};

impl Sharing {
    /// Learns from an error of the compiler's which variable to share; whether the error is about that. An error that does
    /// not point to where variables are kept comes of that only if it is `known` to do so.
    pub(crate) fn learn(
        &mut self,
        error: &Diagnostic,
        generated: &Generated,
        cell: &Cell,
        plan: &Plan,
        known: bool,
    ) -> bool {
        let places = error.places(generated).into_iter();
        let places = places.filter(|place| place.source.is(&cell.source));
        let placed = places.filter_map(|place| Some((part_at(cell, &place.range)?, place.range)));
        match error.code() {
            "E0507" | "E0594" | "E0596" => {
                let mut names =
                    placed.filter_map(|(part, range)| used_at(error, cell, part, &range));
                let changed = names.find(|name| self.earlier.contains(name));
                changed.is_some_and(|name| {
                    self.earlier.remove(&name);
                    self.changed.insert(name)
                })
            }
            // What the user's own code moves is moved.
            "E0505" if matches!(error.origin(generated), Some(Origin::User { .. })) => false,
            "E0373" | "E0505" | "E0521" | "E0597" => {
                let mut is_learned = false;
                for (part, range) in placed {
                    if let Some(name) = used_at(error, cell, part, &range)
                        && let by = keepers(error, generated, &name)
                        && (known || !by.is_empty())
                        && self.share(&name, part, cell, plan)
                    {
                        let here = cell.statements.get(part).filter(|_| by.is_empty());
                        let here = here.into_iter().flat_map(|statement| &statement.bindings);
                        let borrowers = self.borrowers.entry(name).or_default();
                        borrowers.extend(here.map(|binding| binding.name.clone()));
                        borrowers.extend(by);
                        is_learned = true;
                    }
                }
                is_learned
            }
            "E0716" if known || !keepers(error, generated, "").is_empty() => {
                let lasting = placed.filter(|(part, range)| {
                    let statement = cell.statements.get(*part);
                    statement.is_some_and(|statement| {
                        lasting_places(&cell.source, &statement.range).contains(range)
                    })
                });
                let before = self.unnamed.len();
                self.unnamed.extend(lasting.map(|(_, range)| range));
                self.unnamed.len() > before
            }
            _ => false,
        }
    }

    /// Shares a variable before a part of the body; `false` if it cannot be shared.
    fn share(&mut self, name: &str, part: usize, cell: &Cell, plan: &Plan) -> bool {
        let declared = declared_before(cell, part, name);
        let is_own = declared.is_some() && plan.bound.contains_key(name);
        if is_own || declared.is_none() && self.changed.contains(name) {
            let is_same = |(_, other): &(usize, String)| other == name;
            let is_since = |(at, _): &(usize, String)| declared.is_none_or(|before| before < *at);
            let since = self
                .within
                .iter()
                .filter(|share| is_same(share) && is_since(share));
            let first = since.map(|(at, _)| *at).min();
            // The first that borrows decides.
            if first.is_none_or(|first| part < first) {
                let is_later = |share: &(usize, String)| {
                    is_same(share) && is_since(share) && Some(share.0) == first
                };
                self.within.retain(|share| !is_later(share));
                self.within.insert((part, name.to_owned()));
            }
            return true;
        }
        let can_be = declared.is_none() && plan.taken.contains_key(name);
        if can_be && plan.taken[name].shared.is_none() {
            self.earlier.insert(name.to_owned());
        }
        can_be
    }
}

/// The statement, or the tail behind the last of them, in which a range lies.
fn part_at(cell: &Cell, range: &Range<usize>) -> Option<usize> {
    cell.body().position(|statement| {
        statement.range.start <= range.start && range.end <= statement.range.end
    })
}

/// The variable of the body that a part of it uses at a place, if an error names it.
fn used_at(error: &Diagnostic, cell: &Cell, part: usize, place: &Range<usize>) -> Option<String> {
    let text = cell.source.slice(place);
    let prefixed = text.trim_start_matches(['&', '*', '(', ' ']);
    let prefixed = prefixed
        .strip_prefix("mut ")
        .unwrap_or(prefixed)
        .trim_start();
    let at = place.end - prefixed.len();
    let is_of_name = |character: char| character.is_alphanumeric() || character == '_';
    let length = prefixed.find(|character| !is_of_name(character));
    let name = &prefixed[..length.unwrap_or(prefixed.len())];
    let is_named = |text: &str| {
        let mut quoted = text.split('`').skip(1).step_by(2);
        quoted.any(|quoted| {
            let path = quoted.trim_start_matches('*').strip_prefix(name);
            path.is_some_and(|rest| !rest.starts_with(is_of_name))
        })
    };
    let mut texts = error.texts().chain(error.labels());
    let statement = cell.body().nth(part)?;
    (texts.any(is_named) && is_used_at(&cell.source, &statement.range, name, at))
        .then(|| name.to_owned())
}

/// The variables that last for ever although they borrow from this one.
fn keepers(error: &Diagnostic, generated: &Generated, name: &str) -> BTreeSet<String> {
    let kept = error.origins(generated).filter_map(|origin| match origin {
        Origin::Keep(kept) | Origin::Take(kept) | Origin::Restore(kept) => Some(kept.clone()),
        _ => None,
    });
    kept.filter(|kept| kept != name).collect()
}
