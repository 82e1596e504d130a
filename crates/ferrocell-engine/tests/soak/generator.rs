//! Makes cells at random, each together with what must come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fastrand::Rng;

use crate::cell::{Cell, Fault, MARK};
use crate::faults::{CRASHES, DEAF, DEEP, ENDLESS, FAILURES, MISTAKES, POLITE};
use crate::model::{Model, Static, Variable, sum};
use crate::value::Value;

/// A cell that is being written.
pub(crate) struct Generator<'a> {
    rng: &'a mut Rng,
    number: u64,
    /// The notebook, with what the cell has done so far to what was there before.
    model: Model,
    /// The variables that the cell has declared; `None` if it has used them up.
    declared: BTreeMap<String, Option<Variable>>,
    /// The variables of earlier cells that it has used up.
    moved: BTreeSet<String>,
    /// Those that it has moved and assigned again: if it fails, they are inside of it.
    replaced: BTreeSet<String>,
    items: String,
    code: String,
    printed: BTreeMap<u64, String>,
}

impl<'a> Generator<'a> {
    /// The cell of this number, after a notebook of this kind. A thread that is to end the program waits until there is
    /// a file at `signal`.
    pub(crate) fn cell(rng: &'a mut Rng, number: u64, before: &Model, signal: &Path) -> Cell {
        let fault = match rng.u32(..100) {
            0..6 => Fault::CompileError,
            6..16 => Fault::Panic,
            16..22 => Fault::PoliteInterrupt,
            22..25 => Fault::ForcedInterrupt,
            25..27 => Fault::CompilerInterrupt,
            27..39 => Fault::Crash,
            39..43 => Fault::CrashBetweenCells,
            _ => Fault::None,
        };
        let mut cell = Generator {
            rng,
            number,
            model: before.clone(),
            declared: BTreeMap::new(),
            moved: BTreeSet::new(),
            replaced: BTreeSet::new(),
            items: String::new(),
            code: String::new(),
            printed: BTreeMap::new(),
        };
        if fault == Fault::CompilerInterrupt {
            cell.code = ENDLESS.to_owned();
            cell.prints(number, MARK);
            return cell.end(
                fault,
                before.clone(),
                vec!["KeyboardInterrupt: ", "CompileError: recursion limit"],
            );
        }
        let directives = if before.has_snapshots { 10 } else { 4 };
        if fault == Fault::None && cell.rng.u32(..directives) == 0 {
            return cell.directive();
        }
        if cell.rng.u32(..4) == 0 {
            cell.define();
        }
        for _ in 0..cell.rng.u32(1..5) {
            cell.act();
        }
        cell.befall(fault, before, signal)
    }

    /// Lets the fault happen at the cell's end.
    fn befall(mut self, fault: Fault, before: &Model, signal: &Path) -> Cell {
        match fault {
            Fault::None => {
                let after = self.succeeded();
                self.end(fault, after, vec![])
            }
            Fault::CompileError => {
                let (code, error) = *self.choose(&MISTAKES);
                self.code.push_str(code);
                self.printed.clear();
                self.end(fault, before.clone(), vec![error])
            }
            Fault::Panic => {
                let (code, error) = *self.choose(&FAILURES);
                self.code.push_str(code);
                let after = self.failed();
                self.end(fault, after, vec![error])
            }
            Fault::PoliteInterrupt => {
                let code = *self.choose(&POLITE);
                self.wait_in(format!("print!({MARK:?});\n{code}"));
                let after = self.failed();
                self.end(
                    fault,
                    after,
                    vec!["KeyboardInterrupt: the cell was interrupted"],
                )
            }
            Fault::ForcedInterrupt => {
                let code = *self.choose(&DEAF);
                // In one statement, because between two a cell looks whether it should stop.
                self.wait_in(format!("(print!({MARK:?}), {code});"));
                let after = before.clone().after_the_process();
                self.end(
                    fault,
                    after,
                    vec!["KeyboardInterrupt: the cell did not stop in time"],
                )
            }
            Fault::CrashBetweenCells => {
                self.code.push_str(&format!(
                    "thread::Builder::new().name(\"ender\".into()).spawn(|| {{ \
                     while !std::path::Path::new({signal:?}).exists() {{ thread::sleep(Duration::from_millis(1)); }} \
                     std::process::abort() }})?;"
                ));
                let after = self.succeeded().after_the_process();
                self.end(fault, after, vec![])
            }
            Fault::Crash | Fault::CrashWithoutSnapshots | Fault::CompilerInterrupt => {
                let (code, error) = *self.choose(&CRASHES);
                self.items
                    .push_str(if code.contains("deep") { DEEP } else { "" });
                self.code.push_str(code);
                let fault = if before.has_snapshots {
                    Fault::Crash
                } else {
                    Fault::CrashWithoutSnapshots
                };
                self.end(fault, before.clone().after_the_process(), vec![error])
            }
        }
    }

