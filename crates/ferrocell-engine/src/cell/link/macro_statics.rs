//! Statics that are made by the blocks of `thread_local!` and `lazy_static!`.

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Token, Type, Visibility};

use super::{Linked, export, extern_block, visibility};
use crate::cell::source::Source;
use crate::cell::template::{Part, Template, text};

/// One static of such a block.
pub(crate) struct MacroStatic {
    visibility: Visibility,
    /// Where its definition begins, without attributes and visibility.
    start: usize,
    /// Its name.
    pub(crate) name: Ident,
    ty: Type,
    /// Whether it is one of `lazy_static!`.
    is_lazy: bool,
}

/// Where the definitions of those statics of a call begin that have no visibility.
pub(crate) fn private_statics(call: &syn::Macro) -> Vec<usize> {
    let statics = macro_statics(call).unwrap_or_default();
    statics
        .into_iter()
        .filter(|made| matches!(made.visibility, Visibility::Inherited))
        .map(|made| made.start)
        .collect()
}

/// The statics that a call makes; `None` for any other macro.
pub(crate) fn macro_statics(call: &syn::Macro) -> Option<Vec<MacroStatic>> {
    let macro_name = &call.path.segments.last()?.ident;
    let is_lazy = macro_name == "lazy_static";
    if !is_lazy && macro_name != "thread_local" {
        return None;
    }
    let parse = |input: ParseStream| {
        let mut statics = Vec::new();
        while !input.is_empty() {
            input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            let keyword = input.parse::<Token![static]>()?;
            if is_lazy {
                input.parse::<Token![ref]>()?;
            }
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            statics.push(MacroStatic {
                visibility,
                start: keyword.span().byte_range().start,
                name,
                ty: input.parse()?,
                is_lazy,
            });
            while !input.is_empty() && !input.peek(Token![;]) {
                input.parse::<proc_macro2::TokenTree>()?;
            }
            input.parse::<Option<Token![;]>>()?;
        }
        Ok(statics)
    };
    parse.parse2(call.tokens.clone()).ok()
}

/// The macros define constants, and values of types of their own. A static with the same value can be linked, and works
/// the same way.
pub(super) fn link(
    item: &syn::ItemMacro,
    source: &Source,
    path: &str,
    statics: &[MacroStatic],
) -> Linked {
    let mut definition = vec![Part::User(item.span().byte_range())];
    let mut declaration = Template::new();
    for made in statics {
        let (name, ty) = (&made.name, &source.code[made.ty.span().byte_range()]);
        let visibility = visibility(&made.visibility, source, path);
        let symbol = format!("{path}{name}");
        definition.extend(export(&symbol));
        if made.is_lazy {
            definition.push(text(format!(
                "fn __ferrocell_{name}() -> &'static {ty} {{ &*{name} }}"
            )));
            declaration.push(text(format!(
                "{visibility} struct {name} {{ __private_field: () }} {visibility} static {name}: {name} = {name} {{ __private_field: () }}; \
                 impl ::lazy_static::LazyStatic for {name} {{ fn initialize(lazy: &Self) {{ let _ = &**lazy; }} }} \
                 impl ::core::ops::Deref for {name} {{ type Target = {ty}; fn deref(&self) -> &{ty} {{ "
            )));
            declaration.extend(extern_block("\"Rust\"", &symbol));
            declaration.push(text(format!(
                "safe fn value() -> &'static {ty}; }} value() }} }}"
            )));
        } else {
            let key = format!("::std::thread::LocalKey<{ty}>");
            definition.push(text(format!("static __FERROCELL_{name}: {key} = {name};")));
            declaration.extend(extern_block("\"Rust\"", &symbol));
            declaration.push(text(format!("{visibility} safe static {name}: {key}; }}")));
        }
    }
    Linked {
        definition,
        declaration,
    }
}
