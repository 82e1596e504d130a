//! Functions and statics that later cells can reach through the linker instead of compiling them again.
//!
//! Their state then stays one, and compiling a cell takes no longer for all that was defined before it.

mod macro_statics;
mod methods;

use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Pat, ReturnType, Type, Visibility};

pub(crate) use macro_statics::{macro_statics, private_statics};

use super::source::Source;
use super::source::WIDE;
use super::template::{Part, Template, text};

/// The two forms of an item that can be linked.
pub(crate) struct Linked {
    /// Defines it under a name that the linker knows.
    pub(crate) definition: Template,
    /// Refers to that definition.
    pub(crate) declaration: Template,
}

/// Both forms of an item, or `None` if it must be compiled wherever it is used.
pub(crate) fn link(item: &syn::Item, source: &Source) -> Option<Linked> {
    link_in(item, source, "")
}

pub(super) fn link_in(item: &syn::Item, source: &Source, path: &str) -> Option<Linked> {
    match item {
        syn::Item::Fn(function) => link_function(function, source, path),
        syn::Item::Static(item) => link_static(item, source, path),
        syn::Item::Mod(module) => link_module(module, source, path),
        syn::Item::Impl(block) => methods::link(block, source, path),
        syn::Item::Macro(item) => Some(macro_statics::link(
            item,
            source,
            path,
            &macro_statics(&item.mac)?,
        )),
        _ => None,
    }
}

/// Attributes that do not change what an item is. Any other might, so the item is left alone.
fn are_inert(attributes: &[Attribute]) -> bool {
    const INERT: [&str; 10] = [
        "allow",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "inline",
        "must_use",
        "rustfmt",
        "warn",
    ];
    attributes.iter().all(|attribute| {
        attribute
            .path()
            .segments
            .first()
            .is_some_and(|first| INERT.iter().any(|name| first.ident == name))
    })
}

fn export(name: &str) -> [Part; 3] {
    [
        text("#[unsafe(export_name = \""),
        Part::Symbol(name.to_owned()),
        text("\")] "),
    ]
}

fn extern_block(abi: &str, name: &str) -> [Part; 3] {
    [
        text(format!("unsafe extern {abi} {{ #[link_name = \"")),
        Part::Symbol(name.to_owned()),
        text("\"] "),
    ]
}

fn link_function(function: &syn::ItemFn, source: &Source, path: &str) -> Option<Linked> {
    let signature = &function.sig;
    let has_types = signature
        .generics
        .params
        .iter()
        .any(|parameter| !matches!(parameter, syn::GenericParam::Lifetime(_)));
    let output_is_named = match &signature.output {
        ReturnType::Default => true,
        ReturnType::Type(_, ty) => is_named(ty),
    };
    let inputs: Option<Vec<&syn::PatType>> = signature
        .inputs
        .iter()
        .map(|input| match input {
            FnArg::Typed(typed) if is_named(&typed.ty) => Some(typed),
            _ => None,
        })
        .collect();
    let inputs = inputs?;
    if has_types
        || !output_is_named
        || signature.constness.is_some()
        || signature.asyncness.is_some()
        || signature.variadic.is_some()
        || !are_inert(&function.attrs)
    {
        return None;
    }
    let name = format!("{path}{}", signature.ident);
    let slice = |spanned: &dyn SpannedCode| source.code[spanned.bytes()].to_owned();
    let abi = match &signature.abi {
        Some(abi) => abi
            .name
            .as_ref()
            .map_or("\"C\"".to_owned(), |name| slice(name)),
        None => "\"Rust\"".to_owned(),
    };
    let safety = if matches!(signature.safety, syn::Safety::Unsafe(_)) {
        "unsafe"
    } else {
        "safe"
    };
    // Patterns are for the definition only; names are kept, because they read well in messages.
    let parameters: Vec<_> = inputs
        .iter()
        .map(|typed| match &*typed.pat {
            Pat::Ident(ident) => format!("{}: {}", ident.ident, slice(&*typed.ty)),
            _ => format!("_: {}", slice(&*typed.ty)),
        })
        .collect();
    let generics = if signature.generics.params.is_empty() {
        String::new()
    } else {
        slice(&signature.generics)
    };
    let bounds = signature
        .generics
        .where_clause
        .as_ref()
        .map_or(String::new(), |clause| slice(clause));
    let output = match &signature.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) => format!(" -> {}", slice(&**ty)),
    };
    let mut declaration = extern_block(&abi, &name).to_vec();
    declaration.push(text(format!(
        "{} {safety} fn {}{generics}({}){output} {bounds}; }}",
        visibility(&function.vis, source, path),
        signature.ident,
        parameters.join(", "),
    )));
    let mut definition = export(&name).to_vec();
    definition.push(Part::User(function.span().byte_range()));
    Some(Linked {
        definition,
        declaration,
    })
}

