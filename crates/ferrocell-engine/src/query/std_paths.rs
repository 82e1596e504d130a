//! What the modules of the standard library hold, as the names of its pages in the component `rust-docs` tell.

use std::fs;
use std::path::Path;

use crate::Completion;

/// Pages by how their names begin, and what they are about.
const PAGES: [(&str, &str); 10] = [
    ("constant", "constant"),
    ("enum", "enum"),
    ("fn", "function"),
    ("macro", "macro"),
    ("primitive", "type"),
    ("static", "static"),
    ("struct", "struct"),
    ("trait", "trait"),
    ("type", "type"),
    ("union", "union"),
];

/// What stands behind a path into the standard library. Nothing if its documentation is not installed.
pub(super) fn of(sysroot: &Path, path: &[String]) -> Vec<Completion> {
    let is_library = |name: &String| matches!(name.as_str(), "std" | "core" | "alloc");
    let is_name = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !path.first().is_some_and(is_library) || !path.iter().all(is_name) {
        return Vec::new();
    }
    let pages = sysroot.join("share/doc/rust/html");
    let folder = path.iter().fold(pages, |folder, name| folder.join(name));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let page = entry.file_name().into_string().ok()?;
        let Some((kind, name)) = page
            .strip_suffix(".html")
            .and_then(|page| page.split_once('.'))
        else {
            let is_module = entry.path().join("index.html").is_file();
            return is_module.then(|| Completion::new(&page, "module", ""));
        };
        let (_, kind) = PAGES.iter().find(|(begins, _)| *begins == kind)?;
        // Some pages only lead to others.
        let name = Some(name).filter(|name| !name.ends_with('!'))?;
        let name = if *kind == "macro" {
            format!("{name}!")
        } else {
            name.to_owned()
        };
        Some(Completion::new(&name, kind, ""))
    });
    let mut found: Vec<Completion> = found.collect();
    found.sort_by(|one, other| one.text.cmp(&other.text));
    found
}
