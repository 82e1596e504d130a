//! What the server answers, read.

use serde::Deserialize;
use serde_json::Value;

use super::program::CELL;
use crate::Import;

/// Something that could stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suggestion {
    /// What would be inserted. If it has to be imported, the whole path.
    pub(crate) text: String,
    /// What it is, in the words of [`Completion::kind`](crate::Completion::kind).
    pub(crate) kind: &'static str,
    /// Its type or signature, empty if unknown.
    pub(crate) signature: String,
    /// The name by which it is found.
    pub(crate) name: String,
    /// What has to be imported first.
    pub(crate) import: Option<Import>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Items {
    List { items: Vec<Item> },
    Plain(Vec<Item>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    label: String,
    kind: Option<u8>,
    detail: Option<String>,
    sort_text: Option<String>,
    filter_text: Option<String>,
    text_edit: Option<Edit>,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    new_text: String,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    imports: Vec<FullPath>,
}

#[derive(Deserialize)]
struct FullPath {
    full_import_path: String,
}

/// The suggestions of a `textDocument/completion`, best first.
pub(super) fn suggestions(answer: &Value) -> Vec<Suggestion> {
    let mut items = match Items::deserialize(answer) {
        Ok(Items::List { items } | Items::Plain(items)) => items,
        // There are none: `null`.
        Err(_) => return Vec::new(),
    };
    items.sort_by(|one, other| one.sort_text.cmp(&other.sort_text));
    items.into_iter().filter_map(Item::suggestion).collect()
}

impl Item {
    fn suggestion(self) -> Option<Suggestion> {
        let text = self.text_edit.map_or(self.label, |edit| edit.new_text);
        let name = self.filter_text.unwrap_or_else(|| text.clone());
        let import = self.data.and_then(|data| data.imports.into_iter().next());
        let kind = if text.ends_with('!') {
            "macro"
        } else {
            kind(self.kind?)?
        };
        let import = import.map(|FullPath { full_import_path }| Import {
            path: full_import_path,
            name: text.clone(),
        });
        let signature = self.detail.unwrap_or_default().replace("{unknown}", "_");
        let (text, signature) = match &import {
            // A trait's method does not come by writing its path.
            Some(import) if kind == "method" => {
                (text, format!("{signature} (use {})", import.path))
            }
            Some(import) => (import.path.clone(), signature),
            None => (text, signature),
        };
        let is_internal = text.contains(CELL) || text.contains("__");
        // One that a line cannot hold, or that stands for the file's own crate.
        let is_odd = text.contains('\n') || matches!(&*text, "crate::" | "self::" | "super::");
        (!is_internal && !is_odd).then_some(Suggestion {
            text,
            kind,
            signature,
            name,
            import,
        })
    }
}

/// `CompletionItemKind`, without snippets.
fn kind(number: u8) -> Option<&'static str> {
    Some(match number {
        2 => "method",
        3 | 4 => "function",
        5 | 10 => "field",
        6 => "variable",
        7 | 22 => "struct",
        8 => "trait",
        9 => "module",
        12 => "static",
        13 => "enum",
        14 => "keyword",
        20 => "variant",
        21 => "constant",
        25 => "type",
        15 => return None,
        _ => "name",
    })
}

/// What a `textDocument/hover` says, in markdown.
pub(super) fn description(answer: &Value) -> Option<String> {
    let text = answer.pointer("/contents/value")?.as_str()?.trim();
    (!text.is_empty() && !text.contains(CELL)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_to_be_imported_says_so() {
        let item = |label: &str, kind: u8, import: Option<&str>| {
            let imports: Vec<Value> = import
                .iter()
                .map(|path| json!({ "full_import_path": path }))
                .collect();
            json!({
                "label": format!("{label}(…)"), "kind": kind, "sortText": "1", "filterText": label,
                "textEdit": { "newText": label }, "data": { "imports": imports },
            })
        };
        let answer = json!({ "items": [
            item("HashMap", 22, Some("std::collections::HashMap")),
            item("lines", 2, Some("std::io::BufRead")),
            item("len", 2, None),
            item(CELL, 3, None),
            item("dbg", 15, None),
        ] });
        let found: Vec<_> = suggestions(&answer)
            .into_iter()
            .map(|it| {
                (
                    it.text,
                    it.kind,
                    it.name,
                    it.import.map(|import| import.path),
                )
            })
            .collect();
        let expected = [
            (
                "std::collections::HashMap",
                "struct",
                "HashMap",
                Some("std::collections::HashMap"),
            ),
            ("lines", "method", "lines", Some("std::io::BufRead")),
            ("len", "method", "len", None),
        ];
        let expected = expected.map(|(text, kind, name, import)| {
            (
                text.to_owned(),
                kind,
                name.to_owned(),
                import.map(str::to_owned),
            )
        });
        assert_eq!(found, expected);
        assert_eq!(suggestions(&Value::Null), []);
    }
}