fn link_static(item: &syn::ItemStatic, source: &Source, path: &str) -> Option<Linked> {
    if !are_inert(&item.attrs) || !is_named(&item.ty) {
        return None;
    }
    let name = format!("{path}{}", item.ident);
    let keyword = match item.mutability {
        syn::StaticMutability::Mut(_) => "static mut",
        _ => "safe static",
    };
    let mut declaration = extern_block("\"Rust\"", &name).to_vec();
    declaration.push(text(format!(
        "{} {keyword} {}: {}; }}",
        visibility(&item.vis, source, path),
        item.ident,
        static_type(&item.ty, source),
    )));
    let mut definition = export(&name).to_vec();
    definition.push(Part::User(item.span().byte_range()));
    Some(Linked {
        definition,
        declaration,
    })
}

/// The type of a static, with the lifetime that may be left out only where the static is defined.
fn static_type(ty: &Type, source: &Source) -> String {
    #[derive(Default)]
    struct Elided(Vec<usize>);
    impl<'ast> syn::visit::Visit<'ast> for Elided {
        fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
            if reference.lifetime.is_none() {
                self.0.push(reference.and_token.span().byte_range().end);
            }
            syn::visit::visit_type_reference(self, reference);
        }
        // The references of a function's parameters have lifetimes of their own.
        fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(
            &mut self,
            _: &'ast syn::ParenthesizedGenericArguments,
        ) {
        }
    }
    let mut elided = Elided::default();
    syn::visit::Visit::visit_type(&mut elided, ty);
    let range = ty.span().byte_range();
    let (mut code, mut at) = (String::new(), range.start);
    for place in elided.0 {
        code.push_str(&source.code[at..place]);
        code.push_str("'static ");
        at = place;
    }
    code + &source.code[at..range.end]
}

/// A module is declared by declaring what can be linked in it and repeating the rest.
fn link_module(module: &syn::ItemMod, source: &Source, path: &str) -> Option<Linked> {
    let (_, items) = module.content.as_ref()?;
    let inner_path = format!("{path}{}.", module.ident);
    let whole = module.span().byte_range();
    let (mut definition, mut declaration) = (Template::new(), Template::new());
    let mut at = whole.start;
    for item in items {
        if let Some(linked) = link_in(item, source, &inner_path) {
            let range = item.span().byte_range();
            for template in [&mut definition, &mut declaration] {
                template.push(Part::User(at..range.start));
            }
            definition.extend(linked.definition);
            declaration.extend(linked.declaration);
            at = range.end;
        }
    }
    for template in [&mut definition, &mut declaration] {
        template.push(Part::User(at..whole.end));
    }
    Some(Linked {
        definition,
        declaration,
    })
}

/// The visibility of what is declared in the module at `path`.
fn visibility<'a>(visibility: &Visibility, source: &'a Source, path: &str) -> &'a str {
    match visibility {
        Visibility::Inherited if path.is_empty() => WIDE,
        Visibility::Inherited => "",
        _ => &source.code[visibility.span().byte_range()],
    }
}

/// Whether a type is written out in full, so that a declaration can repeat it: no `impl Trait`, no `_`.
fn is_named(ty: &Type) -> bool {
    struct Unnamed(bool);
    impl<'ast> syn::visit::Visit<'ast> for Unnamed {
        fn visit_type_impl_trait(&mut self, _: &'ast syn::TypeImplTrait) {
            self.0 = true;
        }
        fn visit_type_infer(&mut self, _: &'ast syn::TypeInfer) {
            self.0 = true;
        }
        fn visit_type_macro(&mut self, _: &'ast syn::TypeMacro) {
            self.0 = true;
        }
    }
    let mut unnamed = Unnamed(false);
    syn::visit::Visit::visit_type(&mut unnamed, ty);
    !unnamed.0
}

/// Anything that stands somewhere in the code.
trait SpannedCode {
    fn bytes(&self) -> std::ops::Range<usize>;
}

impl<T: Spanned> SpannedCode for T {
    fn bytes(&self) -> std::ops::Range<usize> {
        self.span().byte_range()
    }
}
