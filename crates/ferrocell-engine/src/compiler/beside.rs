//! Compiles a cell as a refusal would ask for it, beside the attempt that may be refused.
//!
//! A cell is compiled so that it keeps its variables, and rustc refuses that of those which it moves. What it moves can be
//! guessed, but not known without the types. So both are compiled at once, and the one that is wrong is dropped: the guess
//! as soon as the cell compiles with all variables, which is never later than without a guess.

use std::collections::BTreeSet;
use std::fs;
use std::thread::{self, Scope, ScopedJoinHandle};

use crate::cell::Cell;
use crate::compiler::adjustments::Adjustments;
use crate::compiler::attempt::{Environment, compile};
use crate::compiler::explain;
use crate::compiler::generate::{Deps, generate};
use crate::compiler::plan::Plan;
use crate::interrupts::Interrupts;

/// An attempt beside the others. Whoever has begun it waits for it or stops it.
pub(super) struct Beside<'scope> {
    adjustments: Adjustments,
    interrupts: Interrupts,
    thread: ScopedJoinHandle<'scope, ()>,
}

impl<'scope> Beside<'scope> {
    /// Begins one, if the cell seems to move variables, and if what comes of it can be kept for the attempt that needs it.
    pub(super) fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        environment: &'env Environment<'_>,
        cell: &'env Cell,
        plan: &'env Plan,
        before: &Adjustments,
    ) -> Option<Self> {
        let moved = moved(cell, plan);
        if moved.is_empty() || environment.artifacts.limit() == 0 {
            return None;
        }
        let mut adjustments = before.clone();
        let reason = || explain::moved(cell.source.cell);
        let gone = moved.into_iter().map(|name| (name, reason()));
        adjustments.gone.extend(gone);
        let deps = Deps::of(environment.state);
        let generated = generate(cell, plan, environment.settings, &adjustments, deps);
        let interrupts = environment.interrupts.beside();
        let (own, own_adjustments) = (interrupts.clone(), adjustments.clone());
        let work = move || {
            let dir = environment.dir.join("beside");
            let environment = Environment {
                dir: &dir,
                interrupts: &own,
                ..*environment
            };
            // The attempt that needs it finds it among the artifacts, or makes it and tells what is wrong.
            let _ = compile(&environment, cell, plan, &own_adjustments, &generated);
            let _ = fs::remove_dir_all(&dir);
        };
        // Without a thread there is no guess.
        let thread = thread::Builder::new().spawn_scoped(scope, work).ok()?;
        Some(Self {
            adjustments,
            interrupts,
            thread,
        })
    }

    /// Whether this is how the cell has to be compiled.
    pub(super) fn is(&self, adjustments: &Adjustments) -> bool {
        self.adjustments == *adjustments
    }

    /// Waits until it is done.
    pub(super) fn wait(self) {
        // A panic has been told of, and has made nothing.
        let _ = self.thread.join();
    }

    /// Ends it.
    pub(super) fn stop(self) {
        self.interrupts.request_any();
    }
}

/// The variables that a cell seems to move.
fn moved(cell: &Cell, plan: &Plan) -> BTreeSet<String> {
    let names: BTreeSet<_> = cell.body().flat_map(|part| &part.moved).collect();
    let assigned = |name: &str| {
        let mut body = cell.body();
        body.any(|part| part.assigned.iter().any(|assigned| assigned == name))
    };
    // What a call has made may own something; a number does not.
    let is_made = |name: &str| {
        let declaration = cell.declaration(name);
        declaration.is_some_and(|part| cell.source.slice(&part.reads).contains('('))
    };
    let is_owner = |name: &str| match plan.taken.get(name) {
        Some(variable) if !plan.bound.contains_key(name) => {
            variable.shared.is_none() && variable.ty.contains("::")
        }
        Some(_) => false,
        None => plan.bound.contains_key(name) && is_made(name),
    };
    let moved = names
        .into_iter()
        .filter(|name| is_owner(name) && !assigned(name));
    moved.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CellId;
    use crate::compiler::plan::plan;
    use crate::compiler::state::State;

    #[test]
    fn moves_are_guessed_from_how_variables_are_used() {
        for (code, expected) in [
            ("let h = spawn(work); h.join().unwrap()", "h"),
            ("let all = list(); for one in all { one.join(); }", "all"),
            ("let s = String::new(); drop(s);", "s"),
            ("let v = vec(); let n = v.into_iter().count();", "v"),
            (
                "let (tx, rx) = channel(); spawn(move || tx.send(1)); rx.recv()",
                "tx",
            ),
            ("let s = make(); spawn(move || println!(\"{s}\"))", "s"),
            // They are used again, or are not moved like that.
            ("let n = 5; spawn(move || n + 1);", ""),
            ("let text = words(); text.join(\", \")", ""),
            ("let v = list(); for x in &v {} spawn(|| v.len());", ""),
            ("let mut v = list(); drop(v); v = list();", ""),
        ] {
            let cell = Cell::parse(CellId(1), code, |_| None).expect("a cell");
            let moved = moved(&cell, &plan(&State::default(), &cell));
            let moved: Vec<_> = moved.iter().map(String::as_str).collect();
            assert_eq!(moved.join(" "), expected, "{code}");
        }
    }
}
