//! Compiles a cell, trying again with what rustc has to say about generated code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::Remark;
use crate::cell::{Cell, SyntaxError};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::attempt::{Environment, compile};
use crate::compiler::beside::Beside;
use crate::compiler::diagnostics::{self, Diagnostic};
use crate::compiler::error::BuildError;
use crate::compiler::explain;
use crate::compiler::generate::{Deps, generate};
use crate::compiler::learn::{drop_misfits, initial, learn_from_errors, learn_from_types};
use crate::compiler::mir;
use crate::compiler::paths;
use crate::compiler::plan::Plan;
use crate::compiler::rustc::{self, CompileError, Compiled, Job};
use crate::compiler::sharing::Sharing;
use crate::compiler::source_map::Generated;
use crate::compiler::state::State;
use crate::interrupts::Interrupts;
use crate::settings::Edition;
use crate::toolchain::Toolchain;

/// A cell that is ready to run.
#[derive(Debug)]
pub(crate) struct Built {
    /// The shared object.
    pub(crate) object: PathBuf,
    /// Its code.
    pub(crate) generated: Arc<Generated>,
    /// The types of the variables it leaves.
    pub(crate) types: BTreeMap<String, String>,
    /// What was needed to compile it.
    pub(crate) adjustments: Adjustments,
    /// Warnings that matter.
    pub(crate) warnings: Vec<String>,
    /// How often the compiler was called.
    pub(crate) attempts: usize,
    /// Whether any of them was made just now, and not taken from what is kept.
    pub(crate) is_new: bool,
    /// The warnings, as far as they are about the cell's text.
    pub(crate) remarks: Vec<Remark>,
}

/// A cell that was not built, with what the compiler said.
#[derive(Debug)]
pub(crate) struct Failed {
    /// Why.
    pub(crate) error: BuildError,
    /// The compiler's messages as JSON, one per line.
    pub(crate) messages: String,
    /// The code of the first error.
    pub(crate) code: String,
    /// The messages, as far as they are about the cell's text.
    pub(crate) remarks: Vec<Remark>,
}

impl Failed {
    /// Whether it may have to do with another compiler than the one that compiled earlier cells, or with none.
    pub(crate) fn may_be_the_toolchain(&self) -> bool {
        const OF_CRATES: [&str; 4] = ["E0460", "E0463", "E0514", "E0786"];
        matches!(self.error, BuildError::Broken(_)) || OF_CRATES.contains(&&*self.code)
    }
}

impl From<BuildError> for Failed {
    fn from(error: BuildError) -> Self {
        Self {
            error,
            messages: String::new(),
            code: String::new(),
            remarks: Vec::new(),
        }
    }
}

/// More attempts than any cell should need: each one settles at least one variable.
const ATTEMPTS: usize = 40;

/// Compiles a cell.
pub(crate) fn build(
    environment: &Environment<'_>,
    cell: &Cell,
    plan: &Plan,
) -> Result<Built, Failed> {
    thread::scope(|scope| {
        let adjustments = initial(cell, plan);
        let mut beside = Beside::begin(scope, environment, cell, plan, &adjustments);
        let result = build_beside(environment, cell, plan, adjustments, &mut beside);
        if let Some(beside) = beside {
            beside.stop();
        }
        result
    })
}

