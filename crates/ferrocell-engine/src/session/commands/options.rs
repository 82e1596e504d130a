//! Directives that choose how cells are run and shown.

use super::{Answer, format, wrong};
use crate::CellId;
use crate::error::ExecuteError;
use crate::session::Session;
use crate::settings::{DEFAULT_FORMAT, ErrorFormat};

pub(super) fn format(session: &mut Session, _: CellId, argument: &str) -> Answer {
    if !argument.is_empty() {
        format::check(argument).map_err(|reason| {
            wrong(format!(
                "`:fmt {argument}`: {reason}, for example `{{:#?}}`"
            ))
        })?;
    }
    let format = if argument.is_empty() {
        DEFAULT_FORMAT
    } else {
        argument
    };
    session.state.settings.format = format.to_owned();
    Ok(Some(format!("values are shown with {format}")))
}

pub(super) fn error_format(session: &mut Session, _: CellId, argument: &str) -> Answer {
    let format = match argument {
        "" => ErrorFormat::Debug,
        name => ErrorFormat::named(name).ok_or_else(|| {
            wrong(format!(
                "`:efmt {name}`: the format is {{}}, {{:?}} or {{:#?}}"
            ))
        })?,
    };
    session.state.settings.error_format = format;
    Ok(Some(format!(
        "errors of `?` are shown with {}",
        format.name()
    )))
}

pub(super) fn types(session: &mut Session, _: CellId, _: &str) -> Answer {
    let shown = &mut session.state.settings.show_types;
    *shown = !*shown;
    said(if *shown {
        "types are shown"
    } else {
        "types are not shown"
    })
}

pub(super) fn timing(session: &mut Session, _: CellId, _: &str) -> Answer {
    let shown = &mut session.state.settings.timing;
    *shown = !*shown;
    said(if *shown {
        "times are shown"
    } else {
        "times are not shown"
    })
}

pub(super) fn snapshots(session: &mut Session, _: CellId, argument: &str) -> Answer {
    let taken = switch(argument, "snapshots")?;
    session.state.settings.snapshots = taken;
    said(if taken {
        "before each cell a copy of the program is put to sleep; it takes over if the cell crashes"
    } else {
        "no copies of the program are made: after a crash, variables are lost"
    })
}

pub(super) fn ahead(session: &mut Session, _: CellId, argument: &str) -> Answer {
    let is_on = switch(argument, "ahead")?;
    session.ahead.switch(is_on);
    said(if is_on {
        "cells are compiled while they wait or are written"
    } else {
        "cells are compiled when they are executed"
    })
}

pub(super) fn analyzer(session: &mut Session, _: CellId, argument: &str) -> Answer {
    if !argument.is_empty() {
        session.analyzer.switch(switch(argument, "analyzer")?);
    }
    Ok(Some(session.analyzer.status()))
}

pub(super) fn offline(session: &mut Session, _: CellId, argument: &str) -> Answer {
    session.state.settings.offline = switch(argument, "offline")?;
    Ok(None)
}

pub(super) fn build_env(session: &mut Session, _: CellId, argument: &str) -> Answer {
    let pair = pair(argument, "build_env")?;
    session.state.settings.build_env.push(pair);
    Ok(None)
}

pub(super) fn env(session: &mut Session, cell: CellId, argument: &str) -> Answer {
    let (name, value) = pair(argument, "env")?;
    session.set_environment(cell, &name, &value)?;
    Ok(None)
}

fn said(text: &str) -> Answer {
    Ok(Some(text.to_owned()))
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
