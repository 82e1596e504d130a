//! Writes the crate that a cell is compiled as.

use std::collections::BTreeSet;

use crate::CellId;
use crate::cell::{
    Cell, Insertion, Item, ItemKind, Part, Source, Statement, Template, WIDE, dereferences,
};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::canonical::Canonical;
use crate::compiler::mir;
use crate::compiler::paths::{
    AGAIN, ENTRY, ENTRY_SYMBOL, MODULE_DIGITS, cell_name, module_name, path_of_version, slot_name,
};
use crate::compiler::plan::Plan;
use crate::compiler::sharing::Sharing;
use crate::compiler::source_map::{Generated, Origin};
use crate::compiler::state::{KnownItem, State, Variable};
use crate::settings::{DEFAULT_FORMAT, Edition, Settings};
use crate::toolchain::cache;

/// An unfinished line is shown at once, as a progress bar needs it; std would wait for the line's end.
const PRINT: &str = "macro_rules! print { ($($argument:tt)*) => {{ ::std::print!($($argument)*); \
                     ferrocell_runtime::flush(); }}; }\n";

const HEADER: &str = "#![allow(unused, private_interfaces, private_bounds, non_local_definitions, unexpected_cfgs)]\n\
                      #![warn(unused_must_use)]\n";

/// What later editions know without being told.
const HEADER_2015: &str = "extern crate core;\nextern crate ferrocell_runtime;\n";

/// Stands behind each of the user's statements: a call that gave up because of an interrupt has returned, and what
/// follows must not take it for done.
const CHECKPOINT: &str = "ferrocell_runtime::checkpoint();\n";

/// Looks for what shows the tail's value; the next one looks through a pointer.
const DISPLAY_STEP: &str =
    "let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();\n";

/// How often to look through a pointer, and one more.
const DISPLAY_STEPS: usize = 4;

/// What a notebook's dependencies bring to each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deps {
    /// There are none.
    None,
    /// Crates.
    Crates,
    /// Crates, tokio among them, inside whose runtime of this number the cell runs.
    Tokio(u32),
}

impl Deps {
    /// Those of a session.
    pub(crate) fn of(state: &State) -> Self {
        match &state.bundle {
            None => Self::None,
            Some(_) if state.has_tokio() => Self::Tokio(state.runtime),
            Some(_) => Self::Crates,
        }
    }
}

/// Writes the crate of a cell.
pub(crate) fn generate(
    cell: &Cell,
    plan: &Plan,
    settings: &Settings,
    adjustments: &Adjustments,
    deps: Deps,
) -> Generated {
    let mut writer = Writer {
        out: Generated::new(&format!("{}.rs", cell_name(cell.source.cell))),
        cell,
        plan,
        settings,
        adjustments,
        deps,
        shared: BTreeSet::new(),
    };
    writer.out.push(HEADER);
    if settings.edition == Edition::E2015 {
        writer.out.push(HEADER_2015);
    }
    for range in &cell.attributes {
        writer.user(range.clone());
    }
    if deps != Deps::None {
        writer.out.push("extern crate ferrocell_deps as _;\n");
    }
    writer.out.push(PRINT);
    writer.items();
    let mut generated = writer.out;
    let hash = cache::key([&*Canonical::of(&generated, cell.source.cell).text]);
    generated.text = generated
        .text
        .replace(&unnamed_module(), &module_name(&hash));
    generated
}

/// The name of the cell's module as long as the code that decides it is not written; as long as that.
fn unnamed_module() -> String {
    module_name(&"0".repeat(MODULE_DIGITS))
}

/// The name of a variable of an earlier cell, with its type.
fn declaration(name: &str, variable: &Variable, sharing: &Sharing) -> String {
    let mutability = if variable.mutable { "mut " } else { "" };
    format!("{mutability}{name}: {}", lasting_type(variable, sharing))
}

fn lasting_type(variable: &Variable, sharing: &Sharing) -> String {
    // The type itself cannot be named in stable Rust, but this can.
    let ty = variable.ty.replace('!', "ferrocell_runtime::Never");
    if sharing.is_local {
        ty
    } else {
        mir::lasting(&ty)
    }
}

