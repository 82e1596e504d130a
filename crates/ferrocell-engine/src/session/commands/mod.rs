//! What a session does for the lines of a cell that are for the engine: `:dep …`, `:vars`, `!command`.

mod answers;
mod cache;
pub(crate) mod config;
mod doc;
mod format;
mod memory;
mod options;
mod shell;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cell::Cell;
use crate::deps::{BundleBuilder, DepsError, Spec};
use crate::directives::{Command, Effect, find, settings_of};
use crate::error::ExecuteError;
use crate::session::Session;
use crate::settings::Settings;
use crate::{CellId, Event};

/// What a directive answers, to be shown.
type Answer = Result<Option<String>, ExecuteError>;

/// What the directives of a cell have decided.
pub(crate) struct Decided {
    /// How its code is compiled: `:opt` above code is for that cell only.
    pub(crate) settings: Settings,
}

/// Executes the directives of a cell.
pub(crate) fn execute(session: &mut Session, cell: &Cell) -> Result<Decided, ExecuteError> {
    let id = cell.source.cell;
    let mut specs: BTreeMap<String, Spec> = session.state.deps.clone();
    for directive in &cell.directives {
        let argument = directive.argument.as_str();
        if directive.name == "!" {
            shell::run(session, id, argument)?;
            continue;
        }
        let entry = find(&directive.name).ok_or_else(|| unknown(&directive.name))?;
        let answer = match entry.effect {
            Effect::Dependency => {
                let spec =
                    Spec::parse(argument, &session.options.working_dir).map_err(DepsError::from)?;
                specs.retain(|_, other| !other.is_same_crate(&spec));
                specs.insert(spec.crate_name(), spec);
                None
            }
            Effect::Compile(_) if cell.has_code() => None,
            Effect::Compile(choice) => Some(
                session
                    .state
                    .settings
                    .choose(choice, argument)
                    .map_err(wrong)?,
            ),
            Effect::Session(command) => action(command)(session, id, argument)?,
            Effect::Elsewhere => Some(entry.help.to_owned()),
        };
        if let Some(text) = answer {
            let text = text + "\n";
            (session.events)(Event::Stdout { cell: id, text });
        }
    }
    if cell
        .directives
        .iter()
        .any(|directive| directive.name == "dep")
    {
        use_deps(session, id, specs)?;
    }
    let settings = settings_of(&session.state.settings, &cell.directives).map_err(wrong)?;
    Ok(Decided { settings })
}

/// What does this.
fn action(command: Command) -> fn(&mut Session, CellId, &str) -> Answer {
    match command {
        Command::ShowDependencies => answers::dependencies,
        Command::Variables => answers::variables,
        Command::Type => answers::type_of,
        Command::Types => options::types,
        Command::Doc => doc::show,
        Command::Explain => answers::explain,
        Command::Format => options::format,
        Command::ErrorFormat => options::error_format,
        Command::Timing => options::timing,
        Command::Snapshots => options::snapshots,
        Command::Ahead => options::ahead,
        Command::Analyzer => options::analyzer,
        Command::Memory => memory::limit,
        Command::Env => options::env,
        Command::BuildEnv => options::build_env,
        Command::Offline => options::offline,
        Command::Clear => answers::clear,
        Command::Cache => cache::limit,
        Command::ClearCache => cache::clear,
        Command::LoadConfig => config::load,
        Command::LastCompileDir => answers::last_compile_dir,
        Command::LastErrorJson => answers::last_error_json,
        Command::Toolchain => answers::toolchain,
        Command::Version => answers::version,
        Command::Help => answers::help,
    }
}

fn unknown(name: &str) -> ExecuteError {
    wrong(format!(
        "there is no directive `:{name}`; `:help` lists them"
    ))
}

/// Makes these crates usable, and no others.
pub(crate) fn use_deps(
    session: &mut Session,
    cell: CellId,
    specs: BTreeMap<String, Spec>,
) -> Result<(), ExecuteError> {
    let toolchain = session.toolchain()?;
    let events = session.events.clone();
    let progress = move |message: String| events(Event::Progress { cell, message });
    let builder = BundleBuilder {
        toolchain: &toolchain,
        cache_dir: &session.options.cache_dir,
        offline: session.state.settings.offline,
        environment: &session.state.settings.build_env,
        interrupts: &session.interrupts,
        progress: &progress,
    };
    let mut specs = specs;
    let bundle = loop {
        match builder.bundle(&specs) {
            Err(DepsError::Cargo(message))
                if specs.values_mut().any(|spec| spec.respell(&message)) => {}
            made => break made,
        }
    };
    progress(String::new());
    let bundle = bundle?;
    if let Some(before) = session
        .state
        .bundle
        .clone()
        .filter(|before| before.dir != bundle.dir)
    {
        let changed = before.changed_crates(&bundle);
        let is_loaded = session
            .host
            .as_ref()
            .is_some_and(|host| host.has_loaded(&before.library_path()));
        let is_rebuilt = before.library == bundle.library;
        if is_loaded && (is_rebuilt || !changed.is_empty()) {
            session.restart_host()?;
            session
                .state
                .lose_process(&format!("its process was replaced by cell [{}]", cell.0));
            let what = if is_rebuilt {
                "the sources of dependencies".to_owned()
            } else {
                changed.join(", ")
            };
            let text = format!(
                "{what} changed after they were loaded, so the program was started again: variables, threads and the \
                 values of statics are lost; functions, types and imports are still there\n"
            );
            (session.events)(Event::Stderr { cell, text });
        }
    }
    session.state.deps = specs;
    session.state.bundle = Some(Arc::new(bundle));
    Ok(())
}

fn wrong(message: String) -> ExecuteError {
    ExecuteError::Directive(message)
}
