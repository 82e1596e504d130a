//! Writes the crate that a cell is compiled as.

use std::collections::{BTreeMap, BTreeSet};

use crate::CellId;
use crate::boxing::Boxing;
use crate::cell::{Cell, Item, ItemKind, Part, Source, Statement, Template};
use crate::mir;
use crate::plan::Plan;
use crate::settings::{DEFAULT_FORMAT, Settings};
use crate::source_map::{Generated, Origin};
use crate::state::Variable;

/// What an earlier attempt to compile the cell has taught.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adjustments {
    /// Variables taken by the cell that it moves and assigns or declares again, so that they are put back from the inside.
    pub(crate) reassigned: BTreeSet<String>,
    /// Variables that are not there after the cell, and why.
    pub(crate) gone: BTreeMap<String, String>,
    /// How new variables are changed whose own types have no names.
    pub(crate) boxed: BTreeMap<String, Boxing>,
    /// Earlier `impl` blocks that do not fit the types which the cell defines anew, by their place among the survivors.
    pub(crate) dropped: BTreeSet<usize>,
    /// Items of the cell that a later import or item of the cell takes the place of, by their places.
    pub(crate) replaced: BTreeSet<usize>,
    /// Whether the tail's value can only be shown by its type.
    pub(crate) is_tail_opaque: bool,
    /// Whether the tail never comes to a value, as a loop that nothing leaves.
    pub(crate) is_tail_endless: bool,
}

/// An unfinished line is shown at once, as a progress bar needs it; std would wait for the line's end.
const PRINT: &str = "macro_rules! print { ($($argument:tt)*) => {{ ::std::print!($($argument)*); \
                     ferrocell_runtime::flush(); }}; }\n";

const HEADER: &str = "#![allow(unused, private_interfaces, private_bounds, non_local_definitions, unexpected_cfgs)]\n\
                      #![warn(unused_must_use)]\n";

/// Stands behind each of the user's statements: a call that gave up because of an interrupt has returned, and what
/// follows must not take it for done.
const CHECKPOINT: &str = "ferrocell_runtime::checkpoint();\n";

/// Looks for what shows the tail's value; the next one looks through a pointer.
const DISPLAY_STEP: &str =
    "let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();\n";

/// How often to look through a pointer, and one more.
const DISPLAY_STEPS: usize = 4;

/// The name of the crate that a cell is compiled as.
pub(crate) fn crate_name(cell: CellId) -> String {
    format!("cell_{}", cell.0)
}

/// The name of a cell's entry point.
pub(crate) fn entry_name(cell: CellId) -> String {
    format!("ferrocell_cell_{}", cell.0)
}

/// The name of the variable whose type tells the type of a kept one.
pub(crate) fn slot_name(variable: &str) -> String {
    format!("__ferrocell_slot_{}", variable.trim_start_matches("r#"))
}

/// What a notebook's dependencies bring to each cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deps {
    /// There are none.
    None,
    /// Crates.
    Crates,
    /// Crates, tokio among them, inside whose runtime the cell runs.
    Tokio,
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
        out: Generated::new(&format!("{}.rs", crate_name(cell.source.cell))),
        cell,
        plan,
        settings,
        adjustments,
        deps,
    };
    writer.out.push(HEADER);
    for range in &cell.attributes {
        writer.user(range.clone());
    }
    if deps != Deps::None {
        writer.out.push("extern crate ferrocell_deps as _;\n");
    }
    writer.out.push(PRINT);
    writer.items();
    writer.entry();
    writer.out
}

/// The name of a variable of an earlier cell, with its type.
fn declaration(name: &str, variable: &Variable) -> String {
    let mutability = if variable.mutable { "mut " } else { "" };
    // The type itself cannot be named in stable Rust, but this can.
    let ty = variable.ty.replace('!', "ferrocell_runtime::Never");
    format!("{mutability}{name}: {}", mir::lasting(&ty))
}

