//! What belongs to a type or module, as far as the session can know.

use syn::spanned::Spanned;

use super::expression::Expression;
use super::std_members;
use crate::Completion;
use crate::cell::{ItemKind, names_in};
use crate::compiler::state::State;

/// The fields and methods of a value, found by following field names from a variable.
pub(super) fn of_value(state: &State, names: &[String]) -> Vec<Completion> {
    let Some((first, fields)) = names.split_first() else {
        return Vec::new();
    };
    let Some(variable) = state.variables.get(first) else {
        return Vec::new();
    };
    let mut ty = variable.ty.clone();
    for field in fields {
        match fields_of(state, &ty)
            .into_iter()
            .find(|completion| completion.text == *field)
        {
            Some(found) => ty = found.signature,
            None => return Vec::new(),
        }
    }
    of_type(state, &ty)
}

/// The fields and methods of an expression.
pub(super) fn of_expression(state: &State, expression: &Expression) -> Vec<Completion> {
    let mut members = of_type(state, &expression.ty);
    for field in &expression.fields {
        if members.iter().all(|member| member.text != *field) {
            members.insert(0, Completion::new(field, "field", ""));
        }
    }
    members
}

/// The fields and methods of the values of a type.
fn of_type(state: &State, ty: &str) -> Vec<Completion> {
    let mut members = Vec::new();
    // What a box, a reference or a counted pointer holds is reached through it.
    for ty in std_members::dereferenced(ty) {
        members.extend(fields_of(state, ty));
        members.extend(associated(state, ty, true));
        members.extend(std_members::of(ty));
    }
    let mut seen = std::collections::BTreeSet::new();
    members.retain(|member| seen.insert(member.text.clone()));
    members
}

/// What stands behind `Name::`.
pub(super) fn of_path(state: &State, names: &[String]) -> Vec<Completion> {
    let Some(name) = names.last() else {
        return Vec::new();
    };
    let mut members = associated(state, name, false);
    for item in definitions(state, name) {
        match item {
            syn::Item::Enum(item) => members.extend(
                item.variants
                    .iter()
                    .map(|variant| Completion::new(&variant.ident.to_string(), "variant", name)),
            ),
            syn::Item::Mod(module) => {
                let items = module.content.into_iter().flat_map(|(_, items)| items);
                members.extend(items.filter_map(|item| named_item(&item)));
            }
            _ => {}
        }
    }
    members
}

fn named_item(item: &syn::Item) -> Option<Completion> {
    let (ident, kind) = match item {
        syn::Item::Fn(item) => (&item.sig.ident, "function"),
        syn::Item::Struct(item) => (&item.ident, "struct"),
        syn::Item::Enum(item) => (&item.ident, "enum"),
        syn::Item::Const(item) => (&item.ident, "constant"),
        syn::Item::Static(item) => (&item.ident, "static"),
        syn::Item::Mod(item) => (&item.ident, "module"),
        syn::Item::Trait(item) => (&item.ident, "trait"),
        syn::Item::Type(item) => (&item.ident, "type"),
        _ => return None,
    };
    Some(Completion::new(&ident.to_string(), kind, ""))
}

fn fields_of(state: &State, ty: &str) -> Vec<Completion> {
    let mut fields = Vec::new();
    if let Ok(syn::Type::Tuple(tuple)) = syn::parse_str(ty) {
        let types = tuple
            .elems
            .iter()
            .map(|ty| ty.span().source_text().unwrap_or_default());
        fields.extend(
            types
                .enumerate()
                .map(|(index, ty)| Completion::new(&index.to_string(), "field", &ty)),
        );
    }
    for item in definitions(state, head(ty)) {
        if let syn::Item::Struct(item) = item {
            fields.extend(item.fields.iter().enumerate().map(|(index, field)| {
                let name = field.ident.as_ref().map(ToString::to_string);
                let ty = field.ty.span().source_text().unwrap_or_default();
                Completion::new(&name.unwrap_or(index.to_string()), "field", &ty)
            }));
        }
    }
    fields
}

/// The functions of the `impl` blocks of a type: those that take a value, or those that do not.
fn associated(state: &State, ty: &str, is_method: bool) -> Vec<Completion> {
    let name = head(ty);
    let mut found = Vec::new();
    for known in &state.items {
        let ItemKind::Impl { header, .. } = &known.item.kind else {
            continue;
        };
        if !names_in(header).contains(name) {
            continue;
        }
        let Ok(block) = syn::parse_str::<syn::ItemImpl>(known.item.code()) else {
            continue;
        };
        for item in &block.items {
            if let syn::ImplItem::Fn(method) = item
                && method.sig.receiver().is_some() == is_method
            {
                let kind = if is_method { "method" } else { "function" };
                let signature = method.sig.span().source_text().unwrap_or_default();
                found.push(Completion::new(
                    &method.sig.ident.to_string(),
                    kind,
                    &signature,
                ));
            }
        }
    }
    found
}

/// The definitions of a name in the session.
fn definitions(state: &State, name: &str) -> Vec<syn::Item> {
    let has_name = state
        .items
        .iter()
        .filter(|known| known.item.names().contains(&name));
    has_name
        .filter_map(|known| syn::parse_str(known.item.code()).ok())
        .collect()
}

/// The name of a type without its path and parameters.
fn head(ty: &str) -> &str {
    let path = ty.split('<').next().unwrap_or_default();
    path.rsplit("::").next().unwrap_or_default().trim()
}