/// An item to write.
enum Entry<'a> {
    /// One of an earlier cell.
    Known(&'a KnownItem),
    /// One of the cell's own, with its version.
    Own(&'a Item, usize),
}

impl Entry<'_> {
    fn item(&self) -> &Item {
        match self {
            Self::Known(known) => &known.item,
            Self::Own(item, _) => item,
        }
    }

    /// Whether it stands where all cells have it, not in the cell's own module.
    fn is_shared(&self) -> bool {
        let item = self.item();
        item.defines_types
            || matches!(
                item.kind,
                ItemKind::Import(_) | ItemKind::Macro { .. } | ItemKind::Made(_) | ItemKind::Opaque
            )
    }

    /// The version of the types with which it stands. Macros are in scope in all of them.
    fn version(&self) -> usize {
        match self {
            _ if matches!(self.item().kind, ItemKind::Macro { .. }) => 0,
            Self::Known(known) => known.version,
            Self::Own(_, version) => *version,
        }
    }
}

struct Writer<'a> {
    out: Generated,
    cell: &'a Cell,
    plan: &'a Plan,
    settings: &'a Settings,
    adjustments: &'a Adjustments,
    deps: Deps,
    /// The variables that are behind references where the writer has got to.
    shared: BTreeSet<String>,
}

impl<'a> Writer<'a> {
    fn user(&mut self, range: std::ops::Range<usize>) {
        self.code(&self.cell.source, range);
        self.out.push("\n");
    }

    /// A statement or the tail, with what it uses behind references, and what has to last as long as what it declares.
    fn body(&mut self, statement: &Statement) {
        let (source, range) = (&self.cell.source, statement.range.clone());
        let mut insertions = Vec::new();
        for place in &self.adjustments.sharing.unnamed {
            if range.contains(&place.start) {
                insertions.push((place.start, "(*ferrocell_runtime::share(".to_owned()));
                insertions.push((place.end, "))".to_owned()));
            }
        }
        if let (Some(lazy), [binding]) = (&statement.lazy, &statement.bindings[..])
            && self.adjustments.lazy.contains(&binding.name)
        {
            let auto_trait = if lazy.is_shared { " + Send" } else { "" };
            let end = format!(" as ::std::boxed::Box<dyn FnOnce() -> _{auto_trait}>)");
            insertions.push((lazy.range.start, "(::std::boxed::Box::new".to_owned()));
            insertions.push((lazy.range.end, end));
        }
        if !self.shared.is_empty() {
            insertions.extend(dereferences(source, &range, &self.shared));
        }
        self.code_with(source, range, insertions);
        self.out.push("\n");
    }

    /// The user's code in a byte range, with its polls, with private items made visible, and with the folder that the
    /// paths of files start from.
    fn code(&mut self, source: &Source, range: std::ops::Range<usize>) {
        self.code_with(source, range, Vec::new());
    }

    /// The same, with more words among it.
    fn code_with(&mut self, source: &Source, range: std::ops::Range<usize>, more: Vec<Insertion>) {
        let polls = source.polls_in(&range).iter();
        let polls = polls.filter(|_| self.settings.polls());
        let folder = source.folder().unwrap_or(&self.cell.folder);
        let raw = format!("{}/", folder.display());
        let escaped = raw.escape_default().to_string();
        let paths = source.paths_in(&range).iter().map(|at| {
            let literal = source.code[..*at].trim_end_matches(['"', '#']);
            let is_raw = literal.ends_with('r');
            (*at, if is_raw { &*raw } else { &*escaped })
        });
        // What ends an expression stands before a poll that does, and what begins one behind.
        let (begins, ends): (Vec<_>, Vec<_>) =
            more.iter().partition(|(_, words)| words.starts_with('('));
        let mut insertions: Vec<(usize, &str)> = Vec::new();
        insertions.extend(ends.into_iter().map(|(at, words)| (*at, words.as_str())));
        insertions.extend(polls.map(|poll| (poll.at, poll.words)));
        insertions.extend(begins.into_iter().map(|(at, words)| (*at, words.as_str())));
        insertions.extend(paths);
        insertions.extend(source.private_in(&range).iter().map(|start| (*start, WIDE)));
        insertions.sort_by_key(|(at, _)| *at);
        let mut at = range.start;
        for (next, words) in insertions {
            self.out.push_user(source, at..next);
            self.out.push(words);
            at = next;
        }
        self.out.push_user(source, at..range.end);
    }

