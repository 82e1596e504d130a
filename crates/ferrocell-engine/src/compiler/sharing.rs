//! Variables that others borrow from: they are shared for good, so that what borrows can be kept for later cells.
//!
//! The value of a shared variable gets an address that lasts, and is never moved, changed or dropped again; code uses it
//! through a `&'static` of the variable's name. A variable is shared only where the compiler refuses to keep what borrows
//! from it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::CellId;
use crate::cell::{Cell, is_used_at, lasting_places};
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::plan::Plan;
use crate::compiler::source_map::{Generated, Origin};

/// What is known of a variable that is shared for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shared {
    /// The cell that was the first to borrow from it.
    pub(crate) since: CellId,
    /// The variables that borrow from it.
    pub(crate) by: BTreeSet<String>,
}

impl Shared {
    /// Who borrows from the variable of this name, in words.
    pub(crate) fn reason(&self, name: &str) -> String {
        let names: Vec<String> = self.by.iter().map(|by| format!("`{by}`")).collect();
        let since = self.since.0;
        match names.split_last() {
            None => format!("`{name}` was borrowed from in cell [{since}]"),
            Some((only, [])) => format!("{only} borrows from `{name}` since cell [{since}]"),
            Some((last, first)) => format!(
                "{} and {last} borrow from `{name}`, since cell [{since}]",
                first.join(", ")
            ),
        }
    }
}

/// Which variables a cell shares, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sharing {
    /// Variables of earlier cells that are shared before the cell begins.
    pub(crate) earlier: BTreeSet<String>,
    /// Variables of earlier cells that the cell changes before it shares them: they belong to its body until then.
    pub(crate) changed: BTreeSet<String>,
    /// Which variable is shared before which part of the body.
    pub(crate) within: BTreeSet<(usize, String)>,
    /// The places of values without a name that are shared where they are made.
    pub(crate) unnamed: Vec<Range<usize>>,
    /// The variables that borrow, by what they borrow from.
    pub(crate) borrowers: BTreeMap<String, BTreeSet<String>>,
    /// Whether variables live only as long as in a function, to see what the compiler says then: such a cell is not run.
    pub(crate) is_local: bool,
}

impl Sharing {
    /// Whether there is anything to share.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The variables that are shared before a part of the body.
    pub(crate) fn before(&self, part: usize) -> impl Iterator<Item = &String> {
        let at = self.within.iter().filter(move |(at, _)| *at == part);
        at.map(|(_, name)| name)
    }

    /// What is known of a variable that the cell shares.
    pub(crate) fn shared(&self, name: &str, cell: CellId) -> Shared {
        Shared {
            since: cell,
            by: self.borrowers.get(name).cloned().unwrap_or_default(),
        }
    }

    /// Whether a variable is shared where the cell ends.
    pub(crate) fn is_shared_at_end(&self, name: &str, cell: &Cell) -> bool {
        let declared = declared_before(cell, cell.statements.len(), name);
        let shared = self.within.iter().rev().find(|(_, other)| other == name);
        match (shared, declared) {
            (Some((at, _)), Some(declared)) => *at > declared,
            (Some(_), None) => true,
            (None, declared) => self.earlier.contains(name) && declared.is_none(),
        }
    }

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

/// The last statement before a part of the body that declares a variable.
fn declared_before(cell: &Cell, part: usize, name: &str) -> Option<usize> {
    let statements = &cell.statements[..part.min(cell.statements.len())];
    statements.iter().rposition(|statement| {
        let mut bindings = statement.bindings.iter();
        bindings.any(|binding| binding.name == name)
    })
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
