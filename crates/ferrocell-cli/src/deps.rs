//! `ferrocell deps`: builds what notebooks depend on, before anyone waits for it.

use std::io::{IsTerminal, stderr};
use std::path::{self, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use ferrocell_engine::{CellId, Event, Outcome, Session, SessionOptions, dependencies};
use nbformat::v4::Cell;

use crate::notebook::Document;

/// Build the crates that notebooks ask for, so that their first cells start at once
///
/// The `:dep` lines are executed cell by cell, as if the notebook were run, and nothing else of it. What is built is kept in
/// the cache folder, for all sessions of this user.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The notebooks (.ipynb)
    #[arg(required = true)]
    notebooks: Vec<PathBuf>,
}

/// Builds them one after the other; [`ExitCode::FAILURE`] if the crates of one cannot be built.
pub(crate) fn deps(args: Args) -> Result<ExitCode> {
    let mut are_built = true;
    for notebook in &args.notebooks {
        are_built &= build(notebook)?;
    }
    Ok(if are_built {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn build(notebook: &Path) -> Result<bool> {
    let document = Document::read(notebook)?;
    let cells = document
        .notebook
        .cells
        .iter()
        .filter_map(|cell| match cell {
            Cell::Code { source, .. } => Some(dependencies(&source.concat())),
            _ => None,
        });
    let cells: Vec<Vec<String>> = cells.filter(|lines| !lines.is_empty()).collect();
    let name = notebook.display();
    if cells.is_empty() {
        println!("{name} asks for no crates");
        return Ok(true);
    }
    let folder = path::absolute(document.folder()).context("the current folder cannot be read")?;
    let mut session = Session::start(SessionOptions::new(folder), Arc::new(show))?;
    for (number, lines) in (1..).zip(&cells) {
        if let Outcome::Error {
            name: error, value, ..
        } = session.execute(CellId(number), &lines.join("\n"))
        {
            eprintln!("{name}: {error}: {value}");
            return Ok(false);
        }
    }
    let count = cells.concat().len();
    println!("{name}: what its {count} `:dep` lines ask for is at hand");
    Ok(true)
}

/// Shows how far a build is: in its place on a terminal, else line by line.
fn show(event: Event) {
    if let Event::Progress { message, .. } = event {
        match (stderr().is_terminal(), message.is_empty()) {
            (true, _) => eprint!("\r\x1b[2K{message}"),
            (false, false) => eprintln!("{message}"),
            (false, true) => {}
        }
    }
}