    /// Types, which are at the same path in all cells, and around them the module of what belongs to this cell alone.
    fn items(&mut self) {
        let entries = self.entries();
        let module = unnamed_module();
        let (mut shared, own): (Vec<Entry<'a>>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.is_shared());
        shared.sort_by_key(|entry| !matches!(entry.item().kind, ItemKind::Macro { .. }));
        let deepest = shared.iter().map(|entry| entry.version()).max();
        let deepest = deepest.unwrap_or_default();
        let mut scope = "crate".to_owned();
        for version in 0..=deepest {
            if version > 0 {
                self.out.push(&format!("pub(crate) mod {AGAIN} {{\n"));
            }
            let mut of_version = shared
                .iter()
                .filter(|entry| entry.version() == version)
                .peekable();
            if version > 0 && of_version.peek().is_some() {
                self.out.push(&format!("use {scope}::*;\n"));
                scope = path_of_version(version);
            }
            of_version.for_each(|entry| self.entry_item(entry));
        }
        self.out
            .push(&format!("pub(crate) mod {module} {{\nuse {scope}::*;\n"));
        own.iter().for_each(|entry| self.entry_item(entry));
        self.entry();
        self.out.push(&"}\n".repeat(deepest + 1));
        self.exports(
            &shared,
            &own,
            &format!("{}::{module}", path_of_version(deepest)),
        );
    }

    /// The items to write, in order. All imports of one declaration are written at once, as the user wrote them.
    fn entries(&self) -> Vec<Entry<'a>> {
        let (cell, plan) = (self.cell, self.plan);
        let needed = plan.needed.iter();
        let mut entries: Vec<Entry<'a>> = needed
            .filter(|index| !self.adjustments.gives_up(index))
            .map(|index| Entry::Known(&plan.survivors[*index]))
            .collect();
        let own = cell.items.iter().zip(&plan.versions.own).enumerate();
        for (index, (item, version)) in own {
            match entries.last_mut() {
                _ if self.adjustments.replaced.contains(&index) => {}
                Some(Entry::Own(written, highest))
                    if self.is_whole_import(item) && written.is_beside(item) =>
                {
                    *highest = (*highest).max(*version);
                }
                _ => entries.push(Entry::Own(item, *version)),
            }
        }
        entries
    }

    /// Whether an item is of a declaration all of whose imports count.
    fn is_whole_import(&self, item: &Item) -> bool {
        let is_part = |replaced: &usize| self.cell.items[*replaced].is_beside(item);
        matches!(item.kind, ItemKind::Import(_)) && !self.adjustments.replaced.iter().any(is_part)
    }

    fn entry_item(&mut self, entry: &Entry<'_>) {
        let own = self.cell.source.cell;
        match entry {
            Entry::Known(known) => match (known.linked_in, &known.item.declaration) {
                (Some(home), Some(declaration)) => self.template(&known.item, declaration, home),
                _ => self.template(&known.item, &known.item.definition, own),
            },
            Entry::Own(item, _) if self.is_whole_import(item) => {
                self.code(&item.source, item.range.clone());
                self.out.push("\n");
            }
            Entry::Own(item, _) => self.template(item, &item.definition, own),
        }
    }

