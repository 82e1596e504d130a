//! Tells which edition of Rust an error is about.

use std::collections::BTreeMap;

use crate::CellId;
use crate::compiler::diagnostics::Diagnostic;
use crate::compiler::source_map::Generated;
use crate::settings::Edition;

/// What to add to an error that another edition would not have.
pub(crate) fn note(
    error: &Diagnostic,
    generated: &Generated,
    of_cells: &BTreeMap<CellId, Edition>,
    edition: Edition,
) -> Option<String> {
    let place = error.place(generated);
    let written_in = place
        .as_ref()
        .and_then(|place| of_cells.get_key_value(&place.source.cell));
    if let Some((cell, before)) = written_in.filter(|(_, before)| **before != edition) {
        return Some(format!(
            "cell [{}] was run in edition {}, and what a cell uses of others is compiled in its own, which is {}: \
             put `:edition {}` on this cell's first line",
            cell.0,
            before.name(),
            edition.name(),
            before.name(),
        ));
    }
    let code = place.map_or("", |place| place.source.slice(&place.range));
    let texts: Vec<&str> = error.texts().collect();
    let other = latest_without(error.code(), &texts, code)
        .filter(|latest| *latest < edition)
        .map(|latest| ("up to", latest))
        .or_else(|| {
            first_with(error.code(), &texts)
                .filter(|first| *first > edition)
                .map(|first| ("from", first))
        });
    let (which, other) = other?;
    Some(format!(
        "this is Rust {which} edition {}, and the cell's edition is {}: put `:edition {}` on its first line, or run it \
         alone for all cells to come",
        other.name(),
        edition.name(),
        other.name()
    ))
}

/// The latest edition that does not have this error, if it came with an edition.
fn latest_without(code: &str, texts: &[&str], place: &str) -> Option<Edition> {
    let says = |part: &str| texts.iter().any(|text| text.contains(part));
    // Functions that were safe before, and are called without `unsafe`.
    let became_unsafe = ["set_var", "remove_var", "before_exec"];
    let is_unsafe_now = code == "E0133" && became_unsafe.iter().any(|name| place.contains(name));
    if is_unsafe_now
        || code == "static_mut_refs"
        || says("extern blocks must be unsafe")
        || says("unsafe attribute used without unsafe")
        || says("reserved keyword `gen`")
    {
        return Some(Edition::E2021);
    }
    // A trait object without `dyn`, a range pattern with three dots, a literal behind a macro's own prefix.
    let is_prefix = says("prefix `") && says("is unknown") && !says("prefix `f`");
    if matches!(code, "E0782" | "E0783") || is_prefix {
        return Some(Edition::E2018);
    }
    let new_words = ["async", "await", "dyn", "try"];
    let is_word = new_words
        .iter()
        .any(|word| says(&format!("found keyword `{word}`")));
    if is_word || says("anonymous parameters are removed in the 2018 edition") {
        return Some(Edition::E2015);
    }
    None
}

/// The first edition that does not have this error, if one has done away with it.
fn first_with(code: &str, texts: &[&str]) -> Option<Edition> {
    let says = |part: &str| texts.iter().any(|text| text.contains(part));
    if says("only allowed in Rust 2024 or later") {
        return Some(Edition::E2024);
    }
    if says("literals require Rust 2021 or later") {
        return Some(Edition::E2021);
    }
    // `async fn` and its like, and a field of that name.
    let is_await = says("to use `.await`") || says("to use `async fn`") || code == "E0670";
    is_await.then_some(Edition::E2018)
}
