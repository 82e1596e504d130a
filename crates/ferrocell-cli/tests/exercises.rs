//! The exercises: as they stand, each check says what is wrong; with the solutions, each is content.

use std::path::Path;
use std::sync::Arc;
use std::{env, fs};

use ferrocell_engine::{CellId, Outcome, Session, SessionOptions};
use serde_json::Value;

/// A code cell of the notebook.
struct Cell {
    id: String,
    source: String,
    /// Of a function that does not do what it should: one that does, and what the check of the first says.
    solution: Option<String>,
    wrong: Option<String>,
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../notebooks/rust"))
}

fn cells() -> Vec<Cell> {
    let text = fs::read_to_string(folder().join("exercises.ipynb")).expect("the notebook");
    let notebook: Value = serde_json::from_str(&text).expect("a notebook");
    let lines = |value: &Value| -> Option<String> {
        let lines = value
            .as_array()?
            .iter()
            .map(|line| line.as_str().expect("a line"));
        Some(lines.collect())
    };
    let cells = notebook["cells"].as_array().expect("cells").iter();
    let code = cells.filter(|cell| cell["cell_type"] == "code");
    let cell = |cell: &Value| {
        let ours = &cell["metadata"]["ferrocell"];
        Cell {
            id: cell["id"].as_str().expect("an id").to_owned(),
            source: lines(&cell["source"]).expect("a source"),
            solution: lines(&ours["solution"]),
            wrong: ours["wrong"].as_str().map(str::to_owned),
        }
    };
    code.map(cell).collect()
}

/// Executes all cells in one session, each exercise as `chosen`; with each check what that cell's was to say.
fn execute(chosen: impl Fn(&Cell) -> &str) -> Vec<(String, Option<String>, Outcome)> {
    let mut options = SessionOptions::new(folder().canonicalize().expect("the folder"));
    options.host = Some(env!("CARGO_BIN_EXE_ferrocell").into());
    let mut session = Session::start(options, Arc::new(|_| {})).expect("a session");
    let mut checks = Vec::new();
    let mut wrong = None;
    for (number, cell) in (1..).zip(cells()) {
        let outcome = session.execute(CellId(number), chosen(&cell));
        if cell.id.ends_with("-check") {
            checks.push((cell.id, wrong.take(), outcome));
        } else {
            assert!(outcome.is_ok(), "{}: {outcome:?}", cell.id);
            wrong = cell.wrong;
        }
    }
    assert!(checks.len() >= 7);
    checks
}

#[test]
fn as_they_stand_the_checks_say_what_is_wrong() {
    for (id, wrong, outcome) in execute(|cell| &cell.source) {
        let Outcome::Error { value, .. } = outcome else {
            panic!("{id}: nothing is wrong");
        };
        let wrong = wrong.expect("an exercise says what is wrong");
        assert!(value.contains(&wrong), "{id}: {value}");
    }
}

#[test]
fn the_solutions_pass() {
    for (id, _, outcome) in execute(|cell| cell.solution.as_ref().unwrap_or(&cell.source)) {
        assert!(outcome.is_ok(), "{id}: {outcome:?}");
    }
}
