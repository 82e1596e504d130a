//! `use` declarations, taken apart into what each binds.

use syn::UseTree;

/// One name that a `use` declaration binds, or one glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The path, for example `std::sync::Arc` or `rayon::prelude::*`.
    pub(crate) path: String,
    /// The name that it binds; `None` for a glob and for `as _`.
    pub(crate) name: Option<String>,
    /// The declaration that makes just this import.
    pub(crate) code: String,
}

impl Import {
    /// Whether it may bring a trait into scope without being named: a glob, `as _`, or a name in camel case.
    pub(crate) fn may_be_silent(&self) -> bool {
        self.name
            .as_ref()
            .is_none_or(|name| name.starts_with(char::is_uppercase))
    }

    /// Whether the name it binds is a value, as far as the path tells: modules of std are the usual lower-case
    /// imports with two segments.
    pub(crate) fn may_be_value(&self) -> bool {
        let mut segments = self.path.split("::");
        let root = segments.next().unwrap_or_default();
        !matches!(root, "std" | "core" | "alloc") || segments.count() > 1
    }
}

/// What a `use` declaration binds.
pub(crate) fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let prefix = if item.leading_colon.is_some() {
        "::"
    } else {
        ""
    };
    collect(&item.tree, prefix, &mut found);
    found
}

fn collect(tree: &UseTree, prefix: &str, found: &mut Vec<Import>) {
    let mut add = |path: String, name: Option<String>, rename: Option<String>| {
        let code = match rename {
            Some(rename) => format!("use {path} as {rename};"),
            None => format!("use {path};"),
        };
        found.push(Import { path, name, code });
    };
    match tree {
        UseTree::Path(path) => collect(&path.tree, &format!("{prefix}{}::", path.ident), found),
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| collect(tree, prefix, found)),
        UseTree::Glob(_) => add(format!("{prefix}*"), None, None),
        UseTree::Name(name) if name.ident == "self" => {
            let path = prefix.trim_end_matches("::").to_owned();
            let bound = path.rsplit("::").next().map(str::to_owned);
            add(path, bound, None);
        }
        UseTree::Name(name) => add(
            format!("{prefix}{}", name.ident),
            Some(name.ident.to_string()),
            None,
        ),
        UseTree::Rename(rename) => {
            let path = if rename.ident == "self" {
                prefix.trim_end_matches("::").to_owned()
            } else {
                format!("{prefix}{}", rename.ident)
            };
            let new = rename.rename.to_string();
            add(path, (new != "_").then(|| new.clone()), Some(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_taken_apart() {
        let item: syn::ItemUse =
            syn::parse_str("use std::{fmt::{self, Write as _}, io::*, sync::Arc as Shared};")
                .unwrap();
        let found: Vec<_> = imports(&item)
            .into_iter()
            .map(|import| import.code)
            .collect();
        assert_eq!(
            found,
            [
                "use std::fmt;",
                "use std::fmt::Write as _;",
                "use std::io::*;",
                "use std::sync::Arc as Shared;"
            ]
        );
    }
}
