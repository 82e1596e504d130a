//! Which definitions of types a cell changes, and the versions by which changed types are told from what they were.
//!
//! All cells define a type at the same path, so it has one `TypeId`. A definition whose layout may differ from an earlier
//! one of the same name is another version, at another path: nothing takes a value of the one for a value of the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::{Cell, Item, ItemKind, path_heads, paths_in};
use crate::compiler::state::{KnownItem, State};
use crate::compiler::type_names;

/// What a cell changes about the types of earlier cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// The names that mean something else, or something of another layout.
    pub(crate) reshaped: BTreeSet<String>,
    /// The names whose own layout stays, but upon which that of others may depend: an associated type has changed.
    projected: BTreeSet<String>,
}

/// What a cell changes about the types of the `survivors`, by taking the place of the `replaced`.
pub(crate) fn changes(cell: &Cell, replaced: &[KnownItem], survivors: &[KnownItem]) -> Changes {
    let (mut reshaped, mut projected) = (BTreeSet::new(), BTreeSet::new());
    let globs = globs(cell, survivors);
    for KnownItem { item: old, .. } in replaced {
        // Of two definitions in a cell, it is for the compiler to say which one counts.
        let mut new = cell.items.iter().filter(|new| new.replaces(old));
        if new.all(|new| has_shape_of(new, old)) {
            continue;
        }
        match &old.kind {
            ItemKind::Impl { header, .. } => projected.extend(path_heads(header)),
            ItemKind::Function(_) if !old.is_const() => {}
            ItemKind::Statics(_) => {}
            _ => reshaped.extend(means(old, &globs)),
        }
    }
    // A new name may hide what earlier definitions meant by it.
    let is_repeated = |new: &Item| replaced.iter().any(|known| has_shape_of(new, &known.item));
    let globs_before = || {
        survivors.iter().filter_map(|known| match &known.item.kind {
            ItemKind::Import(import) if import.name.is_none() => Some(import),
            _ => None,
        })
    };
    for item in &cell.items {
        let hides = match &item.kind {
            ItemKind::Import(import) => {
                import.may_be_silent() && !type_names::is_known(import, globs_before())
            }
            _ => item.defines_types,
        };
        if hides && !is_repeated(item) {
            reshaped.extend(item.names().into_iter().map(str::to_owned));
        }
    }
    let mut through = closure(survivors, &globs, projected.clone());
    through.retain(|name| !projected.contains(name));
    // What mentions itself may depend on its own associated types.
    let of_itself = survivors
        .iter()
        .map(|known| &*known.item)
        .chain(&cell.items);
    through.extend(
        of_itself
            .filter(|item| item.defines_types && !item.shape.names.is_disjoint(&projected))
            .flat_map(|item| means(item, &globs)),
    );
    reshaped.extend(through);
    Changes {
        reshaped: closure(survivors, &globs, reshaped),
        projected,
    }
}

/// Whether code that was compiled against `old` fits `new`.
fn has_shape_of(new: &Item, old: &Item) -> bool {
    new.replaces(old)
        && std::mem::discriminant(&new.kind) == std::mem::discriminant(&old.kind)
        && new.shape.tokens == old.shape.tokens
}

/// The names that occur in glob imports.
fn globs(cell: &Cell, survivors: &[KnownItem]) -> BTreeSet<String> {
    let items = survivors
        .iter()
        .map(|known| &*known.item)
        .chain(&cell.items);
    let globs = items
        .filter(|item| matches!(&item.kind, ItemKind::Import(import) if import.name.is_none()));
    globs
        .flat_map(|item| item.shape.names.iter().cloned())
        .collect()
}

/// The names that mean what an item defines. Of a macro call that tells none, it may be any word in it.
fn means(item: &Item, globs: &BTreeSet<String>) -> BTreeSet<String> {
    let names = item.names();
    if names.is_empty() && item.defines_types {
        return item.shape.names.clone();
    }
    let has_globs = names.iter().any(|name| globs.contains(*name));
    let inner = item.shape.defined.iter().filter(|_| has_globs);
    let names = names.into_iter().map(str::to_owned);
    names.chain(inner.cloned()).collect()
}

