//! What a session remembers between cells: plain data, replaced only after a cell has succeeded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::CellId;
use crate::cell::{Cell, Item, ItemKind, SyntaxError, large_stack};
use crate::compiler::paths::DISPLAY;
use crate::compiler::size::Size;
use crate::deps::{Bundle, Spec};
use crate::settings::{Edition, Settings};

/// Everything that code of a later cell can refer to, and how it is to be compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Items in the order of their definition.
    pub(crate) items: Vec<KnownItem>,
    /// Variables by name.
    pub(crate) variables: BTreeMap<String, Variable>,
    /// Why variables that once existed are gone.
    pub(crate) gone: BTreeMap<String, String>,
    /// What those of them were that cells have moved: one that is `mut` may be assigned again.
    pub(crate) moved: BTreeMap<String, Variable>,
    /// The latest version of each type that was ever defined, by name.
    pub(crate) versions: BTreeMap<String, usize>,
    /// The version of a type of another name: what macros and derives have defined may have had that name.
    pub(crate) new_version: usize,
    /// The crates in use, by the name that code uses.
    pub(crate) deps: BTreeMap<String, Spec>,
    /// The library that holds them.
    pub(crate) bundle: Option<Arc<Bundle>>,
    /// The number of the runtime of tokio that cells get. What has lost a thread is followed by another.
    pub(crate) runtime: u32,
    /// The editions in which cells were compiled.
    pub(crate) editions: BTreeMap<CellId, Edition>,
    /// What directives have set.
    pub(crate) settings: Settings,
}

/// An item of an earlier cell.
#[derive(Clone, Debug)]
pub(crate) struct KnownItem {
    /// The item.
    pub(crate) item: Arc<Item>,
    /// The cell in whose shared object it can be linked; `None` if it has to be compiled (again).
    pub(crate) linked_in: Option<CellId>,
    /// The version of the types that it defines, or that it mentions.
    pub(crate) version: usize,
}

/// A variable in the runtime's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its type, written so that any cell can name it.
    pub(crate) ty: String,
    /// Whether it was declared `mut`.
    pub(crate) mutable: bool,
    /// If others borrow from it: it is never moved, changed or dropped again.
    pub(crate) shared: Option<Shared>,
}

/// What is known of a variable that is shared for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shared {
    /// The cell that was the first to borrow from it.
    pub(crate) since: CellId,
    /// The variables that borrow from it.
    pub(crate) by: BTreeSet<String>,
    /// How much memory it takes, once the cell has run that shares it.
    pub(crate) size: Option<Size>,
}

impl Shared {
    /// Why and how long the variable of this name stays, in words.
    pub(crate) fn note(&self, name: &str) -> String {
        let size = self.size.map(|size| format!("{size}, "));
        let (reason, size) = (self.reason(name), size.unwrap_or_default());
        format!("{reason}; {size}kept until `:clear`")
    }

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

impl State {
    /// What a text is, with the macros of earlier cells.
    pub(crate) fn parse(&self, cell: CellId, source: &str) -> Result<Cell, SyntaxError> {
        large_stack::large(|| Cell::parse(cell, source, |name| self.macro_definition(name)))
    }

    /// The definition of a macro of an earlier cell.
    pub(crate) fn macro_definition(&self, name: &str) -> Option<String> {
        let known = self.items.iter().rev().find(
            |known| matches!(&known.item.kind, ItemKind::Macro { name: other } if other == name),
        )?;
        Some(known.item.code().to_owned())
    }

    /// Whether code can name a crate without asking for it.
    pub(crate) fn has_crate(&self, name: &str) -> bool {
        const ALWAYS: [&str; 7] = [
            "alloc",
            "core",
            DISPLAY,
            "proc_macro",
            "self",
            "std",
            "test",
        ];
        let bundle = self.bundle.as_ref();
        ALWAYS.contains(&name)
            || self.deps.contains_key(name)
            || bundle.is_some_and(|bundle| bundle.externs.contains_key(name))
    }

    /// Whether tokio is among the dependencies.
    pub(crate) fn has_tokio(&self) -> bool {
        self.deps.values().any(|spec| spec.package() == "tokio")
    }

    /// Records the versions of all types that are defined now.
    pub(crate) fn note_versions(&mut self) {
        for KnownItem { item, version, .. } in
            self.items.iter().filter(|known| known.item.defines_types)
        {
            for name in item.names() {
                let latest = self.versions.entry(name.to_owned()).or_default();
                *latest = (*latest).max(*version);
            }
        }
    }

    /// What variables that are shared for good take, by their names.
    pub(crate) fn note_sizes(&mut self, sizes: Vec<(String, Size)>) {
        for (name, size) in sizes {
            let variable = self.variables.get_mut(&name);
            if let Some(shared) = variable.and_then(|variable| variable.shared.as_mut()) {
                shared.size = Some(size);
            }
        }
    }

    /// The process has ended, and everything that lived in it.
    pub(crate) fn lose_process(&mut self, reason: &str) {
        for (name, _) in std::mem::take(&mut self.variables) {
            self.gone.insert(name, reason.to_owned());
        }
        self.moved.clear();
        for known in &mut self.items {
            known.linked_in = None;
        }
    }

    /// A variable is there no more.
    pub(crate) fn lose(&mut self, name: &str, reason: String) {
        self.variables.remove(name);
        self.gone.insert(name.to_owned(), reason);
    }
}
