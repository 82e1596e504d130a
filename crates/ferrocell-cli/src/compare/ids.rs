//! The static check: do the notebooks of a comparison have the same cells?

use nbformat::v4::Cell;

use crate::notebook::Document;

/// What is wrong with the cells of `other`, as a port of `reference`: nothing if every cell stands under the same id,
/// with the same type, in the same place.
pub(crate) fn mismatches(reference: &Document, other: &Document) -> Vec<String> {
    let cells = |document: &Document| -> Vec<(String, &'static str)> {
        let cells = document.notebook.cells.iter();
        cells
            .map(|cell| (cell.id().to_string(), cell_type(cell)))
            .collect()
    };
    let (expected, found) = (cells(reference), cells(other));
    let place =
        |cells: &[(String, &'static str)], id: &str| cells.iter().position(|(each, _)| each == id);

    let mut mismatches = Vec::new();
    for (id, kind) in &expected {
        match place(&found, id) {
            None => mismatches.push(format!("{kind} cell `{id}` is missing")),
            Some(at) if found[at].1 != *kind => mismatches.push(format!(
                "cell `{id}` is a {} cell instead of a {kind} cell",
                found[at].1
            )),
            Some(_) => {}
        }
    }
    for (id, kind) in &found {
        if place(&expected, id).is_none() {
            mismatches.push(format!("{kind} cell `{id}` has no counterpart"));
        }
    }
    if mismatches.is_empty() {
        let in_other_order = expected.iter().zip(&found).find(|(a, b)| a.0 != b.0);
        mismatches.extend(in_other_order.map(|(expected, found)| {
            let (expected, found) = (&expected.0, &found.0);
            format!("cell `{found}` stands where cell `{expected}` should stand")
        }));
    }
    let (reference, other) = (reference.path.display(), other.path.display());
    let told = mismatches.iter();
    told.map(|what| format!("{other}: {what} (compared with {reference})"))
        .collect()
}

fn cell_type(cell: &Cell) -> &'static str {
    match cell {
        Cell::Code { .. } => "code",
        Cell::Markdown { .. } => "markdown",
        Cell::Raw { .. } => "raw",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mismatches;
    use crate::notebook::Document;

    /// Cells as pairs of type and id.
    type Cells<'a> = &'a [(&'a str, &'a str)];

    fn document(cells: Cells<'_>) -> Document {
        let cells: Vec<_> = cells
            .iter()
            .map(|(cell_type, id)| match *cell_type {
                "code" => json!({"cell_type": "code", "id": id, "metadata": {}, "source": [],
                    "execution_count": null, "outputs": []}),
                other => json!({"cell_type": other, "id": id, "metadata": {}, "source": []}),
            })
            .collect();
        let notebook = json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells});
        Document {
            path: "port.ipynb".into(),
            notebook: serde_json::from_value(notebook).expect("a notebook"),
        }
    }

    #[test]
    fn cells_must_match_one_to_one_in_order() {
        let reference = [("markdown", "title"), ("code", "ask"), ("code", "join")];
        let cases: [(Cells<'_>, &[&str]); 5] = [
            (&reference, &[]),
            (
                &[("markdown", "title"), ("code", "ask")],
                &["`join` is missing"],
            ),
            (
                &[("code", "title"), ("code", "ask"), ("code", "join")],
                &["`title` is a code cell instead of a markdown cell"],
            ),
            (
                &[("markdown", "title"), ("code", "join"), ("code", "ask")],
                &["`join` stands where cell `ask` should stand"],
            ),
            (
                &[
                    ("markdown", "title"),
                    ("code", "ask"),
                    ("code", "join"),
                    ("code", "more"),
                ],
                &["`more` has no counterpart"],
            ),
        ];
        for (cells, expected) in cases {
            let found = mismatches(&document(&reference), &document(cells));
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert!(found.contains(expected), "{found} / {expected}");
            }
        }
    }
}