/// Adds the names of what depends on names.
fn closure(
    survivors: &[KnownItem],
    globs: &BTreeSet<String>,
    names: BTreeSet<String>,
) -> BTreeSet<String> {
    let mut all = names;
    loop {
        let more: Vec<String> = survivors
            .iter()
            .map(|known| &*known.item)
            .filter(|item| match item.kind {
                ItemKind::Function(_) => item.is_const(),
                ItemKind::Impl { .. } | ItemKind::Statics(_) => false,
                _ => true,
            })
            .filter(|item| !item.shape.names.is_disjoint(&all))
            .flat_map(|item| means(item, globs))
            .filter(|name| !all.contains(name))
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// Types of std whose layout depends on that of their parameters, but not on what those implement.
const PLAIN: [&str; 20] = [
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "BinaryHeap",
    "Box",
    "Cell",
    "HashMap",
    "HashSet",
    "Mutex",
    "Option",
    "Rc",
    "Receiver",
    "RefCell",
    "Result",
    "RwLock",
    "Sender",
    "String",
    "Vec",
    "VecDeque",
    "Weak",
];

/// The words of types that are no paths to what somebody has defined.
const PRIMITIVE: [&str; 20] = [
    "bool", "char", "const", "dyn", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize",
    "mut", "str", "u128", "u16", "u32", "u64", "u8", "usize",
];

impl Changes {
    /// Whether a kept value of this type can be used no more.
    pub(crate) fn end(&self, ty: &str) -> bool {
        let depends = |path: &str| {
            let is_plain = path.starts_with("std::")
                && path
                    .rsplit("::")
                    .next()
                    .is_some_and(|last| PLAIN.contains(&last));
            !(is_plain || self.projected.contains(path) || PRIMITIVE.contains(&path))
        };
        let heads = path_heads(ty);
        let is_projected = !heads.is_disjoint(&self.projected);
        !heads.is_disjoint(&self.reshaped)
            || is_projected && paths_in(ty).into_iter().any(|path| depends(&ty[path]))
    }

    /// Whether an item defines what has to be told from what it was.
    fn touch(&self, item: &Item) -> bool {
        means(item, &BTreeSet::new())
            .iter()
            .any(|name| self.reshaped.contains(name) || self.projected.contains(name))
    }
}

/// The versions of the items of a cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    /// In the cell's order.
    pub(crate) own: Vec<usize>,
    /// That of types with new names in later cells.
    pub(crate) new: usize,
}

/// Gives versions to the survivors that have changed, and to the items of the cell.
pub(crate) fn assign(
    state: &State,
    changes: &Changes,
    replaced: &[KnownItem],
    survivors: &mut [KnownItem],
    cell: &Cell,
) -> Versions {
    let has_gone =
        |known: &&KnownItem| !cell.items.iter().any(|new| has_shape_of(new, &known.item));
    let touched = survivors.iter().filter(|known| changes.touch(&known.item));
    let unknown_names = replaced.iter().filter(has_gone).chain(touched);
    let new = unknown_names
        .filter(|known| known.item.may_define_more)
        .map(|known| known.version + 1)
        .fold(state.new_version, usize::max);
    let next = |item: &Item| {
        let names = item.names().into_iter();
        let last = names.filter_map(|name| state.versions.get(name)).max();
        last.map_or(new, |last| last + 1)
    };
    for known in survivors.iter_mut() {
        if known.item.defines_types && changes.touch(&known.item) {
            known.version = next(&known.item);
        }
    }
    let mut own: Vec<usize> = Vec::new();
    for item in &cell.items {
        let repeated = replaced
            .iter()
            .find(|known| has_shape_of(item, &known.item) && !changes.touch(item));
        own.push(match repeated {
            _ if !item.defines_types => 0,
            Some(known) => known.version,
            None => next(item),
        });
    }
    // Whatever a definition mentions is at most of its own version, so that it is in scope.
    loop {
        let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
        let survivors_items = survivors.iter().map(|known| (&*known.item, known.version));
        let own_items = cell.items.iter().zip(own.iter().copied());
        for (item, version) in survivors_items.chain(own_items) {
            for name in item.names() {
                let highest = versions.entry(name).or_default();
                *highest = version.max(*highest);
            }
        }
        let least = |item: &Item| {
            let is_shared = item.defines_types
                || matches!(item.kind, ItemKind::Import(_) | ItemKind::Macro { .. });
            let mentioned = item.shape.names.iter().filter(|_| is_shared);
            let versions = mentioned.filter_map(|name| versions.get(name.as_str()));
            versions.copied().max().unwrap_or_default()
        };
        let survivors_least: Vec<usize> =
            survivors.iter().map(|known| least(&known.item)).collect();
        let own_least: Vec<usize> = cell.items.iter().map(&least).collect();
        let known = survivors.iter_mut().map(|known| &mut known.version);
        let mut is_settled = true;
        for (version, least) in known
            .zip(survivors_least)
            .chain(own.iter_mut().zip(own_least))
        {
            if *version < least {
                *version = least;
                is_settled = false;
            }
        }
        if is_settled {
            return Versions { own, new };
        }
    }
}