/// Compiles a cell, with another attempt beside it.
fn build_beside(
    environment: &Environment<'_>,
    cell: &Cell,
    plan: &Plan,
    mut adjustments: Adjustments,
    beside: &mut Option<Beside<'_>>,
) -> Result<Built, Failed> {
    let remarks = |diagnostics: &[Diagnostic], generated: &Generated| {
        let (state, edition) = (environment.state, environment.settings.edition);
        explain::remarks(diagnostics, generated, state, edition, cell)
    };
    let (mut unshared, mut is_new) = (None, false);
    for attempts in 1..=ATTEMPTS {
        let generated = generate(
            cell,
            plan,
            environment.settings,
            &adjustments,
            Deps::of(environment.state),
        );
        if let Some(beside) = beside.take_if(|beside| beside.is(&adjustments)) {
            beside.wait();
        }
        let compiled = compile(environment, cell, plan, &adjustments, &generated)?;
        is_new |= compiled.is_new;
        let before = adjustments.clone();
        let Some(object) = compiled.object else {
            drop_misfits(
                &compiled.diagnostics,
                &generated,
                cell,
                plan,
                &mut adjustments,
            );
            learn_from_errors(
                &compiled.diagnostics,
                &generated,
                environment.state,
                cell,
                plan,
                &mut adjustments,
            );
            if adjustments == before {
                adjustments.sharing =
                    shared_if_kept(environment, cell, plan, &before, &compiled, &generated)?;
            }
            if adjustments == before {
                // Where sharing does not help, nothing was shared.
                let (compiled, generated) = unshared.unwrap_or((compiled, generated));
                let error = explain::failure(
                    &compiled,
                    &generated,
                    environment.state,
                    environment.settings.edition,
                    Some(cell),
                );
                let first = compiled
                    .diagnostics
                    .iter()
                    .find(|diagnostic| diagnostic.is_error());
                let code = first.map_or(String::new(), |first| first.code().to_owned());
                return Err(Failed {
                    error,
                    messages: compiled.output,
                    code,
                    remarks: remarks(&compiled.diagnostics, &generated),
                });
            }
            if before.sharing.is_empty() && !adjustments.sharing.is_empty() {
                unshared = Some((without_settled(compiled, &generated, cell, plan), generated));
            }
            continue;
        };
        let kept = plan
            .bound
            .keys()
            .chain(&adjustments.reassigned)
            .chain(plan.declared.keys())
            .filter(|name| !adjustments.gone.contains_key(*name));
        let mir = paths::without_versions(&compiled.mir);
        let types = mir::variable_types(&mir, kept);
        let signatures = mir::signatures(&mir);
        learn_from_types(
            &types,
            &signatures,
            &generated,
            environment.state,
            cell,
            plan,
            &mut adjustments,
        );
        if adjustments == before {
            let warnings = explain::warnings(&compiled.diagnostics, &generated, cell);
            let remarks = remarks(&compiled.diagnostics, &generated);
            let generated = Arc::new(generated);
            return Ok(Built {
                remarks,
                object,
                generated,
                types,
                adjustments,
                warnings,
                attempts,
                is_new,
            });
        }
    }
    Err(
        BuildError::Broken("the compiler's messages about this cell cannot be settled".to_owned())
            .into(),
    )
}

/// What to share because of errors that do not say whether keeping variables is their cause: it is if they vanish where
/// variables live only as long as in a function.
fn shared_if_kept(
    environment: &Environment<'_>,
    cell: &Cell,
    plan: &Plan,
    before: &Adjustments,
    compiled: &Compiled,
    generated: &Generated,
) -> Result<Sharing, BuildError> {
    let learned = |compiled: &Compiled, generated: &Generated| {
        let mut sharing = before.sharing.clone();
        let errors = compiled.diagnostics.iter().filter(|error| error.is_error());
        errors.for_each(|error| {
            sharing.learn(error, generated, cell, plan, true);
        });
        sharing
    };
    let shared = learned(compiled, generated);
    if shared == before.sharing {
        return Ok(shared);
    }
    let mut local = before.clone();
    local.sharing.is_local = true;
    let deps = Deps::of(environment.state);
    let generated = generate(cell, plan, environment.settings, &local, deps);
    let compiled = compile(environment, cell, plan, &local, &generated)?;
    if learned(&compiled, &generated) == before.sharing {
        Ok(shared)
    } else {
        Ok(before.sharing.clone())
    }
}

/// What the compiler has said, without the errors that sharing settles, unless there are no others.
fn without_settled(
    mut compiled: Compiled,
    generated: &Generated,
    cell: &Cell,
    plan: &Plan,
) -> Compiled {
    let stays = |diagnostic: &Diagnostic| {
        diagnostic.is_error()
            && diagnostic.is_placed(generated)
            && !Sharing::default().learn(diagnostic, generated, cell, plan, false)
    };
    if compiled.diagnostics.iter().any(stays) {
        compiled.diagnostics.retain(stays);
    }
    compiled
}

/// rustc's own words for a text that is no cell; the parser's, if rustc should find nothing wrong.
pub(crate) fn syntax_error(
    toolchain: &Toolchain,
    dir: &Path,
    edition: Edition,
    interrupts: &Interrupts,
    error: SyntaxError,
) -> Result<BuildError, CompileError> {
    let mut generated = Generated::new("syntax.rs");
    generated.push("fn cell() {\n");
    generated.push_user(&error.source, 0..error.source.code.len());
    generated.push("\n}\n");
    let job = Job {
        toolchain,
        dir,
        name: "syntax",
        source: &generated.text,
        edition,
        opt_level: "0",
        with_mir: false,
        arguments: &[],
        environment: &[],
        bundle: None,
        manifest_dir: None,
    };
    let mut compiled = rustc::compile(&job, interrupts)?;
    // Only the parser's complaints: without the session, names cannot be resolved.
    compiled
        .diagnostics
        .retain(|diagnostic| diagnostic.code().is_empty());
    match explain::failure(&compiled, &generated, &State::default(), edition, None) {
        BuildError::Broken(_) => {
            let range = error.range;
            Ok(BuildError::Wrong {
                rendered: vec![diagnostics::render_plain(
                    &error.source,
                    range,
                    &error.message,
                )],
                value: error.message,
            })
        }
        explained => Ok(explained),
    }
}
