//! Decides, purely, what a cell needs of the session and what it will change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cell::{Cell, Item, ItemKind, names_in};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::state::{KnownItem, State, Variable};
use crate::compiler::versions::{self, Versions};

/// What a cell needs and changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// The earlier items that stay, with those that must be compiled again without a home.
    pub(crate) survivors: Vec<KnownItem>,
    /// Which of the survivors the cell needs.
    pub(crate) needed: BTreeSet<usize>,
    /// The variables that it takes out of the store.
    pub(crate) taken: BTreeMap<String, Variable>,
    /// The variables moved by earlier cells that it may assign: they are there again, without a value.
    pub(crate) declared: BTreeMap<String, Variable>,
    /// The variables that it may leave behind, with whether they are mutable.
    pub(crate) bound: BTreeMap<String, bool>,
    /// The versions of the cell's own items.
    pub(crate) versions: Versions,
    /// The variables that go because their type is defined anew.
    pub(crate) forgotten: Vec<String>,
    /// Whether types of earlier cells are defined anew, with another content.
    pub(crate) has_changed_types: bool,
    /// The statics that start anew because their type is defined anew.
    pub(crate) reset: Vec<String>,
}

/// Plans a cell.
pub(crate) fn plan(state: &State, cell: &Cell) -> Plan {
    let (replaced, mut survivors): (Vec<_>, Vec<_>) = state
        .items
        .iter()
        .cloned()
        .partition(|known| cell.items.iter().any(|item| item.replaces(&known.item)));
    let changes = versions::changes(cell, &replaced, &survivors);
    let versions = versions::assign(state, &changes, &replaced, &mut survivors, cell);
    let changed = changed_names(cell, &replaced)
        .into_iter()
        .chain(changes.reshaped.iter().cloned())
        .collect();
    let reset = invalidate_linked(&mut survivors, changed, &changes.reshaped);
    let forgotten = with_borrowers(state, |variable| changes.end(&variable.ty));

    let mentioned: BTreeSet<String> = cell
        .body()
        .flat_map(|statement| names_in(cell.source.slice(&statement.range)))
        .collect();
    let found = found_names(cell);
    let taken: BTreeMap<String, Variable> = state
        .variables
        .iter()
        .filter(|(name, _)| found.contains(*name) && !forgotten.contains(name))
        .map(|(name, variable)| (name.clone(), variable.clone()))
        .collect();
    let may_be_assigned = |name: &String, variable: &Variable| {
        cell.body().any(|statement| {
            statement.assigned.contains(name)
                || (variable.mutable && statement.named_in_macros.contains(name))
        })
    };
    let declared: BTreeMap<String, Variable> = state
        .moved
        .iter()
        .filter(|(name, variable)| may_be_assigned(name, variable))
        .map(|(name, variable)| (name.clone(), variable.clone()))
        .collect();
    let bound = cell
        .statements
        .iter()
        .flat_map(|statement| &statement.bindings)
        .filter(|binding| !binding.name.starts_with('_'))
        .map(|binding| (binding.name.clone(), binding.mutable))
        .collect();

    let mut roots = mentioned;
    roots.extend(cell.items.iter().flat_map(|item| item.uses.iter().cloned()));
    let types = taken.values().chain(declared.values());
    roots.extend(types.flat_map(|variable| names_in(&variable.ty)));
    // A trait with this method may show the tail.
    roots.extend(cell.tail.iter().map(|_| "evcxr_display".to_owned()));
    let needed = reach(&survivors, &cell.items, roots);
    Plan {
        survivors,
        needed,
        taken,
        declared,
        bound,
        forgotten,
        versions,
        has_changed_types: !changes.reshaped.is_empty(),
        reset,
    }
}

/// The names that a cell mentions before it binds them itself.
fn found_names(cell: &Cell) -> BTreeSet<String> {
    let (mut found, mut bound) = (BTreeSet::new(), BTreeSet::new());
    for statement in cell.body() {
        let names = names_in(cell.source.slice(&statement.reads));
        found.extend(names.into_iter().filter(|name| !bound.contains(name)));
        bound.extend(
            statement
                .bindings
                .iter()
                .map(|binding| binding.name.clone()),
        );
    }
    found
}

