//! Variables of `thread_local!` blocks.

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Token, Type, Visibility};

use super::{Linked, export, extern_block, visibility};
use crate::cell::source::Source;
use crate::cell::template::{Part, Template, text};

/// One variable of a `thread_local!` block.
pub(crate) struct ThreadLocal {
    visibility: Visibility,
    /// Where its definition begins, without attributes and visibility.
    start: usize,
    /// Its name.
    pub(crate) name: Ident,
    ty: Type,
}

/// Where the definitions of those variables of a `thread_local!` call begin that have no visibility.
pub(crate) fn private_thread_locals(call: &syn::Macro) -> Vec<usize> {
    let locals = thread_locals(call).unwrap_or_default();
    locals
        .into_iter()
        .filter(|local| matches!(local.visibility, Visibility::Inherited))
        .map(|local| local.start)
        .collect()
}

/// The variables of a `thread_local!` call; `None` for any other macro.
pub(crate) fn thread_locals(call: &syn::Macro) -> Option<Vec<ThreadLocal>> {
    if call.path.segments.last()?.ident != "thread_local" {
        return None;
    }
    let parse = |input: ParseStream| {
        let mut locals = Vec::new();
        while !input.is_empty() {
            input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            let keyword = input.parse::<Token![static]>()?;
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            locals.push(ThreadLocal {
                visibility,
                start: keyword.span().byte_range().start,
                name,
                ty: input.parse()?,
            });
            while !input.is_empty() && !input.peek(Token![;]) {
                input.parse::<proc_macro2::TokenTree>()?;
            }
            input.parse::<Option<Token![;]>>()?;
        }
        Ok(locals)
    };
    parse.parse2(call.tokens.clone()).ok()
}

/// The macro defines constants. A static with the same value can be linked, and works the same way.
pub(super) fn link(
    item: &syn::ItemMacro,
    source: &Source,
    path: &str,
    locals: &[ThreadLocal],
) -> Linked {
    let mut definition = vec![Part::User(item.span().byte_range())];
    let mut declaration = Template::new();
    for ThreadLocal {
        visibility: vis,
        name,
        ty,
        ..
    } in locals
    {
        let symbol = format!("{path}{name}");
        let key = format!(
            "::std::thread::LocalKey<{}>",
            &source.code[ty.span().byte_range()]
        );
        definition.extend(export(&symbol));
        definition.push(text(format!("static __FERROCELL_{name}: {key} = {name};")));
        declaration.extend(extern_block("\"Rust\"", &symbol));
        declaration.push(text(format!(
            "{} safe static {name}: {key}; }}",
            visibility(vis, source, path)
        )));
    }
    Linked {
        definition,
        declaration,
    }
}
