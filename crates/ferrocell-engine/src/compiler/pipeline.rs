//! From a cell that was parsed to its shared object: the files that it names, the plan, the code, rustc.

use std::path::Path;

use crate::cell::{Cell, SyntaxError, large_stack};
use crate::compiler::attempt::Environment;
use crate::compiler::build::{self, Built, Failed};
use crate::compiler::files;
use crate::compiler::plan::{self, Plan};
use crate::compiler::state::State;
use crate::settings::Edition;

/// A cell that was compiled.
pub(crate) struct Compilation {
    /// The cell, with the files that it includes.
    pub(crate) cell: Cell,
    /// What it needs and changes.
    pub(crate) plan: Plan,
    /// What it became.
    pub(crate) built: Built,
}

impl Compilation {
    /// The state while the cell runs.
    pub(crate) fn begun(&self, state: &State) -> State {
        self.plan.apply(state, &self.cell, &self.built.adjustments)
    }

    /// The state when it has run, if it was `begun`.
    pub(crate) fn ended(&self, mut begun: State, edition: Edition, succeeded: bool) -> State {
        let (cell, built) = (&self.cell, &self.built);
        (self.plan).settle(
            &mut begun,
            cell,
            &built.types,
            &built.adjustments,
            succeeded,
        );
        begun.editions.insert(cell.source.cell, edition);
        begun
    }
}

/// Why a cell was not.
pub(crate) enum Uncompiled {
    /// A file that it names is no Rust, or not there.
    Syntax(SyntaxError),
    /// It was not built.
    Build(Failed),
}

/// Compiles a cell whose relative paths start from `folder`. Nothing is changed but what the environment says.
pub(crate) fn compile(
    environment: &Environment<'_>,
    folder: &Path,
    cell: &Cell,
) -> Result<Compilation, Uncompiled> {
    let state = environment.state;
    let mut cell =
        large_stack::large(|| files::bring_in(cell, folder)).map_err(Uncompiled::Syntax)?;
    let mut plan = plan::plan(state, &cell);
    let refreshed = large_stack::large(|| files::refresh(&cell, &plan, folder));
    if let Some(changed) = refreshed.map_err(Uncompiled::Syntax)? {
        plan = plan::plan(state, &changed);
        cell = changed;
    }
    let built = build::build(environment, &cell, &plan).map_err(Uncompiled::Build)?;
    Ok(Compilation { cell, plan, built })
}
