//! Items in the branches of `cfg_if!`.

use proc_macro2::{TokenStream, TokenTree};

/// The condition of a branch, and whether it holds, as far as that can be told here.
type Condition = (String, Option<bool>);

/// The items of a call, each with the condition of its branch, unless that can be told here.
pub(super) fn items(call: &syn::Macro) -> Option<Vec<String>> {
    let mut tokens = call.tokens.clone().into_iter();
    let mut earlier: Vec<Condition> = Vec::new();
    let mut items = Vec::new();
    loop {
        let condition: Option<Condition> = match tokens.next() {
            Some(TokenTree::Ident(word)) if word == "if" => {
                // `#[cfg(condition)]`
                tokens.next()?;
                let TokenTree::Group(attribute) = tokens.next()? else {
                    return None;
                };
                let attribute: syn::Meta = syn::parse2(attribute.stream()).ok()?;
                let condition = attribute.require_list().ok()?.tokens.clone();
                let met = holds(&syn::parse2(condition.clone()).ok()?);
                Some((condition.to_string(), met))
            }
            Some(TokenTree::Group(block)) => {
                branch(block.stream(), None, &earlier, &mut items)?;
                return tokens.next().is_none().then_some(items);
            }
            Some(_) => return None,
            None => return Some(items),
        };
        let TokenTree::Group(block) = tokens.next()? else {
            return None;
        };
        branch(block.stream(), condition.as_ref(), &earlier, &mut items)?;
        earlier.extend(condition);
        if let Some(next) = tokens.next()
            && next.to_string() != "else"
        {
            return None;
        }
    }
}

/// Adds the items of a branch, unless it is known to be left out.
fn branch(
    block: TokenStream,
    condition: Option<&Condition>,
    earlier: &[Condition],
    items: &mut Vec<String>,
) -> Option<()> {
    let is_met = condition.map_or(Some(true), |(_, met)| *met);
    if is_met == Some(false) || earlier.iter().any(|(_, met)| *met == Some(true)) {
        return Some(());
    }
    let is_certain = is_met == Some(true) && earlier.iter().all(|(_, met)| *met == Some(false));
    let before: Vec<_> = earlier
        .iter()
        .map(|(condition, _)| condition.as_str())
        .collect();
    let before = before.join(", ");
    let attribute = match condition {
        _ if is_certain => String::new(),
        Some((condition, _)) => format!("#[cfg(all({condition}, not(any({before}))))] "),
        None => format!("#[cfg(not(any({before})))] "),
    };
    let file: syn::File = syn::parse2(block.clone()).ok()?;
    for tokens in super::expand::split(&block, &file.items)? {
        items.push(format!("{attribute}{tokens}"));
    }
    Some(())
}

/// Whether a condition holds for every cell, as far as the machine that cells run on tells.
fn holds(condition: &syn::Meta) -> Option<bool> {
    match condition {
        syn::Meta::Path(path) if path.is_ident("unix") => Some(cfg!(unix)),
        syn::Meta::Path(path) if path.is_ident("windows") => Some(cfg!(windows)),
        syn::Meta::NameValue(pair) => {
            let known = [
                ("target_os", std::env::consts::OS),
                ("target_arch", std::env::consts::ARCH),
                ("target_family", std::env::consts::FAMILY),
                ("feature", ""),
            ];
            let (_, value) = known.iter().find(|(name, _)| pair.path.is_ident(name))?;
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(wanted),
                ..
            }) = &pair.value
            else {
                return None;
            };
            Some(wanted.value() == *value)
        }
        syn::Meta::List(list) => {
            let parse = syn::punctuated::Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
            let inner = list.parse_args_with(parse).ok()?;
            let mut met = inner.iter().map(holds);
            if list.path.is_ident("not") {
                met.next()?.map(|met| !met)
            } else if list.path.is_ident("all") {
                met.try_fold(true, |all, met| Some(all && met?))
            } else if list.path.is_ident("any") {
                met.try_fold(false, |any, met| Some(any || met?))
            } else {
                None
            }
        }
        syn::Meta::Path(_) => None,
    }
}
