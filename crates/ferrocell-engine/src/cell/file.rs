//! Files of the user's that become part of the notebook: modules, and items that are included.

use std::ops::Range;
use std::sync::Arc;

use syn::Stmt;
use syn::spanned::Spanned;

use super::link;
use super::template::{Part, Template, text};
use super::{Item, Source, SyntaxError, depth, poll};

/// A module that is named, but lies in another file: `mod name;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Its name.
    pub(crate) name: String,
    /// What `#[path]` says.
    pub(crate) path: Option<String>,
    /// Where it is named.
    pub(crate) range: Range<usize>,
}

/// What a module in a file consists of.
pub(crate) struct Content {
    /// The code where it is defined.
    pub(super) definition: Template,
    /// The code by which later cells refer to it.
    pub(super) declaration: Template,
    /// Its code as it is written, with that of the modules that it names.
    pub(super) code: String,
    /// All its files, its own first.
    pub(super) files: Vec<Source>,
}

impl Outline {
    /// That of an item, if it is one.
    pub(super) fn of(item: &syn::Item) -> Option<Self> {
        let syn::Item::Mod(module) = item else {
            return None;
        };
        let path = module.attrs.iter().find_map(|attribute| {
            let syn::Meta::NameValue(meta) = &attribute.meta else {
                return None;
            };
            match &meta.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(path),
                    ..
                }) if meta.path.is_ident("path") => Some(path.value()),
                _ => None,
            }
        });
        module.content.is_none().then(|| Self {
            name: module.ident.to_string(),
            path,
            range: module.span().byte_range(),
        })
    }

    /// The code of a module, once its file is known.
    pub(super) fn with(&self, source: &Source, content: Template) -> Template {
        // `#[path]` has done its part.
        let mut template = match self.path {
            None => vec![Part::Of(
                source.clone(),
                self.range.start..self.range.end - 1,
            )],
            Some(_) => vec![text(self.head(source))],
        };
        template.push(text(" {\n"));
        template.extend(content);
        template.push(text("\n}"));
        template
    }

    /// The same as a text.
    pub(super) fn code(&self, source: &Source, content: &str) -> String {
        format!("{} {{\n{content}\n}}", self.head(source))
    }

    fn head(&self, source: &Source) -> String {
        let code = &source.slice(&self.range)[..self.range.len() - 1];
        match self.path {
            None => code.to_owned(),
            Some(_) => code.rsplit(']').next().unwrap_or_default().to_owned(),
        }
    }
}

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
