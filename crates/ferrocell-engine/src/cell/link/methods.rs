//! Methods that hold statics.

use syn::spanned::Spanned;
use syn::{FnArg, Pat, ReturnType};

use super::{Linked, export, extern_block, is_named};
use crate::cell::source::Source;
use crate::cell::template::{Part, Template, text};

/// Methods that hold statics are declared with a body that calls the one and only definition; the rest of the block is
/// repeated.
pub(super) fn link(block: &syn::ItemImpl, source: &Source, path: &str) -> Option<Linked> {
    let has_statics = source.code[block.span().byte_range()].contains("static");
    if !has_statics || !block.generics.params.is_empty() {
        return None;
    }
    // The name tells the implementations of one trait for two types apart, and those of two traits for one type.
    let subject = match &block.trait_ {
        Some((trait_path, _)) => trait_path.span().byte_range().start,
        None => block.self_ty.span().byte_range().start,
    };
    let type_name: String = source.code[subject..block.self_ty.span().byte_range().end]
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