struct Writer<'a> {
    out: Generated,
    cell: &'a Cell,
    plan: &'a Plan,
    settings: &'a Settings,
    adjustments: &'a Adjustments,
    deps: Deps,
}

impl Writer<'_> {
    fn user(&mut self, range: std::ops::Range<usize>) {
        self.code(&self.cell.source, range);
        self.out.push("\n");
    }

    /// The user's code in a byte range, with its polls.
    fn code(&mut self, source: &Source, range: std::ops::Range<usize>) {
        let mut at = range.start;
        if self.settings.polls() {
            for poll in source.polls_in(&range) {
                self.out.push_user(source, at..poll.at);
                self.out.push(poll.words);
                at = poll.at;
            }
        }
        self.out.push_user(source, at..range.end);
    }

    fn items(&mut self) {
        for index in self.plan.needed.difference(&self.adjustments.dropped) {
            let known = &self.plan.survivors[*index];
            match (known.home, &known.item.declaration) {
                (Some(home), Some(declaration)) => self.template(&known.item, declaration, home),
                _ => self.template(&known.item, &known.item.definition, self.cell.source.cell),
            }
        }
        let mut written: Option<&Item> = None;
        for (index, item) in self.cell.items.iter().enumerate() {
            if self.adjustments.replaced.contains(&index) {
                continue;
            }
            if matches!(item.kind, ItemKind::Import(_)) {
                let is_part_left_out = self
                    .adjustments
                    .replaced
                    .iter()
                    .any(|replaced| self.cell.items[*replaced].range == item.range);
                // All imports of one declaration are written at once, as the user wrote them.
                if is_part_left_out {
                    self.template(item, &item.definition, self.cell.source.cell);
                } else if written.is_none_or(|written| written.range != item.range) {
                    self.user(item.range.clone());
                }
            } else {
                self.template(item, &item.definition, self.cell.source.cell);
            }
            written = Some(item);
        }
    }

    fn template(&mut self, item: &Item, template: &Template, home: CellId) {
        let (source, whole) = (&item.source, &item.range);
        for part in template {
            match part {
                Part::User(range) => self.code(source, range.clone()),
                Part::Text(text) => self.out.push_around(source, whole.clone(), text),
                Part::Symbol(name) => self.out.push(&format!("ferrocell_{}_{name}", home.0)),
            }
        }
        self.out.push("\n");
    }

    fn entry(&mut self) {
        let entry = entry_name(self.cell.source.cell);
        self.out.push(&format!(
            "#[unsafe(export_name = \"{entry}\")]\nextern \"C\" fn __{entry}() -> u32 {{\n\
             let __ferrocell_shield = ferrocell_runtime::Shield::raise();\n"
        ));
        for name in &self.plan.forgotten {
            self.out
                .push(&format!("ferrocell_runtime::forget({name:?});\n"));
        }
        for (name, variable) in &self.plan.taken {
            let code = format!(
                "let {} = unsafe {{ ferrocell_runtime::take({name:?}) }};\n",
                declaration(name, variable)
            );
            self.out.push_marked(Origin::Take(name.clone()), &code);
        }
        self.out.push(
            "let mut __ferrocell_body = ::core::option::Option::Some(|| -> ::core::result::Result<(), ferrocell_runtime::Failure> {\n",
        );
        if self.deps == Deps::Tokio {
            self.out
                .push("let __ferrocell_surroundings = ferrocell_deps::enter();\n");
        }
        let awaits = self.cell.body().any(|statement| statement.awaits);
        if awaits {
            self.out.push("ferrocell_runtime::block_on(async {\n");
        }
        for (name, variable) in &self.plan.taken {
            // What the cell takes away belongs to the body.
            if self.adjustments.gone.contains_key(name) {
                let mutability = if variable.mutable { "mut " } else { "" };
                let code = format!("let {mutability}{name} = {name};\n");
                self.out.push_marked(Origin::Take(name.clone()), &code);
            }
        }
        for (name, variable) in &self.plan.declared {
            self.declare(name, variable);
        }
        for statement in &self.cell.statements {
            self.statement(statement);
        }
        if let Some(tail) = &self.cell.tail {
            self.tail(tail);
        }
        self.keep();
        self.out
            .push("::core::result::Result::<(), ferrocell_runtime::Failure>::Ok(())\n");
        if awaits {
            self.out.push("})\n");
        }
        // The body goes before what it borrows is put back.
        self.out
            .push("});\nlet __ferrocell_end = ferrocell_runtime::run(&mut __ferrocell_body);\n");
        self.out.push("::core::mem::drop(__ferrocell_body);\n");
        for name in self.plan.taken.keys() {
            if !self.adjustments.gone.contains_key(name)
                && !self.adjustments.reassigned.contains(name)
            {
                let code = format!("ferrocell_runtime::restore({name:?}, {});\n", name);
                self.out.push_marked(Origin::Restore(name.clone()), &code);
            }
        }
        self.out.push("__ferrocell_end\n}\n");
    }

    /// Declares a variable that has no value before the cell assigns one.
    fn declare(&mut self, name: &str, variable: &Variable) {
        let mut code = format!("let {};\n", declaration(name, variable));
        if !variable.mutable {
            // It was assigned once, as the compiler shall know.
            code += &format!(
                "if false {{ {name} = unsafe {{ ferrocell_runtime::take({name:?}) }}; }}\n"
            );
        }
        self.out.push_marked(Origin::Take(name.to_owned()), &code);
    }

    fn statement(&mut self, statement: &Statement) {
        self.user(statement.range.clone());
        self.out.push(CHECKPOINT);
    }

    fn tail(&mut self, tail: &Statement) {
        if self.adjustments.is_tail_endless {
            self.user(tail.range.clone());
            return self.out.push(";\n");
        }
        self.out.push("match &");
        // The compiler counts the parenthesis to the expression, and so must we.
        let start = Origin::User {
            cell: self.cell.source.cell,
            start: tail.range.start,
        };
        self.out.push_marked(start, "(");
        self.user(tail.range.clone());
        self.out.push(") { __ferrocell_tail => {\n");
        let format = &self.settings.format;
        let text = if self.adjustments.is_tail_opaque || format == DEFAULT_FORMAT {
            "(&&ferrocell_runtime::Value(__ferrocell_tail)).ferrocell_text()".to_owned()
        } else {
            format!(
                "ferrocell_runtime::formatted(&::std::format_args!({format:?}, __ferrocell_tail), __ferrocell_tail)"
            )
        };
        let show = format!(
            "use ferrocell_runtime::{{DebugText as _, Fallback as _, Finds as _, Finish as _, Stop as _, Through as _, TypeText as _}};\n\
             let __ferrocell_chain = || {{\nlet mut value = __ferrocell_tail;\n{}value\n}};\n\
             if ferrocell_runtime::chain(&__ferrocell_chain).ferrocell_finds() {{\n\
             ferrocell_runtime::show_rich(|| {{ __ferrocell_chain(); }}, &{text}, ::std::module_path!());\n\
             }} else {{\n\
             ferrocell_runtime::show(&{text}, ::std::module_path!(), {});\n}}\n",
            DISPLAY_STEP.repeat(DISPLAY_STEPS),
            self.settings.show_types,
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
            let boxing = self.adjustments.boxed.get(*name);
            if let Some(code) = boxing.and_then(|boxing| boxing.code(name)) {
                let code = format!("let {name} = {code};\n");
                self.out.push_marked(Origin::Keep((*name).clone()), &code);
            }
            let code = format!(
                "let {} = ferrocell_runtime::slot({name:?}, &{});\n",
                slot_name(name),
                name
            );
            self.out.push_marked(Origin::Keep((*name).clone()), &code);
        }
        for name in &kept {
            let code = format!("{}.keep({});\n", slot_name(name), name);
            self.out.push_marked(Origin::Keep((*name).clone()), &code);
        }
    }
}
