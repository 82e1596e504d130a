//! The user's own start: `init.evcxr` with directives and `prelude.rs` with code, in evcxr's configuration folder.

use std::path::PathBuf;
use std::{env, fs};

use super::Answer;
use crate::session::Session;
use crate::{CellId, Event, Outcome};

/// What there may be.
const FILES: [&str; 2] = ["init.evcxr", "prelude.rs"];

/// Whether there is such a file.
pub(crate) fn is_there() -> bool {
    folder().is_some_and(|folder| FILES.iter().any(|file| folder.join(file).is_file()))
}

/// Executes both files, if they are there.
pub(crate) fn load(session: &mut Session, cell: CellId, _: &str) -> Answer {
    let Some(folder) = folder() else {
        return Ok(None);
    };
    for file in FILES {
        let path = folder.join(file);
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let own = session.own_cell();
        if let Outcome::Error {
            value, traceback, ..
        } = session.execute_as(own, &text)
        {
            let text = format!("{}: {value}\n{}\n", path.display(), traceback.join("\n"));
            (session.events)(Event::Stderr { cell, text });
        }
    }
    Ok(None)
}

fn folder() -> Option<PathBuf> {
    let from = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    from("EVCXR_CONFIG_DIR")
        .or_else(|| from("XDG_CONFIG_HOME").map(|config| config.join("evcxr")))
        .or_else(|| from("HOME").map(|home| home.join(".config/evcxr")))
}
