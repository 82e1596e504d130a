//! Where private items of a cell are made visible in its whole crate: generated code spreads over several modules what
//! the user wrote into one.

use ra_ap_rustc_lexer::TokenKind;
use syn::spanned::Spanned;
use syn::{Attribute, ImplItem, Item, Visibility};

use super::link;
use super::words::tokens;

/// The bytes at which [`WIDE`](super::WIDE) is inserted for an item.
pub(super) fn insertions(item: &Item, code: &str) -> Vec<usize> {
    let parts: Vec<_> = match item {
        Item::Const(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Enum(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Fn(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Mod(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Static(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Struct(item) => {
            let fields = item.fields.iter();
            let fields = fields.map(|field| (&field.attrs, &field.vis, field.span()));
            fields
                .chain([(&item.attrs, &item.vis, item.span())])
                .collect()
        }
        Item::Trait(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Type(item) => vec![(&item.attrs, &item.vis, item.span())],
        Item::Union(item) => {
            let fields = item.fields.named.iter();
            let fields = fields.map(|field| (&field.attrs, &field.vis, field.span()));
            fields
                .chain([(&item.attrs, &item.vis, item.span())])
                .collect()
        }
        Item::Impl(block) if block.trait_.is_none() => {
            let members = block.items.iter().filter_map(|item| match item {
                ImplItem::Const(item) => Some((&item.attrs, &item.vis, item.span())),
                ImplItem::Fn(item) => Some((&item.attrs, &item.vis, item.span())),
                _ => None,
            });
            members.collect()
        }
        Item::Macro(call) => return link::private_statics(&call.mac),
        _ => Vec::new(),
    };
    let private = parts
        .into_iter()
        .filter(|(_, visibility, _)| matches!(visibility, Visibility::Inherited));
    private
        .map(|(attributes, _, span)| behind_attributes(attributes, span.byte_range().start, code))
        .collect()
}

/// The first byte behind the attributes of an item, which are doc comments in part.
fn behind_attributes(attributes: &[Attribute], start: usize, code: &str) -> usize {
    let outer = attributes
        .iter()
        .filter(|attribute| matches!(attribute.style, syn::AttrStyle::Outer));
    let start = outer
        .map(|attribute| attribute.span().byte_range().end)
        .max()
        .unwrap_or(start);
    let is_blank = |kind: TokenKind| {
        matches!(
            kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        )
    };
    let token = tokens(&code[start..]).find(|(kind, _)| !is_blank(*kind));
    token.map_or(start, |(_, range)| start + range.start)
}
