//! Compiles a cell, trying again with what rustc has to say about generated code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Remark;
use crate::cell::{Cell, Item, ItemKind, Signature, SyntaxError};
use crate::compiler::adjustments::Adjustments;
use crate::compiler::artifacts::Artifacts;
use crate::compiler::boxing::{self, Boxing, Fields};
use crate::compiler::diagnostics::{self, Diagnostic};
use crate::compiler::error::BuildError;
use crate::compiler::explain;
use crate::compiler::generate::{Deps, generate};
use crate::compiler::mir;
use crate::compiler::paths::{self, DISPLAY, cell_name};
use crate::compiler::plan::Plan;
use crate::compiler::rustc::{self, CompileError, Compiled, Job};
use crate::compiler::sharing::Sharing;
use crate::compiler::source_map::{Generated, Origin, Place};
use crate::compiler::state::State;
use crate::compiler::type_names;
use crate::interrupts::Interrupts;
use crate::settings::{Edition, Settings};
use crate::toolchain::Toolchain;

/// What a cell is compiled with.
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
    let mut adjustments = initial(cell, plan);
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

/// Calls the compiler.
fn compile(
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

/// What can be known before the first attempt: the type of a closure can never be written down.
fn initial(cell: &Cell, plan: &Plan) -> Adjustments {
    let boxed = plan.bound.keys().filter_map(|name| {
        let closure = cell.declaration(name)?.closure.as_ref()?;
        Some((name.clone(), Boxing::guess(closure)))
    });
    Adjustments {
        boxed: boxed.collect(),
        ..Adjustments::default()
    }
}

/// Adjusts what generated code does with variables, as far as the errors are about that.
fn learn_from_errors(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    state: &State,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    let errors = || {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
    };
    let has_own_errors =
        errors().any(|error| matches!(error.origin(generated), Some(Origin::User { .. })));
    let is_about_variables = |error: &Diagnostic| {
        matches!(
            error.origin(generated),
            Some(Origin::Keep(_) | Origin::Restore(_) | Origin::Show)
        )
    };
    if !adjustments.lazy.is_empty() && !errors().all(is_about_variables) {
        // Without boxes there were no errors: what makes a value borrows, or does not go to other threads.
        for name in std::mem::take(&mut adjustments.lazy) {
            let reason = explain::unnameable(&name, "a closure within", false);
            adjustments.gone.insert(name, reason);
        }
        return;
    }
    for error in errors() {
        let is_whole = |name: &String| error.names_whole(name, generated);
        let is_elsewhere = error.code() == "E0505"
            && matches!(error.origin(generated), Some(Origin::Restore(name)) if is_whole(name));
        if !is_elsewhere
            && adjustments
                .sharing
                .learn(error, generated, cell, plan, false)
        {
            let changed = adjustments.sharing.changed.iter().cloned();
            adjustments.reassigned.extend(changed);
            continue;
        }
        match (error.code(), error.origin(generated)) {
            // Moved, or never initialised: it is not there to be stored.
            ("E0382" | "E0381", Some(origin @ (Origin::Restore(name) | Origin::Keep(name)))) => {
                let is_assigned = cell.body().any(|statement| {
                    statement.assigned.contains(name) || statement.assigned_in_part.contains(name)
                });
                // What was moved is the variable taken; one that the cell declares by the same name is another.
                let is_declared =
                    matches!(origin, Origin::Restore(_)) && plan.bound.contains_key(name);
                if (is_assigned || is_declared)
                    && plan.taken.contains_key(name)
                    && !adjustments.reassigned.contains(name)
                {
                    adjustments.reassigned.insert(name.clone());
                } else {
                    let before = state.gone.get(name).filter(|_| error.code() == "E0381");
                    let reason = before.cloned();
                    let reason = reason.unwrap_or_else(|| explain::moved(cell.source.cell));
                    adjustments.gone.insert(name.clone(), reason);
                }
            }
            // A `&'static mut` that goes elsewhere as a whole is only borrowed, but for ever.
            ("E0505", Some(Origin::Restore(name))) if error.names_whole(name, generated) => {
                adjustments
                    .gone
                    .insert(name.clone(), explain::moved(cell.source.cell));
            }
            // Nothing will end a borrow that lasts for ever. Where there are errors of the user's own code, it follows from those.
            ("E0505", Some(Origin::Keep(name))) if !has_own_errors => {
                adjustments
                    .gone
                    .insert(name.clone(), explain::borrowed(name));
            }
            ("E0252" | "E0254" | "E0255" | "E0260", Some(_)) => {
                adjustments
                    .replaced
                    .extend(replaced(error, cell, adjustments));
            }
            ("E0728", Some(_)) => adjustments.awaits = true,
            ("E0282" | "E0283" | "E0284", Some(Origin::Show)) if !adjustments.is_tail_late => {
                adjustments.is_tail_late = true;
            }
            ("E0282" | "E0277", Some(Origin::Show)) if adjustments.is_tail_late => {
                adjustments.is_tail_endless = true;
            }
            ("E0599" | "E0277", Some(Origin::Show)) => adjustments.is_tail_opaque = true,
            _ => relax_boxing(error, generated, adjustments),
        }
    }
}

/// The first of the items that an error says to be of one name: an import, or what an import takes the place of.
fn replaced(error: &Diagnostic, cell: &Cell, adjustments: &Adjustments) -> Option<usize> {
    let name = error
        .message
        .strip_prefix("the name `")?
        .split('`')
        .next()?;
    let mut same = cell.items.iter().enumerate().filter(|(index, item)| {
        item.names().contains(&name) && !adjustments.replaced.contains(index)
    });
    let (first, _) = same.next()?;
    same.next().map(|_| first)
}

/// Asks less of a boxed value that an error is about, or gives up to keep it.
fn relax_boxing(error: &Diagnostic, generated: &Generated, adjustments: &mut Adjustments) {
    // What is borrowed cannot be kept in any box.
    if matches!(
        error.code(),
        "E0373"
            | "E0382"
            | "E0499"
            | "E0502"
            | "E0503"
            | "E0505"
            | "E0506"
            | "E0515"
            | "E0521"
            | "E0597"
            | "E0716"
    ) {
        return;
    }
    let boxed = error.origins(generated).find_map(|origin| match origin {
        Origin::Keep(name) if adjustments.boxed.contains_key(name) => Some(name.clone()),
        _ => None,
    });
    let Some(name) = boxed else { return };
    let Some(boxing) = adjustments.boxed.get_mut(&name) else {
        return;
    };
    if boxing.relax(&error.message) {
        return;
    }
    if !boxing.is_guess {
        let reason = explain::unnameable(&name, &error.message, false);
        adjustments.gone.insert(name.clone(), reason);
    }
    // The type itself will tell more.
    adjustments.boxed.remove(&name);
}

/// Boxes variables whose types cannot be written down, and gives up those that no box helps.
fn learn_from_types(
    types: &BTreeMap<String, String>,
    signatures: &BTreeMap<String, Signature>,
    generated: &Generated,
    state: &State,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    for (name, ty) in types.iter().filter(|(_, ty)| mir::is_unnameable(ty)) {
        let boxing = match adjustments.boxed.remove(name) {
            Some(boxing) if boxing.is_guess => continue,
            Some(_) => None,
            None => Boxing::of(ty, signatures, structs(cell, plan)),
        };
        match boxing {
            Some(boxing) => {
                adjustments.boxed.insert(name.clone(), boxing);
            }
            None => {
                let declaration = cell.declaration(name);
                let is_lazy = declaration.is_some_and(|declaration| declaration.lazy.is_some());
                if is_lazy && adjustments.lazy.insert(name.clone()) {
                    continue;
                }
                let written = type_names::written(&generated.name_closures(ty), state);
                let reason = explain::unnameable(name, &written, paths::is_local(ty));
                adjustments.gone.insert(name.clone(), reason);
            }
        }
    }
}

/// The structs with type parameters that a cell can name.
fn structs(cell: &Cell, plan: &Plan) -> BTreeMap<String, Fields> {
    let earlier = plan
        .needed
        .iter()
        .map(|index| &*plan.survivors[*index].item);
    let is_type = |item: &&Item| matches!(item.kind, ItemKind::Type { .. });
    earlier
        .chain(&cell.items)
        .filter(is_type)
        .filter_map(|item| boxing::fields(item.code()))
        .collect()
}

/// Gives up earlier `impl` blocks that are wrong now that the cell has defined a type anew, and those that it has written
/// again in other words.
fn drop_misfits(
    diagnostics: &[Diagnostic],
    generated: &Generated,
    cell: &Cell,
    plan: &Plan,
    adjustments: &mut Adjustments,
) {
    let earlier = |place: &Place<'_>| {
        plan.needed.iter().copied().find(|index| {
            let item = &plan.survivors[*index].item;
            matches!(item.kind, ItemKind::Impl { .. })
                && item.source.is(place.source)
                && item.range.contains(&place.range.start)
        })
    };
    for error in diagnostics.iter().filter(|d| d.is_error()) {
        let places = error.places(generated);
        if matches!(error.code(), "E0119" | "E0592")
            && places
                .iter()
                .any(|place| place.source.cell == cell.source.cell)
        {
            adjustments
                .superseded
                .extend(places.iter().filter_map(earlier));
        } else if plan.has_changed_types {
            adjustments
                .dropped
                .extend(error.place(generated).and_then(|place| earlier(&place)));
        }
    }
}