    fn end(self, fault: Fault, after: Model, errors: Vec<&'static str>) -> Cell {
        Cell {
            source: self.items + &self.code,
            fault,
            errors,
            printed: self.printed,
            after,
        }
    }

    /// What is there if the cell ends well.
    fn succeeded(&mut self) -> Model {
        let mut after = self.remaining();
        for (name, variable) in std::mem::take(&mut self.declared) {
            if let Some(variable) = variable {
                after.variables.insert(name, variable);
            }
        }
        after
    }

    /// What is there if it ends early.
    fn failed(&self) -> Model {
        let mut after = self.remaining();
        after
            .variables
            .retain(|name, _| !self.replaced.contains(name));
        after
    }

    /// What was there and was not used up.
    fn remaining(&self) -> Model {
        let mut after = self.model.clone();
        let is_used_up = |name: &String| matches!(self.declared.get(name), Some(None));
        after
            .variables
            .retain(|name, _| !self.moved.contains(name) && !is_used_up(name));
        after
    }

    fn wait_in(&mut self, code: String) {
        self.code.push_str(&code);
        self.prints(self.number, MARK);
    }

    fn prints(&mut self, cell: u64, text: &str) {
        self.printed.entry(cell).or_default().push_str(text);
    }

    fn choose<T>(&mut self, among: &'static [T]) -> &'static T {
        &among[self.rng.usize(..among.len())]
    }

    fn directive(mut self) -> Cell {
        let (code, says) = match self.rng.u32(..4) {
            0 | 1 => {
                self.model.has_snapshots = !self.model.has_snapshots;
                if self.model.has_snapshots {
                    (
                        ":snapshots on",
                        "before each cell a copy of the program is put to sleep; it takes over if the cell crashes\n",
                    )
                } else {
                    (
                        ":snapshots off",
                        "no copies of the program are made: after a crash, variables are lost\n",
                    )
                }
            }
            2 => (":memory", "the program may use 500 MiB\n"),
            _ => ("!echo shell", "shell\n"),
        };
        self.code.push_str(code);
        self.prints(self.number, says);
        let after = self.model.clone();
        self.end(Fault::None, after, vec![])
    }

    /// Defines an item, perhaps anew.
    fn define(&mut self) {
        let which = self.rng.u32(..2);
        let number = self.rng.i64(1..100);
        match self.rng.u32(..4) {
            0 => {
                let (name, fields, definition) = if self.rng.bool() {
                    (format!("R{which}"), format!("n: {number}"), "n: i64")
                } else {
                    let fields = format!("n: {number}, label: \"l{number}\"");
                    (format!("R{which}"), fields, "n: i64, label: &'static str")
                };
                self.items.push_str(&format!(
                    "#[derive(Debug)] struct {name} {{ {definition} }}\n"
                ));
                let shape = |fields: &str| fields.matches(':').count();
                let before = self.model.records.insert(name.clone(), fields.clone());
                if before.is_some_and(|before| shape(&before) != shape(&fields)) {
                    let is_other = |variable: &Variable| !matches!(&variable.value, Value::Record { ty, .. } if *ty == name);
                    self.model
                        .variables
                        .retain(|_, variable| is_other(variable));
                }
            }
            1 => {
                let name = format!("f{which}");
                self.items
                    .push_str(&format!("fn {name}(n: i64) -> i64 {{ n * {number} }}\n"));
                self.model.functions.insert(name, number);
            }
            2 => {
                let name = format!("S{which}");
                self.items.push_str(&format!(
                    "static {name}: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new({number});\n"
                ));
                self.model.statics.insert(
                    name,
                    Static {
                        initial: number,
                        value: number,
                    },
                );
            }
            _ => {
                let name = format!("count{which}");
                self.items.push_str(&format!(
                    "fn {name}() -> i64 {{ static N: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0); \
                     N.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1 }}\n"
                ));
                self.model.counters.insert(name, 0);
            }
        }
    }

    /// One more statement.
    fn act(&mut self) {
        let statement = match self.rng.u32(..22) {
            0..6 => Some(self.declare()),
            6..12 => self.change(),
            12 => self.replace(),
            13..15 => self.use_up(),
            15 => self.lock(),
            16 => self.add_to_static(),
            17 => self.count(),
            18 => Some(self.print_much()),
            19 => Some(self.add_up()),
            20 => Some("tokio::task::yield_now().await;".to_owned()),
            _ => self.call(),
        };
        if let Some(statement) = statement {
            self.code.push_str(&statement);
            self.code.push('\n');
        }
    }

    fn declare(&mut self) -> String {
        let name = format!("v{}", self.rng.u32(..9));
        let may_change = self.rng.bool();
        let (value, code) = Value::random(self.rng, self.number, &self.model.records);
        // A closure that is `mut` is an `FnMut`, which no variable but a `mut` one can call.
        let mutable = may_change && !matches!(value, Value::Closure(_));
        let keyword = if mutable { "let mut" } else { "let" };
        self.declared
            .insert(name.clone(), Some(Variable { mutable, value }));
        format!("{keyword} {name} = {code};")
    }

    /// The name of a variable that is there, and itself.
    fn some_variable(&mut self) -> Option<(String, &mut Variable)> {
        let is_not_shadowed = |(name, _): &(&String, &mut Variable)| {
            !self.declared.contains_key(*name) && !self.moved.contains(*name)
        };
        let earlier: Vec<_> = self
            .model
            .variables
            .iter_mut()
            .filter(is_not_shadowed)
            .collect();
        let own = self
            .declared
            .iter_mut()
            .filter_map(|(name, variable)| Some((name, variable.as_mut()?)));
        let (name, variable) = self
            .rng
            .choice(earlier.into_iter().chain(own).collect::<Vec<_>>())?;
        Some((name.clone(), variable))
    }

    fn change(&mut self) -> Option<String> {
        let mut rng = self.rng.fork();
        let (name, variable) = self.some_variable()?;
        let (code, thread_prints) = variable.value.change(&mut rng, &name, variable.mutable)?;
        if let Some((cell, text)) = thread_prints {
            self.prints(cell, &text);
        }
        Some(code)
    }

    fn replace(&mut self) -> Option<String> {
        let (name, variable) = self.some_variable()?;
        let code = variable.value.replace(&name, variable.mutable)?;
        if !self.declared.contains_key(&name) {
            self.replaced.insert(name);
        }
        Some(code)
    }

    /// Moves a variable: away, or to another name.
    fn use_up(&mut self) -> Option<String> {
        let to = format!("v{}", self.rng.u32(..9));
        let is_renamed = self.rng.bool();
        let (name, variable) = self.some_variable()?;
        let variable = variable.clone();
        // A copy leaves its original where it was.
        if !matches!(variable.value, Value::Integer(_)) {
            match self.declared.get_mut(&name) {
                Some(declared) => *declared = None,
                None => {
                    self.moved.insert(name.clone());
                }
            }
        }
        if is_renamed {
            self.declared.insert(
                to.clone(),
                Some(Variable {
                    mutable: false,
                    value: variable.value,
                }),
            );
            return Some(format!("let {to} = {name};"));
        }
        Some(variable.value.consume(&name))
    }

    fn lock(&mut self) -> Option<String> {
        let (name, variable) = self.some_variable()?;
        variable.value.lock_for_good(&name)
    }

    fn add_to_static(&mut self) -> Option<String> {
        let number = self.rng.i64(1..100);
        let (name, value) = self.rng.choice(&mut self.model.statics)?;
        value.value += number;
        let add = format!("{name}.fetch_add({number}, std::sync::atomic::Ordering::SeqCst)");
        Some(if self.rng.bool() {
            format!("{add};")
        } else {
            format!("std::thread::spawn(|| {add}).join().unwrap();")
        })
    }

    fn count(&mut self) -> Option<String> {
        let (name, count) = self.rng.choice(&mut self.model.counters)?;
        *count += 1;
        Some(format!("assert_eq!({name}(), {count});"))
    }

    fn print_much(&mut self) -> String {
        let lines = self.rng.u32(1..3_000);
        let text: String = (0..lines)
            .map(|n| format!("line {n} of {lines}\n"))
            .collect();
        self.prints(self.number, &text);
        format!("for n in 0..{lines} {{ println!(\"line {{n}} of {lines}\"); }}")
    }

    fn add_up(&mut self) -> String {
        let to = self.rng.u64(..100_000);
        format!("assert_eq!(sum({to}), {});", sum(to))
    }

    fn call(&mut self) -> Option<String> {
        let (name, factor) = self.rng.choice(&self.model.functions)?;
        Some(format!("assert_eq!({name}(3), {});", 3 * factor))
    }
}