/// The variables that go, and those that borrow from them.
fn with_borrowers(state: &State, goes: impl Fn(&Variable) -> bool) -> Vec<String> {
    let mut gone = BTreeSet::new();
    let first = state
        .variables
        .iter()
        .filter(|(_, variable)| goes(variable));
    let mut next: Vec<&String> = first.map(|(name, _)| name).collect();
    while let Some(name) = next.pop() {
        let variable = state.variables.get(name);
        if variable.is_some() && gone.insert(name.clone()) {
            let shared = variable.and_then(|variable| variable.shared.as_ref());
            next.extend(shared.iter().flat_map(|shared| &shared.by));
        }
    }
    gone.into_iter().collect()
}

/// The names whose meaning the cell changes for code that was compiled before it. A definition that is repeated token
/// for token changes nothing, unless it holds state, which then starts anew.
fn changed_names(cell: &Cell, replaced: &[KnownItem]) -> BTreeSet<String> {
    let is_repeated = |old: &Item| {
        !old.has_state()
            && cell
                .items
                .iter()
                .any(|new| new.replaces(old) && new.tokens == old.tokens)
    };
    replaced
        .iter()
        .filter(|known| !is_repeated(&known.item))
        .flat_map(|known| known.item.reached_as())
        .collect()
}

/// Forgets where items are linked: of all that were compiled against something that has changed, so that they are compiled again
/// where they are next needed. Returns the statics among them: those whose own type has changed.
fn invalidate_linked(
    survivors: &mut [KnownItem],
    mut changed: BTreeSet<String>,
    changed_types: &BTreeSet<String>,
) -> Vec<String> {
    let mut stale = BTreeSet::new();
    loop {
        let before = stale.len();
        for (index, known) in survivors.iter().enumerate() {
            let is_affected = match known.item.kind {
                ItemKind::Statics(_) => !known.item.declared_uses.is_disjoint(changed_types),
                ItemKind::Import(_) => false,
                _ => !known.item.uses.is_disjoint(&changed),
            };
            if is_affected && stale.insert(index) {
                changed.extend(known.item.reached_as());
            }
        }
        if stale.len() == before {
            break;
        }
    }
    let mut reset = Vec::new();
    for index in stale {
        let known = &mut survivors[index];
        if known.linked_in.take().is_some() && matches!(known.item.kind, ItemKind::Statics(_)) {
            reset.extend(known.item.names().into_iter().map(str::to_owned));
        }
    }
    reset
}

/// The items that code mentioning `names` needs, directly or through others. May hold too many, never too few.
fn reach(survivors: &[KnownItem], own: &[Item], names: BTreeSet<String>) -> BTreeSet<usize> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut definable: BTreeSet<&str> = BTreeSet::new();
    for (index, known) in survivors.iter().enumerate() {
        let names = known.item.names();
        if matches!(
            known.item.kind,
            ItemKind::Type { .. } | ItemKind::Trait { .. } | ItemKind::Module(_)
        ) {
            definable.extend(&names);
        }
        let methods = match &known.item.kind {
            ItemKind::Trait { methods, .. } => methods.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        for name in names.into_iter().chain(methods) {
            by_name.entry(name).or_default().push(index);
        }
    }
    let own_names: BTreeSet<&str> = own.iter().flat_map(Item::names).collect();

    let mut needed = BTreeSet::new();
    let mut queue: Vec<String> = names.into_iter().collect();
    let mut seen: BTreeSet<String> = queue.iter().cloned().collect();
    let mut pending: Vec<usize> = survivors
        .iter()
        .enumerate()
        .filter(|(_, known)| match &known.item.kind {
            ItemKind::Import(import) => import.may_be_silent(),
            ItemKind::Opaque | ItemKind::Made(_) => true,
            _ => false,
        })
        .map(|(index, _)| index)
        .collect();
    loop {
        while let Some(name) = queue.pop() {
            pending.extend(by_name.get(name.as_str()).into_iter().flatten());
        }
        if pending.is_empty() {
            let has = |name: &str| own_names.contains(name) || seen.contains(name);
            pending = survivors
                .iter()
                .enumerate()
                .filter(|(index, _)| !needed.contains(index))
                .filter(|(_, known)| match &known.item.kind {
                    ItemKind::Impl { header, .. } => names_in(header)
                        .iter()
                        .all(|name| !definable.contains(name.as_str()) || has(name)),
                    _ => false,
                })
                .map(|(index, _)| index)
                .collect();
            if pending.is_empty() {
                return needed;
            }
        }
        for index in pending.drain(..) {
            if needed.insert(index) {
                let mentioned = mentioned_by(&survivors[index]);
                queue.extend(
                    mentioned
                        .iter()
                        .filter(|name| seen.insert((*name).clone()))
                        .cloned(),
                );
            }
        }
    }
}

