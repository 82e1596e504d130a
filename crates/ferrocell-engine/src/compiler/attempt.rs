//! One attempt to compile a cell: one call of the compiler, or what an earlier one has made.

use std::path::Path;

use crate::cell::Cell;
use crate::compiler::adjustments::Adjustments;
use crate::compiler::artifacts::Artifacts;
use crate::compiler::error::BuildError;
use crate::compiler::paths::{DISPLAY, cell_name};
use crate::compiler::plan::Plan;
use crate::compiler::rustc::{Compiled, Job};
use crate::compiler::source_map::Generated;
use crate::compiler::state::State;
use crate::interrupts::Interrupts;
use crate::settings::Settings;
use crate::toolchain::Toolchain;

/// What a cell is compiled with.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    /// The compiler.
    pub(crate) toolchain: &'a Toolchain,
    /// The session before the cell.
    pub(crate) state: &'a State,
    /// How to compile.
    pub(crate) settings: &'a Settings,
    /// The folder for what is made.
    pub(crate) dir: &'a Path,
    /// What was compiled before.
    pub(crate) artifacts: &'a Artifacts,
    /// To stop.
    pub(crate) interrupts: &'a Interrupts,
}

/// Calls the compiler.
pub(super) fn compile(
    environment: &Environment<'_>,
    cell: &Cell,
    plan: &Plan,
    adjustments: &Adjustments,
    generated: &Generated,
) -> Result<Compiled, BuildError> {
    let name = cell_name(cell.source.cell);
    let bundle = environment.state.bundle.as_ref();
    let library = bundle.map(|bundle| bundle.library_path());
    let mut arguments = bundle.map(|bundle| bundle.arguments()).unwrap_or_default();
    if !bundle.is_some_and(|bundle| bundle.externs.contains_key(DISPLAY)) {
        let display = environment.toolchain.display.display();
        arguments.extend(["--extern".to_owned(), format!("{DISPLAY}={display}")]);
    }
    let job = Job {
        toolchain: environment.toolchain,
        dir: environment.dir,
        name: &name,
        source: &generated.text,
        edition: environment.settings.edition,
        opt_level: &environment.settings.opt_level,
        with_mir: !plan.bound.is_empty()
            || !adjustments.reassigned.is_empty()
            || !plan.declared.is_empty(),
        arguments: &arguments,
        environment: &environment.settings.build_env,
        bundle: library.as_deref(),
        manifest_dir: bundle.and_then(|bundle| bundle.dir.parent()),
    };
    let mut compiled = (environment.artifacts).compile(
        &job,
        generated,
        cell.source.cell,
        environment.interrupts,
    )?;
    let shared = plan
        .taken
        .iter()
        .filter(|(_, known)| known.shared.is_some());
    let shared: Vec<&String> = shared.map(|(name, _)| name).collect();
    for diagnostic in &mut compiled.diagnostics {
        diagnostic.translate(generated);
        shared.iter().for_each(|name| diagnostic.call_by_name(name));
    }
    if environment.interrupts.is_requested() {
        return Err(BuildError::Interrupted);
    }
    Ok(compiled)
}
