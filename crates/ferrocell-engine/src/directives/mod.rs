//! Answers the lines of a cell that are for the engine: `:dep …`, `:vars`, `!command`.
//!
//! The names and meanings are evcxr's. What makes no sense here answers with one line that says so.

pub(crate) mod config;
mod help;
mod memory;
mod shell;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use crate::cell::{Cell, Directive};
use crate::deps::{self, DepsError, Spec, Workshop};
use crate::error::ExecuteError;
use crate::session::Session;
use crate::settings::{DEFAULT_FORMAT, Settings};
use crate::type_names;
use crate::{CellId, Event};

/// The names of all directives.
pub(crate) const NAMES: [&str; 33] = [
    "allow_static_linking",
    "build_env",
    "cache",
    "clear",
    "clear_cache",
    "codegen_backend",
    "dep",
    "doc",
    "efmt",
    "env",
    "explain",
    "fmt",
    "help",
    "internal_debug",
    "last_compile_dir",
    "last_error_json",
    "linker",
    "load_config",
    "memory",
    "offline",
    "opt",
    "preserve_vars_on_panic",
    "quit",
    "sccache",
    "show_deps",
    "snapshots",
    "t",
    "timing",
    "toolchain",
    "type",
    "types",
    "vars",
    "version",
];

/// What the directives of a cell have decided.
pub(crate) struct Decided {
    /// How its code is compiled: `:opt` above code is for that cell only.
    pub(crate) settings: Settings,
}

