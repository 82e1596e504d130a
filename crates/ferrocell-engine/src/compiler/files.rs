//! Brings the files that a cell names into it: `mod name;` and `include!("…");`. Their paths start from the notebook's
//! folder, as if the cell were a file there.
//!
//! Items of a file become items of the notebook with the file as their source, so they are linked, kept and explained
//! like those of a cell.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::CellId;
use crate::cell::{self, Cell, Content, File, Item, Outline, Source, Statement, SyntaxError};
use crate::compiler::plan::Plan;

/// Reads the files that a cell names.
pub(crate) fn bring_in(cell: &Cell, folder: &Path) -> Result<Cell, SyntaxError> {
    let mut cell = cell.clone();
    cell.folder = folder.to_owned();
    let is_named = |statement: &Statement| statement.included.is_some();
    if cell.items.iter().all(|item| item.outline.is_none()) && !cell.body().any(is_named) {
        return Ok(cell);
    }
    let reader = Reader {
        cell: cell.source.cell,
        folder,
    };
    let items = std::mem::take(&mut cell.items).into_iter();
    cell.items = items
        .map(|item| reader.read(item, folder))
        .collect::<Result<_, _>>()?;
    // What is included is an expression or items; those that lie in a file of items are brought in.
    let mut statements = Vec::new();
    let tail = cell.tail.take_if(|tail| tail.included.is_some());
    for statement in std::mem::take(&mut cell.statements)
        .into_iter()
        .chain(tail.clone())
    {
        let path = statement.included.as_ref().map(|path| folder.join(path));
        let text = path.and_then(|path| Some((fs::read_to_string(&path).ok()?, path)));
        match text {
            Some((text, path)) if syn::parse_str::<syn::Expr>(&text).is_err() => {
                cell.items.extend(reader.items(&path, text)?);
            }
            _ => statements.push(statement),
        }
    }
    cell.tail = cell.tail.take().or_else(|| {
        let is_tail = tail.is_some_and(|tail| {
            statements
                .last()
                .is_some_and(|last| last.range == tail.range)
        });
        statements.pop_if(|_| is_tail)
    });
    cell.statements = statements;
    cell.drop_replaced();
    Ok(cell)
}

/// Reads the files again that have changed since, as far as the cell needs what they define; `None` if none have.
pub(crate) fn refresh(
    cell: &Cell,
    plan: &Plan,
    folder: &Path,
) -> Result<Option<Cell>, SyntaxError> {
    let reader = Reader {
        cell: cell.source.cell,
        folder,
    };
    let mut items: Vec<Item> = Vec::new();
    for index in &plan.needed {
        let item = &plan.survivors[*index].item;
        if !item.files.iter().any(|file| changed(file).is_some()) {
            continue;
        }
        if let Some((path, text)) = changed(&item.source) {
            let is_read = |item: &Item| item.source.file == plan.survivors[*index].item.source.file;
            if !items.iter().any(is_read) {
                items.extend(reader.items(&path, text)?);
            }
        } else {
            let base = item.source.folder().unwrap_or(folder);
            items.push(reader.read(Item::clone(item), base)?);
        }
    }
    if items.is_empty() {
        return Ok(None);
    }
    let mut cell = cell.clone();
    items.append(&mut cell.items);
    cell.items = items;
    cell.drop_replaced();
    Ok(Some(cell))
}

/// The path and the text of a file that has changed. One that is gone has not: its text is known.
fn changed(source: &Source) -> Option<(PathBuf, String)> {
    let path = &source.file.as_ref()?.path;
    let text = fs::read_to_string(path).ok()?;
    (*text != *source.text).then(|| (path.clone(), text))
}

struct Reader<'a> {
    cell: CellId,
    folder: &'a Path,
}

impl Reader<'_> {
    /// An item with what it wants from files in a folder.
    fn read(&self, item: Item, folder: &Path) -> Result<Item, SyntaxError> {
        let Some(outline) = item.outline.clone() else {
            return Ok(item);
        };
        let content = self.module(&outline, &item.source, folder, "")?;
        Ok(item.with_content(content))
    }

    /// The items of an included file.
    fn items(&self, path: &Path, text: String) -> Result<Vec<Item>, SyntaxError> {
        let folder = path.parent().unwrap_or(self.folder);
        let items = cell::items(self.source(path, text))?;
        items
            .into_iter()
            .map(|item| self.read(item, folder))
            .collect()
    }

    /// What a module that is only named consists of. `outer` is the path of the modules around it.
    fn module(
        &self,
        outline: &Outline,
        named_in: &Source,
        folder: &Path,
        outer: &str,
    ) -> Result<Content, SyntaxError> {
        let name = outline.name.trim_start_matches("r#");
        let candidates = match &outline.path {
            // It starts from the file's folder, wherever the file's own modules lie.
            Some(path) => vec![named_in.folder().unwrap_or(self.folder).join(path)],
            None => vec![
                folder.join(format!("{name}.rs")),
                folder.join(name).join("mod.rs"),
            ],
        };
        let read = |path: &PathBuf| Some((path.clone(), fs::read_to_string(path).ok()?));
        let Some((path, text)) = candidates.iter().find_map(read) else {
            let names: Vec<_> = candidates.iter().map(|path| self.name(path)).collect();
            return Err(SyntaxError {
                message: format!(
                    "there is no file for `mod {name};`: neither {} in {}",
                    names.join(" nor "),
                    self.folder.display()
                )
                .replacen(
                    "neither",
                    if names.len() > 1 { "neither" } else { "no" },
                    1,
                ),
                source: Box::new(named_in.clone()),
                range: outline.range.clone(),
                is_final: true,
            });
        };
        // The modules of `a.rs` lie in `a`, those of `a/mod.rs` beside it, and those of a file that `#[path]` names too.
        let beside = path.parent().unwrap_or(folder);
        let inner_folder = if outline.path.is_some() || path.ends_with("mod.rs") {
            beside.to_owned()
        } else {
            beside.join(name)
        };
        let path_in_notebook = format!("{outer}{}.", outline.name);
        cell::module(
            self.source(&path, text),
            &path_in_notebook,
            &mut |outline, source| self.module(outline, source, &inner_folder, &path_in_notebook),
        )
    }

    fn source(&self, path: &Path, text: String) -> Source {
        let file = File {
            path: path.to_owned(),
            name: self.name(path),
        };
        let text: Arc<str> = text.into();
        Source::new(self.cell, Some(file), Arc::clone(&text), text)
    }

    /// A path as the user would write it in the notebook.
    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.folder)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}
