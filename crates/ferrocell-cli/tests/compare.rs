//! `ferrocell compare` on small notebooks, and the static check on the real pair.

mod common;

use std::path::Path;
use std::process::Command;

use common::{ferrocell, notebooks};
use tempfile::TempDir;

struct Compared {
    code: Option<i32>,
    table: String,
    stderr: String,
    page: String,
}

fn compare(mut command: Command, names: &[&str]) -> Compared {
    command.arg("compare");
    compare_with(command, names)
}

fn compare_with(mut command: Command, names: &[&str]) -> Compared {
    let folder = TempDir::new().expect("a folder for the page");
    let html = folder.path().join("made/for/it/page.html");
    command.arg("--html").arg(&html);
    command.args(
        names
            .iter()
            .map(|name| notebooks().join(name).with_extension("ipynb")),
    );
    let output = command.output().expect("ferrocell can be started");
    Compared {
        code: output.status.code(),
        table: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        page: std::fs::read_to_string(html).unwrap_or_default(),
    }
}

/// The table's line for one cell.
fn line<'a>(compared: &'a Compared, cell: &str) -> &'a str {
    let mut lines = compared.table.lines();
    lines
        .find(|line| line.split_whitespace().next() == Some(cell))
        .unwrap_or_else(|| panic!("no {cell} in {}{}", compared.table, compared.stderr))
}

#[test]
fn agreeing_notebooks_pass() {
    let compared = compare(ferrocell(), &["pair_a", "pair_same"]);
    assert_eq!(compared.code, Some(0), "{}", compared.table);
    for cell in ["exact", "unordered", "last"] {
        assert!(
            line(&compared, cell).contains("✓ agrees"),
            "{}",
            compared.table
        );
    }
}

#[test]
fn a_disagreement_fails_and_says_where() {
    let compared = compare(ferrocell(), &["pair_a", "pair_other"]);
    assert_eq!(compared.code, Some(1));
    let told = line(&compared, "last");
    assert!(
        told.contains("✗ differs") && told.contains("\"not agreed\""),
        "{told}"
    );
    assert!(line(&compared, "exact").contains("✓ agrees"));
}

#[test]
fn a_failing_cell_is_a_disagreement() {
    let compared = compare(ferrocell(), &["pair_a", "pair_fails"]);
    assert_eq!(compared.code, Some(1));
    let told = line(&compared, "last");
    assert!(
        told.contains("✗ failed") && told.contains("ValueError: boom"),
        "{told}"
    );
}

#[test]
fn any_number_of_notebooks_has_a_column_each() {
    let compared = compare(ferrocell(), &["pair_a", "pair_same", "pair_other"]);
    assert_eq!(compared.code, Some(1));
    let told = line(&compared, "last");
    assert!(
        told.contains("✓ python3 (pair_same) agrees; ✗ python3 (pair_other) differs"),
        "{told}"
    );
    assert_eq!(compared.page.matches("<section").count(), 4);
    assert_eq!(compared.page.matches("<article").count(), 12);
}

#[test]
fn the_last_notebook_runs_again_on_each_further_kernel() {
    let mut command = ferrocell();
    command.arg("compare").args(["--kernel=python3"; 3]);
    let compared = compare_with(command, &["pair_a", "pair_same"]);
    assert_eq!(compared.code, Some(0), "{}", compared.table);
    assert_eq!(compared.page.matches("<article").count(), 12);
}

#[test]
fn cells_with_other_ids_are_not_even_run() {
    let compared = compare(ferrocell(), &["pair_a", "pair_renamed"]);
    assert_eq!(compared.code, Some(1));
    assert!(
        compared.stderr.contains("`last` is missing"),
        "{}",
        compared.stderr
    );
    assert!(
        compared.stderr.contains("`renamed` has no counterpart"),
        "{}",
        compared.stderr
    );
    assert_eq!((compared.table.as_str(), compared.page.as_str()), ("", ""));
}

#[test]
fn python_and_rust_agree_by_every_rule() {
    let compared = compare(ferrocell(), &["pair_python", "pair_rust"]);
    assert_eq!(
        compared.code,
        Some(0),
        "{}{}",
        compared.table,
        compared.stderr
    );
    let expected = [
        ("greet", "✓ agrees"),
        ("value", "✓ agrees"),
        ("unordered", "✓ agrees: lines in any order"),
        ("timed", "✓ agrees: numbers within 0.2–30"),
        ("late-start", "– judged with another: see `late-end`"),
        ("late-end", "✓ agrees: together with late-start"),
        ("raises", "✓ agrees"),
        ("skipped", "– not compared: only Python says so"),
        (
            "not-in-rust",
            "– not compared: not run on ferrocell: Python has no counterpart",
        ),
    ];
    for (cell, verdict) in expected {
        let told = line(&compared, cell);
        assert!(told.ends_with(verdict), "{told}");
    }
    assert!(
        compared.page.contains("Your name? <b>Ada</b>"),
        "the dialogue is shown"
    );
    for reference in ["src=\"http", "<script", "<link"] {
        assert!(
            !compared.page.contains(reference),
            "the page needs nothing else: {reference}"
        );
    }
}

#[test]
fn the_pair_has_the_same_cells() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = ferrocell();
    command.current_dir(root).args(["compare", "--ids-only"]);
    let output = command.output().expect("ferrocell can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
