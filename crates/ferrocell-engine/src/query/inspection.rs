//! What stands at the cursor.

use pulldown_cmark::{Event, Options, Parser};

use super::completion::{KEYWORDS, MACROS, PRELUDE, kind_name, signature};
use super::cursor::{Cursor, Owner, byte_of};
use super::expression::Expression;
use super::{directive, members};
use crate::compiler::state::{KnownItem, State};
use crate::compiler::type_names::written;
use crate::{Inspection, MimeBundle};

/// What the directive at a byte does.
pub(super) fn of_directive(text: &str, at: usize) -> Option<Inspection> {
    let (code, about) = directive::describe(text, at)?;
    Some(shown(&code, &about))
}

/// What is known of the name at a byte.
pub(super) fn at(state: &State, text: &str, at: usize, detail: u8) -> Option<Inspection> {
    let (code, about) = of_code(state, text, at, detail)?;
    Some(shown(&code, &about))
}

/// What rust-analyzer says in markdown.
pub(super) fn of_markdown(markdown: &str) -> Inspection {
    let is_form = |line: &&str| !line.starts_with("```") && *line != "---";
    let plain: Vec<&str> = markdown.lines().filter(|line| is_form(line)).collect();
    in_all_forms(plain.join("\n").trim(), markdown)
}

fn shown(code: &str, about: &str) -> Inspection {
    in_all_forms(
        format!("{code}\n{about}").trim_end(),
        &format!("```rust\n{code}\n```\n{about}"),
    )
}

fn in_all_forms(plain: &str, markdown: &str) -> Inspection {
    // A crate's documentation may hold anything: only what Markdown makes becomes elements.
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    let mut data = MimeBundle::plain(plain);
    data.insert("text/markdown", markdown.to_owned());
    data.insert("text/html", html);
    Inspection { data }
}

/// What is known of the member of an expression at a cursor.
pub(super) fn of_member(
    state: &State,
    expression: &Expression,
    text: &str,
    cursor: usize,
) -> Option<Inspection> {
    let cursor = Cursor::find(text, byte_of(text, cursor));
    let name = &text[cursor.name];
    let (code, about) = member(members::of_expression(state, expression), name)?;
    Some(shown(
        &code,
        &format!("{about}\n\nOf `{}`.", written(&expression.ty, state)),
    ))
}

/// What is known of a variable, item or member of the notebook.
pub(crate) fn describe(state: &State, path: &str) -> Option<(String, String)> {
    let cursor = Cursor::find(path, path.len());
    let name = &path[cursor.name.clone()];
    match &cursor.owner {
        Owner::Path(names) => member(members::of_path(state, names), name),
        Owner::Value(names) => member(members::of_value(state, names), name),
        Owner::None => variable(state, name).or_else(|| {
            let imports = |known: &KnownItem| known.item.import_of(name).is_some();
            let is_import = state.items.iter().any(imports);
            item(state, name, 0).filter(|_| !is_import)
        }),
        Owner::Nowhere => None,
    }
}

fn of_code(state: &State, text: &str, at: usize, detail: u8) -> Found {
    let cursor = Cursor::find(text, at);
    let name = &text[cursor.name.clone()];
    if name.is_empty() {
        return None;
    }
    match &cursor.owner {
        Owner::Nowhere => None,
        Owner::Value(names) => member(members::of_value(state, names), name),
        Owner::Path(names) => {
            member(members::of_path(state, names), name).or_else(|| item(state, name, detail))
        }
        Owner::None => variable(state, name)
            .or_else(|| item(state, name, detail))
            .or_else(|| dependency(state, name))
            .or_else(|| language(name)),
    }
}

type Found = Option<(String, String)>;

fn variable(state: &State, name: &str) -> Found {
    if let Some(variable) = state.variables.get(name) {
        let mutable = if variable.mutable { "mut " } else { "" };
        return Some((
            format!("let {mutable}{name}: {}", written(&variable.ty, state)),
            String::new(),
        ));
    }
    let reason = state.gone.get(name)?;
    Some((
        format!("let {name}"),
        format!("The variable is gone: {reason}."),
    ))
}

fn item(state: &State, name: &str, detail: u8) -> Found {
    let known = state
        .items
        .iter()
        .rev()
        .find(|known| known.item.names().contains(&name))?;
    let item = &known.item;
    let code = if detail == 0 {
        signature(item)
    } else {
        item.code().to_owned()
    };
    let documentation: Vec<&str> = item
        .code()
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("///"))
        .map(str::trim)
        .collect();
    let about = format!(
        "{}\n\nA {} of cell [{}].",
        documentation.join("\n"),
        kind_name(item),
        item.source.cell.0
    );
    Some((code, about.trim().to_owned()))
}

fn dependency(state: &State, name: &str) -> Found {
    let spec = state.deps.get(name)?;
    Some((
        format!("{} = {}", spec.name, spec.value),
        "A dependency of this notebook.".to_owned(),
    ))
}

/// What is there without the notebook's doing.
fn language(name: &str) -> Found {
    const BOOK: &str = "https://doc.rust-lang.org/std";
    let (what, page) = if KEYWORDS.contains(&name) {
        ("keyword", format!("keyword.{name}.html"))
    } else if MACROS
        .iter()
        .any(|macro_name| macro_name.trim_end_matches('!') == name)
    {
        (
            "macro of the standard library",
            format!("macro.{name}.html"),
        )
    } else if PRELUDE.contains(&name) {
        (
            "name of the standard library's prelude",
            format!("?search={name}"),
        )
    } else {
        return None;
    };
    Some((name.to_owned(), format!("A {what}: {BOOK}/{page}")))
}

fn member(members: Vec<crate::Completion>, name: &str) -> Found {
    let member = members.into_iter().find(|member| member.text == name)?;
    let code = match (member.signature.as_str(), member.kind) {
        ("", _) => member.text,
        (signature, "field") => format!("{}: {signature}", member.text),
        (signature, _) => signature.to_owned(),
    };
    Some((code, format!("A {}.", member.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_brings_no_elements_of_its_own() {
        let Inspection { data } =
            of_markdown("```rust\nfn f()\n```\n---\n*Adds* <script>x</script>");
        assert_eq!(data.text(), Some("fn f()\n*Adds* <script>x</script>"));
        let html = data.0["text/html"].as_str().unwrap();
        assert!(html.contains("<em>Adds</em> &lt;script&gt;"), "{html}");
    }
}
