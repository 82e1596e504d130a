//! The variables at a glance, between two cells.

use std::path::PathBuf;

use serde_json::Value;

use crate::compiler::build::Built;
use crate::compiler::canonical;
use crate::compiler::state::State;
use crate::error::ExecuteError;
use crate::session::{Session, run};
use crate::{CellId, MimeBundle};

/// How many numbers, from the highest down whose code is kept for other sessions, are those of looks.
const NUMBERS: u64 = 1000;

/// What looks at the variables, once there is something.
#[derive(Default)]
pub(super) struct Look {
    /// How often it was made.
    count: u64,
    latest: Option<Made>,
}

struct Made {
    basis: Basis,
    cell: CellId,
    built: Built,
}

/// What the code depends on: as long as that is the same, it can be run again.
#[derive(PartialEq, Eq)]
struct Basis {
    /// The variables, with their types.
    variables: Vec<(String, String)>,
    /// What defines the types.
    items: Vec<String>,
    bundle: Option<PathBuf>,
}

impl Basis {
    fn of(state: &State) -> Self {
        let variables = state.variables.iter();
        let items = state.items.iter();
        Self {
            variables: variables
                .map(|(name, variable)| (name.clone(), variable.ty.clone()))
                .collect(),
            items: items.map(|known| known.item.code().to_owned()).collect(),
            bundle: state.bundle.as_ref().map(|bundle| bundle.dir.clone()),
        }
    }
}

impl Session {
    /// The variables at a glance, and what other threads do, as the macro `ferrocell::glance` tells them
    /// (`application/json`). Nothing of the user's is run, and nothing changes. `None` before the first cell, and if there is
    /// nothing to see.
    ///
    /// It is compiled where variables have changed, and then takes as long as a small cell.
    pub fn look(&mut self) -> Option<Value> {
        if self.own_cells == 0 {
            return None;
        }
        let seen = self.try_look();
        // A front end asks again, and a cell says what is wrong.
        let MimeBundle(mut data) = seen.ok().flatten()?;
        data.remove("application/json")
    }

    fn try_look(&mut self) -> Result<Option<MimeBundle>, ExecuteError> {
        let basis = Basis::of(&self.state);
        let latest = self.look.latest.take();
        let made = match latest.filter(|made| made.basis == basis) {
            Some(made) => made,
            None => self.make(basis)?,
        };
        self.interrupts.execute(made.cell);
        let toolchain = self.toolchain()?;
        self.prepare_host(made.cell, &toolchain)?;
        let seen = run::look(self, made.cell, &made.built);
        self.look.latest = Some(made);
        seen
    }

    fn make(&mut self, basis: Basis) -> Result<Made, ExecuteError> {
        let cell = self.number();
        self.interrupts.execute(cell);
        let names: Vec<_> = basis.variables.iter().map(|(name, _)| &**name).collect();
        let source = format!("ferrocell::glance!({})", names.join(", "));
        let parsed = self.state.parse(cell, &source);
        let parsed = parsed.map_err(|error| self.explain_syntax_error(error))?;
        let settings = self.state.settings.clone();
        let built = self.build(&parsed, &settings)?.built;
        Ok(Made { basis, cell, built })
    }

    /// A number that no cell of the notebook has, if possible one whose code is kept.
    fn number(&mut self) -> CellId {
        let number = CellId(canonical::HIGHEST.saturating_sub(self.look.count));
        self.look.count += 1;
        let lowest = CellId(canonical::HIGHEST - NUMBERS);
        let mut cells = self.state.editions.keys();
        let is_free =
            number > lowest && !cells.any(|cell| *cell > lowest && cell.0 <= canonical::HIGHEST);
        if is_free { number } else { self.own_cell() }
    }
}
