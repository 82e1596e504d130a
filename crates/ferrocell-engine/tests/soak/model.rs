//! What a notebook must be after each of its cells.

use std::collections::BTreeMap;

use crate::value::Value;

/// Everything that a later cell can see.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The variables.
    pub(crate) variables: BTreeMap<String, Variable>,
    /// The fields of records that types of earlier cells have, as they are written in a literal.
    pub(crate) records: BTreeMap<String, String>,
    /// Functions, which multiply by this.
    pub(crate) functions: BTreeMap<String, i64>,
    /// Statics.
    pub(crate) statics: BTreeMap<String, Static>,
    /// Functions that count how often they were called, in a static of their own.
    pub(crate) counters: BTreeMap<String, i64>,
    /// Whether there are snapshots.
    pub(crate) has_snapshots: bool,
}

/// A variable.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    /// Whether it is `mut`.
    pub(crate) mutable: bool,
    /// Its value.
    pub(crate) value: Value,
}

/// An `AtomicI64`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Static {
    /// What it starts with.
    pub(crate) initial: i64,
    /// Its value.
    pub(crate) value: i64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            variables: BTreeMap::new(),
            records: BTreeMap::new(),
            functions: BTreeMap::new(),
            statics: BTreeMap::new(),
            counters: BTreeMap::new(),
            has_snapshots: true,
        }
    }
}

impl Model {
    /// The model after the process has ended: as a copy that was made of this moment goes on, if there is one.
    pub(crate) fn after_the_process(mut self) -> Self {
        if !self.has_snapshots {
            self.variables.clear();
            self.counters.values_mut().for_each(|count| *count = 0);
            for value in self.statics.values_mut() {
                value.value = value.initial;
            }
        }
        self
    }

    /// How many threads and tasks must be there, of those that variables belong to.
    pub(crate) fn threads(&self) -> usize {
        let variables = self.variables.values();
        variables
            .filter(|variable| variable.value.has_thread())
            .count()
    }

    /// A cell that shows everything, and what it must print.
    pub(crate) fn check(&mut self) -> (String, String) {
        let mut cell = String::from(":vars\n");
        let mut printed = String::new();
        let mut show = |label: &str, expression: &str, value: &str| {
            cell.push_str(&format!("println!(\"{label} = {{:?}}\", {expression});\n"));
            printed.push_str(&format!("{label} = {value}\n"));
        };
        show("sum", "sum(50_000)", &sum(50_000).to_string());
        show("task", "tokio::spawn(async { 5 }).await?", "5");
        for (name, variable) in &self.variables {
            show(
                name,
                &variable.value.expression(name),
                &variable.value.shown(),
            );
        }
        for (name, factor) in &self.functions {
            show(name, &format!("{name}(7)"), &(7 * factor).to_string());
        }
        for (name, value) in &self.statics {
            show(name, name, &value.value.to_string());
        }
        for (name, count) in &mut self.counters {
            *count += 1;
            show(name, &format!("{name}()"), &count.to_string());
        }
        for (name, fields) in &self.records {
            show(
                name,
                &format!("{name} {{ {fields} }}"),
                &format!("{name} {{ {fields} }}"),
            );
        }
        (cell, printed)
    }

    /// What `:vars` must list, without the types.
    pub(crate) fn listing(&self) -> Vec<(bool, String)> {
        let listed = |(name, variable): (&String, &Variable)| (variable.mutable, name.clone());
        self.variables.iter().map(listed).collect()
    }
}

/// What the cells' function of this name gives, which has rayon add up.
pub(crate) fn sum(to: u64) -> u64 {
    (0..to).map(|n| n % 7).sum()
}
