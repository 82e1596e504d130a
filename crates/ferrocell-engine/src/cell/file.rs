//! Files of the user's that become part of the notebook: modules, and items that are included.

use std::sync::Arc;

use syn::Stmt;
use syn::spanned::Spanned;

use super::link;
use super::outline::{Content, Outline};
use super::template::{Part, Template};
use super::{Item, Source, SyntaxError, depth, poll};

/// Reads a module's file. `inner` reads those of the modules that it names.
pub(crate) fn module(
    source: Source,
    path: &str,
    inner: &mut dyn FnMut(&Outline, &Source) -> Result<Content, SyntaxError>,
) -> Result<Content, SyntaxError> {
    let (source, file) = parse(source, false)?;
    let mut files = vec![source.clone()];
    let (mut definition, mut declaration) = (Template::new(), Template::new());
    let mut code = String::new();
    // How far the templates and the code go.
    let (mut at, mut written) = (0, 0);
    let of = |part: Part| match part {
        Part::User(range) => Part::Of(source.clone(), range),
        other => other,
    };
    for item in &file.items {
        let range = item.span().byte_range();
        let (defined, declared) = if let Some(outline) = Outline::of(item) {
            let content = inner(&outline, &source)?;
            code += source.slice(&(written..range.start));
            code += &outline.code(&source, &content.code);
            written = range.end;
            files.extend(content.files);
            (
                outline.with(&source, content.definition),
                outline.with(&source, content.declaration),
            )
        } else if let Some(linked) = link::link_in(item, &source, path) {
            (linked.definition, linked.declaration)
        } else {
            continue;
        };
        for (template, parts) in [(&mut definition, defined), (&mut declaration, declared)] {
            template.push(Part::Of(source.clone(), at..range.start));
            template.extend(parts.into_iter().map(of));
        }
        at = range.end;
    }
    for template in [&mut definition, &mut declaration] {
        template.push(Part::Of(source.clone(), at..source.code.len()));
    }
    code += source.slice(&(written..source.code.len()));
    Ok(Content {
        definition,
        declaration,
        code,
        files,
    })
}

/// Reads the items of an included file.
pub(crate) fn items(source: Source) -> Result<Vec<Item>, SyntaxError> {
    let (source, file) = parse(source, true)?;
    let items = file.items.iter();
    Ok(items.flat_map(|item| Item::read(item, &source)).collect())
}

fn parse(mut source: Source, is_included: bool) -> Result<(Source, syn::File), SyntaxError> {
    let code = Arc::clone(&source.code);
    let wrong = |source, range, message: String| SyntaxError {
        source: Box::new(source),
        message,
        range,
        is_final: true,
    };
    if depth::of(&code) > depth::DEEPEST {
        return Err(wrong(
            source,
            0..code.len(),
            "this file nests too deeply".to_owned(),
        ));
    }
    match syn::parse_str::<syn::File>(&code) {
        Ok(mut file) => {
            let statements: Vec<Stmt> = file.items.into_iter().map(Stmt::Item).collect();
            source.polls = poll::polls(&statements).into();
            // The items of a module are as visible as it says.
            if is_included {
                source.private = super::private_items(&statements, &source.code);
            }
            file.items = statements
                .into_iter()
                .filter_map(|statement| match statement {
                    Stmt::Item(item) => Some(item),
                    _ => None,
                })
                .collect();
            Ok((source, file))
        }
        Err(error) => Err(wrong(source, error.span().byte_range(), error.to_string())),
    }
}