    /// Lets the crate's root find what it mentions of the cell's module and of later versions; and all of it, if a path
    /// begins at the crate.
    fn exports(&mut self, shared: &[Entry<'_>], own: &[Entry<'_>], module: &str) {
        let all = || shared.iter().chain(own).map(Entry::item);
        let body = self.cell.body();
        let mut texts = body.map(|statement| self.cell.source.slice(&statement.range));
        let has_paths =
            all().any(|item| item.has_crate_path()) || texts.any(|text| text.contains("crate::"));
        let mentions = |name: &str| shared.iter().any(|entry| entry.item().uses.contains(name));
        let is_visible = |entry: &&Entry<'_>| {
            entry.version() > 0
                && matches!(
                    entry.item().kind,
                    ItemKind::Type { .. } | ItemKind::Trait { .. } | ItemKind::Module(_)
                )
        };
        let of_versions = shared.iter().filter(is_visible);
        let of_versions = of_versions.map(|entry| (path_of_version(entry.version()), entry));
        let of_cell = own.iter().map(|entry| (module.to_owned(), entry));
        for (path, entry) in of_cell.chain(of_versions) {
            for name in entry.item().names() {
                if has_paths || mentions(name) {
                    self.out.push(&format!("use {path}::{name};\n"));
                }
            }
        }
    }

    fn template(&mut self, item: &Item, template: &Template, home: CellId) {
        let (source, whole) = (&item.source, &item.range);
        for part in template {
            match part {
                Part::User(range) => self.code(source, range.clone()),
                Part::Of(source, range) => self.code(source, range.clone()),
                Part::Text(text) => self.out.push_around(source, whole.clone(), text),
                Part::Symbol(name) => self.out.push_symbol(home, name),
            }
        }
        self.out.push("\n");
    }

    fn entry(&mut self) {
        self.out.push(&format!(
            "#[unsafe(export_name = \"{ENTRY_SYMBOL}\")]\nextern \"C\" fn {ENTRY}() -> u32 {{\n\
             let __ferrocell_shield = ferrocell_runtime::Shield::raise();\n"
        ));
        for name in &self.plan.forgotten {
            self.out
                .push(&format!("ferrocell_runtime::forget({name:?});\n"));
        }
        for (name, variable) in &self.plan.taken {
            if !self.is_shared_before(name, variable) {
                let code = format!(
                    "let {} = unsafe {{ ferrocell_runtime::take({name:?}) }};\n",
                    declaration(name, variable, &self.adjustments.sharing)
                );
                self.out.push_marked(Origin::Take(name.clone()), &code);
            }
        }
        let result = format!(
            "::core::result::Result<(), {}>",
            self.settings.error_format.failure()
        );
        self.out.push(&format!(
            "let mut __ferrocell_body = ::core::option::Option::Some(|| -> {result} {{\n"
        ));
        // In the first edition `await` is the name of a field.
        let awaits = self.settings.edition > Edition::E2015
            && (self.adjustments.awaits || self.cell.body().any(|statement| statement.awaits));
        if awaits {
            self.out.push("ferrocell_runtime::block_on(async {\n");
        }
        for (name, variable) in &self.plan.taken {
            if self.is_shared_before(name, variable) {
                let code = format!(
                    "let {name}: &'static ({}) = unsafe {{ ferrocell_runtime::shared({name:?}) }};\n",
                    lasting_type(variable, &self.adjustments.sharing)
                );
                self.out.push_marked(Origin::Take(name.clone()), &code);
                self.shared.insert(name.clone());
                if variable.shared.is_none() {
                    self.out.push(&size_of_shared(name));
                }
            }
            // What the cell takes away belongs to the body.
            let is_changed = self.adjustments.sharing.changed.contains(name);
            if self.adjustments.gone.contains_key(name) || is_changed {
                let mutability = if variable.mutable { "mut " } else { "" };
                let code = format!("let {mutability}{name} = {name};\n");
                self.out.push_marked(Origin::Take(name.clone()), &code);
            }
        }
        for (name, variable) in &self.plan.declared {
            self.declare(name, variable);
        }
        for (part, statement) in self.cell.statements.iter().enumerate() {
            self.statement(part, statement);
        }
        if let Some(tail) = &self.cell.tail {
            self.share_before(self.cell.statements.len());
            self.tail(tail);
        }
        self.keep();
        self.out.push(&format!("<{result}>::Ok(())\n"));
        if awaits {
            self.out.push("})\n");
        }
        // The body goes before what it borrows is put back.
        let run = match self.deps {
            Deps::Tokio(runtime) => format!(
                "ferrocell_deps::inside({runtime}, || ferrocell_runtime::run(&mut __ferrocell_body))"
            ),
            Deps::None | Deps::Crates => "ferrocell_runtime::run(&mut __ferrocell_body)".to_owned(),
        };
        self.out.push(&format!(
            "}});\nlet __ferrocell_end = {run};\n::core::mem::drop(__ferrocell_body);\n"
        ));
        for (name, variable) in &self.plan.taken {
            if !self.adjustments.gone.contains_key(name)
                && !self.adjustments.reassigned.contains(name)
                && !self.is_shared_before(name, variable)
            {
                let code = format!("ferrocell_runtime::restore({name:?}, {});\n", name);
                self.out.push_marked(Origin::Restore(name.clone()), &code);
            }
        }
        self.out.push("__ferrocell_end\n}\n");
    }

    /// Declares a variable that has no value before the cell assigns one.
    fn declare(&mut self, name: &str, variable: &Variable) {
        let mut code = format!(
            "let {};\n",
            declaration(name, variable, &self.adjustments.sharing)
        );
        if !variable.mutable {
            // It was assigned once, as the compiler shall know.
            code += &format!(
                "if false {{ {name} = unsafe {{ ferrocell_runtime::take({name:?}) }}; }}\n"
            );
        }
        self.out.push_marked(Origin::Take(name.to_owned()), &code);
    }

    /// Whether the cell finds a variable of an earlier one behind a reference.
    fn is_shared_before(&self, name: &str, variable: &Variable) -> bool {
        variable.shared.is_some() || self.adjustments.sharing.earlier.contains(name)
    }

    /// Shares what a part of the body is the first to borrow from.
    fn share_before(&mut self, part: usize) {
        for name in self.adjustments.sharing.before(part) {
            let value = self.adjustments.boxed.get(name);
            let value = value.and_then(|boxing| boxing.code(name));
            let value = value.unwrap_or_else(|| name.clone());
            let code = format!("let {name} = ferrocell_runtime::share({value});\n");
            self.out.push_marked(Origin::Keep(name.clone()), &code);
            self.shared.insert(name.clone());
        }
    }

    fn statement(&mut self, part: usize, statement: &Statement) {
        self.share_before(part);
        self.body(statement);
        for binding in &statement.bindings {
            self.shared.remove(&binding.name);
        }
        self.out.push(CHECKPOINT);
    }

    fn tail(&mut self, tail: &Statement) {
        if self.adjustments.is_tail_endless {
            self.body(tail);
            return self.out.push(";\n");
        }
        self.out.push("match &");
        // The compiler counts the parenthesis to the expression, and so must we.
        self.out.push_at(&self.cell.source, tail.range.start, "(");
        self.body(tail);
        self.out.push(") { __ferrocell_tail => {\n");
        let format = &self.settings.format;
        let formatted = format!(
            "ferrocell_runtime::formatted(&::std::format_args!({format:?}, __ferrocell_tail), __ferrocell_tail)"
        );
        let types = self.settings.show_types;
        if self.adjustments.is_tail_late {
            // Nothing can be asked of the type before it is settled, but that it can be formatted.
            let show = format!("ferrocell_runtime::show(&{formatted}, {types});\n");
            self.out.push(CHECKPOINT);
            self.out.push_marked(Origin::Show, &show);
            return self.out.push("} };\n");
        }
        let text = if self.adjustments.is_tail_opaque || format == DEFAULT_FORMAT {
            "(&&ferrocell_runtime::Value(__ferrocell_tail)).ferrocell_text()".to_owned()
        } else {
            formatted
        };
        let show = format!(
            "use ferrocell_runtime::{{DebugText as _, Fallback as _, Finds as _, Finish as _, Stop as _, Through as _, TypeText as _}};\n\
             let __ferrocell_chain = || {{\nlet mut value = __ferrocell_tail;\n{}value\n}};\n\
             if ferrocell_runtime::chain(&__ferrocell_chain).ferrocell_finds() {{\n\
             ferrocell_runtime::show_rich(|| {{ __ferrocell_chain(); }}, &{text});\n\
             }} else {{\n\
             ferrocell_runtime::show(&{text}, {types});\n}}\n",
            DISPLAY_STEP.repeat(DISPLAY_STEPS),
        );
        self.out.push(CHECKPOINT);
        self.out.push_marked(Origin::Show, &show);
        self.out.push("} };\n");
    }

    /// Stores what the cell leaves.
    fn keep(&mut self) {
        let bound = self.plan.bound.keys();
        let reassigned = self
            .adjustments
            .reassigned
            .iter()
            .filter(|name| !self.plan.bound.contains_key(*name));
        let declared = self
            .plan
            .declared
            .keys()
            .filter(|name| !self.plan.bound.contains_key(*name));
        let kept: Vec<&String> = bound
            .chain(reassigned)
            .chain(declared)
            .filter(|name| !self.adjustments.gone.contains_key(*name))
            .collect();
        for name in &kept {
            let is_shared = self.shared.contains(*name);
            let boxing = self.adjustments.boxed.get(*name).filter(|_| !is_shared);
            if let Some(code) = boxing.and_then(|boxing| boxing.code(name)) {
                let code = format!("let {name} = {code};\n");
                self.out.push_marked(Origin::Keep((*name).clone()), &code);
            }
            let reference = if is_shared { "" } else { "&" };
            let code = format!(
                "let {} = ferrocell_runtime::slot({name:?}, {reference}{name});\n",
                slot_name(name),
            );
            self.out.push_marked(Origin::Keep((*name).clone()), &code);
        }
        for name in &kept {
            let slot = slot_name(name);
            let code = if self.adjustments.sharing.is_local {
                format!("{slot}.hold(&{name});\n")
            } else if self.shared.contains(*name) {
                format!("{slot}.keep_shared({name});\n{}", size_of_shared(name))
            } else {
                format!("{slot}.keep({name});\n")
            };
            self.out.push_marked(Origin::Keep((*name).clone()), &code);
        }
    }
}

/// Code that tells the size of a variable which is shared for good.
fn size_of_shared(name: &str) -> String {
    format!(
        "{{ use ferrocell_runtime::{{SizeAlone as _, SizeWithHeap as _}};\n\
         ferrocell_runtime::tell_size({name:?}, (&&ferrocell_runtime::Held({name})).ferrocell_size()); }}\n"
    )
}