/// The names that an item mentions in the form in which it will be generated.
fn mentioned_by(known: &KnownItem) -> &BTreeSet<String> {
    if known.is_linked() {
        &known.item.declared_uses
    } else {
        &known.item.uses
    }
}

impl KnownItem {
    /// Whether it is declared instead of being compiled again.
    pub(crate) fn is_linked(&self) -> bool {
        self.linked_in.is_some() && self.item.declaration.is_some()
    }
}

impl Plan {
    /// The session after the cell was loaded: its items are there, whatever becomes of its statements.
    pub(crate) fn apply(&self, state: &State, cell: &Cell, adjustments: &Adjustments) -> State {
        let mut next = state.clone();
        let cell_id = Some(cell.source.cell);
        let mut survivors = self.survivors.clone();
        let superseded = adjustments.superseded.iter();
        let changed = superseded.flat_map(|index| survivors[*index].item.reached_as());
        let changed: BTreeSet<String> = changed.collect();
        invalidate_linked(&mut survivors, changed, &BTreeSet::new());
        next.items = survivors
            .iter()
            .zip(&self.survivors)
            .enumerate()
            .filter(|(index, _)| !adjustments.gives_up(index))
            .map(|(index, (known, before))| {
                let was_compiled = self.needed.contains(&index) && !before.is_linked();
                KnownItem {
                    item: Arc::clone(&known.item),
                    linked_in: if was_compiled {
                        cell_id
                    } else {
                        known.linked_in
                    },
                    version: known.version,
                }
            })
            .chain(
                cell.items
                    .iter()
                    .zip(&self.versions.own)
                    .enumerate()
                    .filter(|(index, _)| !adjustments.replaced.contains(index))
                    .map(|(_, (item, version))| KnownItem {
                        item: Arc::new(item.clone()),
                        linked_in: cell_id,
                        version: *version,
                    }),
            )
            .collect();
        next.new_version = self.versions.new;
        next.note_versions();
        for name in &self.forgotten {
            next.variables.remove(name);
            next.gone.insert(
                name.clone(),
                format!("its type was defined anew by cell [{}]", cell.source.cell.0),
            );
        }
        next
    }

    /// Records in `state` what became of the variables of a cell that has run.
    /// `types` are those of the variables that it leaves.
    pub(crate) fn settle(
        &self,
        state: &mut State,
        cell: &Cell,
        types: &BTreeMap<String, String>,
        adjustments: &Adjustments,
        succeeded: bool,
    ) {
        let id = cell.source.cell;
        for (name, reason) in &adjustments.gone {
            state.lose(name, reason.clone());
        }
        // Also if the cell has failed: what borrows may have got anywhere.
        for name in &adjustments.sharing.earlier {
            if let Some(variable) = state.variables.get_mut(name) {
                variable.shared = Some(adjustments.sharing.shared(name, id));
            }
        }
        state.moved.retain(|name, _| !self.bound.contains_key(name));
        for (name, variable) in &self.taken {
            if !state.variables.contains_key(name) {
                state.moved.insert(name.clone(), variable.clone());
            }
        }
        let kept = types.iter().filter(|_| succeeded);
        for (name, ty) in kept {
            let old = state.variables.get(name).or(state.moved.get(name));
            let mutable = self
                .bound
                .get(name)
                .copied()
                .or(old.map(|old| old.mutable))
                .unwrap_or_default();
            let sharing = &adjustments.sharing;
            let is_shared = sharing.is_shared_at_end(name, cell);
            for variable in state.variables.values_mut() {
                // What had this name before borrows no more.
                if let Some(shared) = &mut variable.shared {
                    shared.by.remove(name);
                }
            }
            state.variables.insert(
                name.clone(),
                Variable {
                    ty: ty.clone(),
                    mutable,
                    shared: is_shared.then(|| sharing.shared(name, id)),
                },
            );
            state.gone.remove(name);
            state.moved.remove(name);
        }
        for (name, by) in &adjustments.sharing.borrowers {
            let variable = state.variables.get_mut(name);
            if let Some(shared) = variable.and_then(|variable| variable.shared.as_mut()) {
                shared.by.extend(by.iter().cloned());
            }
        }
        if !succeeded {
            // The body ended early, with these inside of it.
            for name in &adjustments.reassigned {
                state.lose(name, format!("cell [{}] had moved it when it failed", id.0));
                if let Some(variable) = self.taken.get(name) {
                    state.moved.insert(name.clone(), variable.clone());
                }
            }
        }
    }
}
