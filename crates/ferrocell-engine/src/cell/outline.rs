//! A module in another file, as the item that names it has it.

use std::ops::Range;

use syn::spanned::Spanned;

use super::source::Source;
use super::template::{Part, Template, text};

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
