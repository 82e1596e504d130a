//! Functions and statics that later cells can reach through the linker instead of compiling them again.
//!
//! Their state then stays one, and compiling a cell takes no longer for all that was defined before it.

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Ident, Pat, ReturnType, Token, Type, Visibility};

use super::source::Source;
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

fn link_in(item: &syn::Item, source: &Source, path: &str) -> Option<Linked> {
    match item {
        syn::Item::Fn(function) => link_function(function, source, path),
        syn::Item::Static(item) => link_static(item, source, path),
        syn::Item::Mod(module) => link_module(module, source, path),
        syn::Item::Impl(block) => link_methods(block, source, path),
        syn::Item::Macro(item) => Some(link_thread_locals(
            item,
            source,
            path,
            &thread_locals(&item.mac)?,
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
        visibility(&function.vis, source),
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
        visibility(&item.vis, source),
        item.ident,
        &source.code[item.ty.span().byte_range()],
    )));
    let mut definition = export(&name).to_vec();
    definition.push(Part::User(item.span().byte_range()));
    Some(Linked {
        definition,
        declaration,
    })
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

/// Methods that hold statics are declared with a body that calls the one and only definition; the rest of the block is
/// repeated.
fn link_methods(block: &syn::ItemImpl, source: &Source, path: &str) -> Option<Linked> {
    let has_statics = source.code[block.span().byte_range()].contains("static");
    if !has_statics || block.trait_.is_some() || !block.generics.params.is_empty() {
        return None;
    }
    let type_name: String = source.code[block.self_ty.span().byte_range()]
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let methods: Vec<_> = block
        .items
        .iter()
        .filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some((method, method_call(method, source)?)),
            _ => None,
        })
        .collect();
    let whole = block.span().byte_range();
    let (mut definition, mut declaration) = (Template::new(), Template::new());
    let mut at = whole.start;
    for (method, call) in methods {
        let name = format!("{path}{type_name}.{}", method.sig.ident);
        let (range, body) = (method.span().byte_range(), method.block.span().byte_range());
        definition.push(Part::User(at..range.start));
        definition.extend(export(&name));
        definition.push(Part::User(range.clone()));
        declaration.push(Part::User(at..body.start));
        declaration.push(text("{ "));
        declaration.extend(extern_block("\"Rust\"", &name));
        declaration.push(text(format!("safe static FUNCTION: u8; }} {call} }}")));
        at = range.end;
    }
    for template in [&mut definition, &mut declaration] {
        template.push(Part::User(at..whole.end));
    }
    Some(Linked {
        definition,
        declaration,
    })
}

/// The call of a method through its address, if the method holds statics and can be called like that.
fn method_call(method: &syn::ImplItemFn, source: &Source) -> Option<String> {
    let signature = &method.sig;
    let only_lifetimes = signature
        .generics
        .params
        .iter()
        .all(|parameter| matches!(parameter, syn::GenericParam::Lifetime(_)));
    let is_plain = signature.constness.is_none()
        && signature.asyncness.is_none()
        && signature.abi.is_none()
        && matches!(signature.safety, syn::Safety::Default);
    if !source.code[method.block.span().byte_range()].contains("static")
        || !only_lifetimes
        || !is_plain
    {
        return None;
    }
    let (mut types, mut names) = (Vec::new(), Vec::new());
    for input in &signature.inputs {
        let (ty, name) = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                syn::ReceiverKind::Value => ("Self".to_owned(), "self".to_owned()),
                syn::ReceiverKind::Reference(_, lifetime, mutability) => {
                    let lifetime = lifetime
                        .as_ref()
                        .map_or(String::new(), |lifetime| format!("{lifetime} "));
                    let mutability = if mutability.is_some() { "mut " } else { "" };
                    (format!("&{lifetime}{mutability}Self"), "self".to_owned())
                }
                _ => return None,
            },
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(ident) if is_named(&typed.ty) => (
                    source.code[typed.ty.span().byte_range()].to_owned(),
                    ident.ident.to_string(),
                ),
                _ => return None,
            },
        };
        types.push(ty);
        names.push(name);
    }
    let output = match &signature.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, ty) if is_named(ty) => {
            format!(" -> {}", &source.code[ty.span().byte_range()])
        }
        ReturnType::Type(..) => return None,
    };
    let (types, names) = (types.join(", "), names.join(", "));
    Some(format!(
        "let function: fn({types}){output} = unsafe {{ ::core::mem::transmute(&raw const FUNCTION) }}; function({names})"
    ))
}

/// One variable of a `thread_local!` block.
pub(crate) struct ThreadLocal {
    visibility: Visibility,
    /// Its name.
    pub(crate) name: Ident,
    ty: Type,
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
            input.parse::<Token![static]>()?;
            let name = input.parse()?;
            input.parse::<Token![:]>()?;
            locals.push(ThreadLocal {
                visibility,
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
fn link_thread_locals(
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
            visibility(vis, source)
        )));
    }
    Linked {
        definition,
        declaration,
    }
}

fn visibility<'a>(visibility: &Visibility, source: &'a Source) -> &'a str {
    match visibility {
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