/// Executes the directives of a cell.
pub(crate) fn execute(session: &mut Session, cell: &Cell) -> Result<Decided, ExecuteError> {
    let id = cell.source.cell;
    let mut specs: BTreeMap<String, Spec> = session.state.deps.clone();
    let mut own_opt_level = None;
    for directive in &cell.directives {
        match directive.name.as_str() {
            "dep" => {
                let spec = Spec::parse(&directive.argument, &session.options.working_dir)
                    .map_err(DepsError::from)?;
                specs.retain(|_, other| !other.is_same_crate(&spec));
                specs.insert(spec.crate_name(), spec);
            }
            "opt" if cell.has_code() => {
                own_opt_level = Some(opt_level(&directive.argument, &session.state.settings)?)
            }
            "!" => shell::run(session, id, &directive.argument)?,
            "load_config" => config::load(session, id)?,
            _ => {
                if let Some(answer) = answer(session, id, directive)? {
                    (session.events)(Event::Stdout {
                        cell: id,
                        text: answer + "\n",
                    });
                }
            }
        }
    }
    if cell
        .directives
        .iter()
        .any(|directive| directive.name == "dep")
    {
        use_deps(session, id, specs)?;
    }
    let mut settings = session.state.settings.clone();
    settings.opt_level = own_opt_level.unwrap_or(settings.opt_level);
    Ok(Decided { settings })
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
    let workshop = Workshop {
        toolchain: &toolchain,
        cache_dir: &session.options.cache_dir,
        offline: session.state.settings.offline,
        environment: &session.state.settings.build_env,
        interrupts: &session.interrupts,
        progress: &progress,
    };
    let mut specs = specs;
    let bundle = loop {
        match workshop.bundle(&specs) {
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

fn opt_level(argument: &str, settings: &Settings) -> Result<String, ExecuteError> {
    match argument {
        "0" | "1" | "2" | "3" | "s" | "z" => Ok(argument.to_owned()),
        "" => Ok(if settings.opt_level == "0" { "2" } else { "0" }.to_owned()),
        other => Err(wrong(format!(
            "`:opt {other}`: the level is 0, 1, 2, 3, s or z"
        ))),
    }
}

fn switch(argument: &str, name: &str) -> Result<bool, ExecuteError> {
    match argument {
        "1" | "true" | "on" => Ok(true),
        "0" | "false" | "off" => Ok(false),
        other => Err(wrong(format!("`:{name} {other}`: 0 or 1 is expected"))),
    }
}

fn pair(argument: &str, name: &str) -> Result<(String, String), ExecuteError> {
    let (key, value) = argument
        .split_once('=')
        .ok_or_else(|| wrong(format!("`:{name} {argument}`: NAME=VALUE is expected")))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// Executes one directive; what it answers is shown.
fn answer(
    session: &mut Session,
    cell: CellId,
    directive: &Directive,
) -> Result<Option<String>, ExecuteError> {
    let argument = directive.argument.as_str();
    let settings = &mut session.state.settings;
    let said = |text: &str| Ok(Some(text.to_owned()));
    match directive.name.as_str() {
        "vars" => Ok(Some(variables(session))),
        "type" | "t" => type_of(session, argument).map(Some),
        "types" => {
            settings.show_types = !settings.show_types;
            said(if settings.show_types {
                "types are shown"
            } else {
                "types are not shown"
            })
        }
        "fmt" => {
            settings.format = if argument.is_empty() {
                DEFAULT_FORMAT.to_owned()
            } else {
                argument.to_owned()
            };
            Ok(Some(format!("values are shown with {}", settings.format)))
        }
        "opt" => {
            settings.opt_level = opt_level(argument, settings)?;
            Ok(Some(format!(
                "cells are compiled with -Copt-level={}",
                settings.opt_level
            )))
        }
        "timing" => {
            settings.timing = !settings.timing;
            said(if settings.timing {
                "times are shown"
            } else {
                "times are not shown"
            })
        }
        "snapshots" => {
            settings.snapshots = switch(argument, "snapshots")?;
            said(if settings.snapshots {
                "before each cell a copy of the program is put to sleep; it takes over if the cell crashes"
            } else {
                "no copies of the program are made: after a crash, variables are lost"
            })
        }
        "memory" => memory::limit(session, cell, argument).map(Some),
        "offline" => {
            settings.offline = switch(argument, "offline")?;
            Ok(None)
        }
        "build_env" => {
            settings.build_env.push(pair(argument, "build_env")?);
            Ok(None)
        }
        "env" => {
            let (key, value) = pair(argument, "env")?;
            session.set_environment(cell, &key, &value)?;
            Ok(None)
        }
        "clear" => {
            session.clear()?;
            said("everything defined so far is forgotten")
        }
        "explain" => explain(session, argument).map(Some),
        "show_deps" => Ok(Some(dependencies(session))),
        "version" => {
            let version = session.toolchain()?.short_version().to_owned();
            Ok(Some(format!(
                "ferrocell {}, {version}",
                env!("CARGO_PKG_VERSION")
            )))
        }
        "toolchain" if argument.is_empty() => {
            Ok(Some(session.toolchain()?.version.trim().to_owned()))
        }
        "toolchain" => toolchain(session, cell, argument).map(Some),
        "last_compile_dir" => Ok(Some(session.dir.path().display().to_string())),
        "last_error_json" => Ok(Some(session.last_messages.clone())),
        "clear_cache" => {
            let events = session.events.clone();
            let progress = move |message: String| events(Event::Progress { cell, message });
            let place = deps::clear(&session.options.cache_dir, &session.interrupts, &progress);
            progress(String::new());
            Ok(Some(format!(
                "{} is empty; dependencies are built again when they are next asked for",
                place?.display()
            )))
        }
        "help" => Ok(Some(help::TEXT.trim_end().to_owned())),
        name => match help::no_sense(name) {
            Some(line) => said(line),
            None => Err(wrong(format!(
                "there is no directive `:{name}`; `:help` lists them"
            ))),
        },
    }
}

/// Chooses a toolchain; which one is used then.
fn toolchain(session: &mut Session, cell: CellId, name: &str) -> Result<String, ExecuteError> {
    let had_program = !session.state.variables.is_empty();
    let is_another = session.use_toolchain(name.trim_start_matches('+'))?;
    if is_another && session.state.bundle.take().is_some() {
        use_deps(session, cell, session.state.deps.clone())?;
    }
    let version = session.toolchain()?.short_version().to_owned();
    Ok(if is_another && had_program {
        format!("{version}; its programs cannot use what another has compiled: variables are lost")
    } else {
        version
    })
}

fn variables(session: &Session) -> String {
    let variables = &session.state.variables;
    if variables.is_empty() {
        return "there are no variables".to_owned();
    }
    let width = variables
        .keys()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default();
    let lines = variables.iter().map(|(name, variable)| {
        let mutable = if variable.mutable { "mut " } else { "    " };
        let ty = type_names::written(&variable.ty, &session.state);
        format!("{mutable}{name:width$}: {ty}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn type_of(session: &Session, name: &str) -> Result<String, ExecuteError> {
    match session.state.variables.get(name) {
        Some(variable) => Ok(format!(
            "{name}: {}",
            type_names::written(&variable.ty, &session.state)
        )),
        None => Err(wrong(format!(
            "there is no variable `{name}`; `:vars` lists them"
        ))),
    }
}

fn dependencies(session: &Session) -> String {
    let specs = &session.state.deps;
    if specs.is_empty() {
        return "there are no dependencies".to_owned();
    }
    specs
        .values()
        .map(|spec| format!("{} = {}", spec.name, spec.value))
        .collect::<Vec<_>>()
        .join("\n")
}

fn explain(session: &mut Session, code: &str) -> Result<String, ExecuteError> {
    let code = if code.is_empty() {
        session.last_error_code.clone()
    } else {
        code.to_owned()
    };
    if code.is_empty() {
        return Err(wrong(
            "`:explain` explains the last error, and there was none; or name one: `:explain E0382`"
                .to_owned(),
        ));
    }
    let output = Command::new(&session.toolchain()?.rustc)
        .args(["--explain", &code])
        .output()?;
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    Ok(String::from_utf8_lossy(&text).trim().to_owned())
}
