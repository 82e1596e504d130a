//! Directives that tell something about the session, or start it afresh.

use std::process::Command;

use super::{Answer, use_deps, wrong};
use crate::compiler::type_names;
use crate::directives;
use crate::query;
use crate::session::Session;
use crate::{CellId, Variable};

pub(super) fn variables(session: &mut Session, _: CellId, _: &str) -> Answer {
    let variables = query::variables(&session.state);
    let widths = variables
        .iter()
        .map(|variable| variable.name.chars().count());
    let Some(width) = widths.max() else {
        return Ok(Some("there are no variables".to_owned()));
    };
    let lines = variables.iter().map(
        |Variable {
             name,
             ty,
             is_mutable,
             note,
         }| {
            let mutable = if *is_mutable { "mut " } else { "    " };
            let note = note.as_ref().map(|note| format!("  ({note})"));
            format!("{mutable}{name:width$}: {ty}{}", note.unwrap_or_default())
        },
    );
    Ok(Some(lines.collect::<Vec<_>>().join("\n")))
}

pub(super) fn type_of(session: &mut Session, cell: CellId, expression: &str) -> Answer {
    if expression.is_empty() {
        return Err(wrong(
            "`:type` needs a variable or an expression, for example `:type 1 + 1`; `:vars` lists all variables"
                .to_owned(),
        ));
    }
    let state = &session.state;
    let is_name = expression.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !expression.starts_with(|c: char| c.is_ascii_digit());
    let is_known = || {
        state
            .items
            .iter()
            .any(|known| known.item.names().contains(&expression))
    };
    let ty = match state.variables.get(expression) {
        Some(variable) => variable.ty.clone(),
        None if is_name && !is_known() && !matches!(expression, "true" | "false") => {
            return Err(wrong(format!(
                "there is no variable `{expression}`; `:vars` lists them"
            )));
        }
        None => session.type_of(cell, expression)?,
    };
    let ty = type_names::written(&ty, &session.state);
    Ok(Some(format!("{expression}: {ty}")))
}

pub(super) fn dependencies(session: &mut Session, _: CellId, _: &str) -> Answer {
    let specs = &session.state.deps;
    if specs.is_empty() {
        return Ok(Some("there are no dependencies".to_owned()));
    }
    let lines = specs
        .values()
        .map(|spec| format!("{} = {}", spec.name, spec.value));
    Ok(Some(lines.collect::<Vec<_>>().join("\n")))
}

pub(super) fn explain(session: &mut Session, _: CellId, code: &str) -> Answer {
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
    let rustc = session.toolchain()?.rustc;
    let output = Command::new(&rustc)
        .args(["--explain", &code])
        .output()
        .map_err(|error| wrong(format!("cannot start {}: {error}", rustc.display())))?;
    let text = if output.status.success() {
        output.stdout
    } else {
        output.stderr
    };
    Ok(Some(String::from_utf8_lossy(&text).trim().to_owned()))
}

pub(super) fn clear(session: &mut Session, _: CellId, _: &str) -> Answer {
    session.clear()?;
    Ok(Some("everything defined so far is forgotten".to_owned()))
}

pub(super) fn last_compile_dir(session: &mut Session, _: CellId, _: &str) -> Answer {
    Ok(Some(session.dir.path().display().to_string()))
}

pub(super) fn last_error_json(session: &mut Session, _: CellId, _: &str) -> Answer {
    Ok(Some(session.last_messages.clone()))
}

pub(super) fn toolchain(session: &mut Session, cell: CellId, name: &str) -> Answer {
    if name.is_empty() {
        return Ok(Some(session.toolchain()?.version.trim().to_owned()));
    }
    let had_program = !session.state.variables.is_empty();
    let is_another = session.use_toolchain(name.trim_start_matches('+'))?;
    if is_another && session.state.bundle.take().is_some() {
        use_deps(session, cell, session.state.deps.clone())?;
    }
    let version = session.toolchain()?.short_version().to_owned();
    Ok(Some(if is_another && had_program {
        format!("{version}; its programs cannot use what another has compiled: variables are lost")
    } else {
        version
    }))
}

pub(super) fn version(session: &mut Session, _: CellId, _: &str) -> Answer {
    let version = session.toolchain()?.short_version().to_owned();
    Ok(Some(format!(
        "ferrocell {}, {version}",
        env!("CARGO_PKG_VERSION")
    )))
}

pub(super) fn help(_: &mut Session, _: CellId, name: &str) -> Answer {
    let name = name.trim_start_matches(':');
    if name.is_empty() {
        return Ok(Some(directives::help()));
    }
    match directives::find(name) {
        Some(entry) => Ok(Some(entry.line())),
        None => Err(super::unknown(name)),
    }
}
