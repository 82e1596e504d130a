//! What could stand at the cursor.

use std::collections::BTreeSet;
use std::ops::Range;

use super::cursor::{Cursor, Owner};
use super::members;
use crate::Completion;
use crate::analyzer::Suggestion;
use crate::cell::{Item, ItemKind, names_in};
use crate::compiler::state::State;
use crate::compiler::type_names::written;

/// The language's own words.
pub(super) const KEYWORDS: [&str; 35] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "static", "struct", "trait", "true", "type", "unsafe", "use", "where",
    "while",
];
/// Whether this is one of them.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// What std's prelude brings.
pub(super) const PRELUDE: [&str; 21] = [
    "Box", "Clone", "Copy", "Default", "Drop", "Eq", "Err", "Fn", "FnMut", "FnOnce", "From",
    "Into", "Iterator", "None", "Ok", "Option", "Result", "Some", "String", "ToString", "Vec",
];
/// What std's prelude brings of macros.
pub(super) const MACROS: [&str; 12] = [
    "assert!",
    "assert_eq!",
    "dbg!",
    "eprintln!",
    "format!",
    "matches!",
    "panic!",
    "print!",
    "println!",
    "todo!",
    "vec!",
    "write!",
];

/// The candidates for the bytes that they replace, at a byte of some code.
pub(super) fn of_code(state: &State, text: &str, at: usize) -> (Vec<Completion>, Range<usize>) {
    let cursor = Cursor::find(text, at);
    let candidates = match &cursor.owner {
        Owner::Nowhere => Vec::new(),
        Owner::Value(names) => members::of_value(state, names),
        Owner::Path(names) => members::of_path(state, names),
        Owner::None => names(state, text, &cursor),
    };
    let mut seen = BTreeSet::new();
    let matches = candidates
        .into_iter()
        .filter(|candidate| candidate.text.starts_with(cursor.prefix))
        .filter(|candidate| seen.insert(candidate.text.clone()))
        .collect();
    (matches, cursor.name)
}

/// What rust-analyzer suggests, and what it does not know of the session's own candidates. As those, if it suggests nothing.
pub(super) fn merged(
    suggestions: Vec<Suggestion>,
    own: Vec<Completion>,
    prefix: &str,
) -> Vec<Completion> {
    let mut seen = BTreeSet::new();
    let suggestions = suggestions
        .into_iter()
        .filter(|suggestion| suggestion.name.starts_with(prefix))
        .filter(|suggestion| seen.insert(suggestion.text.clone()));
    let mut matches: Vec<_> = suggestions
        .map(|suggestion| Completion {
            text: suggestion.text,
            kind: suggestion.kind,
            signature: suggestion.signature,
            import: suggestion.import,
        })
        .collect();
    if matches.is_empty() {
        return own;
    }
    // It knows which words and names can stand here.
    let is_certain = |candidate: &Completion| !matches!(candidate.kind, "keyword" | "name");
    let rest = own.into_iter().filter(is_certain);
    matches.extend(rest.filter(|candidate| seen.insert(candidate.text.clone())));
    matches
}

/// All names that can stand alone, nearest first.
fn names(state: &State, text: &str, cursor: &Cursor<'_>) -> Vec<Completion> {
    let mut found: Vec<Completion> = Vec::new();
    found.extend(
        state.variables.iter().map(|(name, variable)| {
            Completion::new(name, "variable", &written(&variable.ty, state))
        }),
    );
    for known in state.items.iter().rev() {
        let kind = kind_name(&known.item);
        found.extend(known.item.names().iter().map(|name| {
            let name = if kind == "macro" {
                format!("{name}!")
            } else {
                (*name).to_owned()
            };
            Completion::new(&name, kind, &signature(&known.item))
        }));
    }
    // With nothing typed, a list of everything in the language helps nobody.
    if cursor.prefix.is_empty() {
        return found;
    }
    let own = names_in(&format!(
        "{} {}",
        &text[..cursor.name.start],
        &text[cursor.name.end..]
    ));
    found.extend(
        own.iter()
            .filter(|name| !KEYWORDS.contains(&name.as_str()))
            .map(|name| Completion::new(name, "name", "")),
    );
    found.extend(
        state
            .deps
            .keys()
            .chain(&["std".to_owned()])
            .map(|name| Completion::new(name, "crate", "")),
    );
    found.extend(
        KEYWORDS
            .iter()
            .map(|name| Completion::new(name, "keyword", "")),
    );
    found.extend(PRELUDE.iter().map(|name| Completion::new(name, "type", "")));
    found.extend(MACROS.iter().map(|name| Completion::new(name, "macro", "")));
    found
}

/// What an item is, in the words of [`Completion::kind`].
pub(super) fn kind_name(item: &Item) -> &'static str {
    match &item.kind {
        ItemKind::Function(_) => "function",
        ItemKind::Statics(_) => "static",
        ItemKind::Constant(_) => "constant",
        ItemKind::Type { .. } => "struct",
        ItemKind::Trait { .. } => "trait",
        ItemKind::Module(_) => "module",
        ItemKind::Macro { .. } => "macro",
        ItemKind::Import(_) => "import",
        ItemKind::Impl { .. } | ItemKind::Made(_) | ItemKind::Opaque => "item",
    }
}

/// An item without its body.
pub(super) fn signature(item: &Item) -> String {
    if let ItemKind::Import(import) = &item.kind {
        return import.code.clone();
    }
    let code = item.code();
    let code = code
        .lines()
        .filter(|line| !line.trim_start().starts_with(['/', '#']))
        .collect::<Vec<_>>()
        .join("\n");
    let end = match &item.kind {
        ItemKind::Function(_)
        | ItemKind::Type { .. }
        | ItemKind::Trait { .. }
        | ItemKind::Module(_) => code.find('{'),
        ItemKind::Statics(_) | ItemKind::Constant(_) => code.find('='),
        _ => None,
    };
    code[..end.unwrap_or(code.len())]
        .trim()
        .trim_end_matches(';')
        .to_owned()
}
