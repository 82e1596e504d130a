//! What the layout and the identity of a definition depend on, and what they do not.

use std::collections::BTreeSet;
use std::ops::Range;

use ra_ap_rustc_lexer::TokenKind;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Signature, Token};

use super::words::{names_in, tokens};

/// What code that was compiled against a definition relies on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The definition's tokens without what changes neither the layout of a type nor the order of a trait's methods:
    /// comments, last commas, derives, visibility, ordinary functions, and all of an `impl` but what may be asked for while compiling.
    pub(crate) tokens: String,
    /// The names at the start of the paths in it: other definitions that it depends on.
    pub(crate) names: BTreeSet<String>,
    /// The types and modules that a module defines.
    pub(crate) defined: BTreeSet<String>,
}

/// The tokens of a text, without white space and comments, with one space between them.
pub(crate) fn plain_tokens(text: &str) -> String {
    without(text, 0..text.len(), &[])
}

/// The shape of an item.
pub(crate) fn shape(item: &syn::Item, code: &str) -> Shape {
    let mut survey = Survey {
        code,
        skipped: Vec::new(),
        names: BTreeSet::new(),
        outer_names: BTreeSet::new(),
        defined: BTreeSet::new(),
        parameters: BTreeSet::new(),
    };
    survey.visit_item(item);
    let is_outer =
        |name: &String| !survey.defined.contains(name) && !survey.parameters.contains(name);
    let names = survey.names.into_iter().filter(is_outer);
    Shape {
        tokens: without(code, item.span().byte_range(), &survey.skipped),
        names: names.chain(survey.outer_names).collect(),
        defined: survey.defined.clone(),
    }
}

/// Whether a macro, an attribute or a derive of an item may define what is not written there.
pub(crate) fn may_define_more(item: &syn::Item) -> bool {
    struct Attributes(bool);
    impl<'ast> Visit<'ast> for Attributes {
        fn visit_attribute(&mut self, attribute: &'ast Attribute) {
            let is_derive = attribute.path().is_ident("derive");
            let derives = names_in(&tokens_of(attribute));
            self.0 |= if is_derive {
                !derives.iter().all(|name| STD_DERIVES.contains(&&**name))
            } else {
                !is_built_in(attribute)
            };
        }
        fn visit_item_macro(&mut self, call: &'ast syn::ItemMacro) {
            self.0 |= call.ident.is_none();
        }
    }
    let mut attributes = Attributes(false);
    attributes.visit_item(item);
    attributes.0
}

fn tokens_of(attribute: &Attribute) -> String {
    match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string(),
        _ => String::new(),
    }
}

const STD_DERIVES: [&str; 9] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

/// Attributes of the language itself that change no layout.
const INERT: [&str; 13] = [
    "allow",
    "cold",
    "default",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "inline",
    "must_use",
    "non_exhaustive",
    "rustfmt",
    "warn",
];

fn is_any(attribute: &Attribute, names: &[&str]) -> bool {
    let first = attribute.path().segments.first();
    first.is_some_and(|first| names.iter().any(|name| first.ident == name))
}

fn is_built_in(attribute: &Attribute) -> bool {
    is_any(attribute, &INERT) || is_any(attribute, &["cfg", "cfg_attr", "repr"])
}

struct Survey<'a> {
    code: &'a str,
    skipped: Vec<Range<usize>>,
    /// The names at the start of paths.
    names: BTreeSet<String>,
    /// The names at the start of paths out of the item.
    outer_names: BTreeSet<String>,
    defined: BTreeSet<String>,
    /// Generic parameters.
    parameters: BTreeSet<String>,
}

impl Survey<'_> {
    /// Attributes of fields and variants are read by derives only, but for these.
    fn members_attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            if !is_any(attribute, &["cfg", "cfg_attr"]) {
                self.skip(attribute);
            }
        }
    }

    /// Whether nothing depends on the body of a function but its callers: it computes no constants, and defines no types.
    /// That of a closure is told by what it captures.
    fn is_plain(&self, signature: &Signature, body: &Block) -> bool {
        const DEFINING: [&str; 5] = ["async", "enum", "struct", "trait", "union"];
        let text = &self.code[body.span().byte_range()];
        let defines = tokens(text)
            .any(|(kind, range)| kind == TokenKind::Ident && DEFINING.contains(&&text[range]));
        signature.constness.is_none() && signature.asyncness.is_none() && !defines
    }

    fn skip(&mut self, node: &dyn Spanned) {
        self.skipped.push(node.span().byte_range());
    }

    /// A comma after the last of several things means nothing.
    fn skip_last_comma<T>(&mut self, list: &Punctuated<T, Token![,]>) {
        let commas = list.pairs().filter_map(|pair| pair.punct().copied());
        if let (true, Some(comma)) = (list.trailing_punct(), commas.last()) {
            self.skip(comma);
        }
    }
}

impl<'ast> Visit<'ast> for Survey<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if is_any(attribute, &INERT) {
            self.skip(attribute);
        }
    }

    fn visit_visibility(&mut self, visibility: &'ast syn::Visibility) {
        self.skip(visibility);
    }

    fn visit_fields_named(&mut self, fields: &'ast syn::FieldsNamed) {
        self.skip_last_comma(&fields.named);
        visit::visit_fields_named(self, fields);
    }

    fn visit_fields_unnamed(&mut self, fields: &'ast syn::FieldsUnnamed) {
        self.skip_last_comma(&fields.unnamed);
        visit::visit_fields_unnamed(self, fields);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.skip_last_comma(&item.variants);
        visit::visit_item_enum(self, item);
    }

    fn visit_generics(&mut self, generics: &'ast syn::Generics) {
        self.skip_last_comma(&generics.params);
        visit::visit_generics(self, generics);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.members_attributes(&field.attrs);
        visit::visit_field(self, field);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.members_attributes(&variant.attrs);
        visit::visit_variant(self, variant);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if self.is_plain(&function.sig, &function.block) {
            self.skip(function);
        } else {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, method: &'ast syn::TraitItemFn) {
        match &method.default {
            Some(body) if self.is_plain(&method.sig, body) => {
                self.skip(body);
                self.visit_signature(&method.sig);
            }
            _ => visit::visit_trait_item_fn(self, method),
        }
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        let whole = block.span().byte_range();
        let mut at = whole.start;
        for item in &block.items {
            let is_plain = match item {
                syn::ImplItem::Fn(method) => self.is_plain(&method.sig, &method.block),
                _ => false,
            };
            if !is_plain {
                let range = item.span().byte_range();
                self.skipped.push(at..range.start);
                at = range.end;
                self.visit_impl_item(item);
            }
        }
        self.skipped.push(at..whole.end);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let is_step = |segment: &&syn::PathSegment| {
            ["super", "crate"].iter().any(|step| segment.ident == step)
        };
        let steps = path.segments.iter().take_while(is_step).count();
        let name = path.segments.iter().nth(steps);
        let names = if steps > 0 {
            &mut self.outer_names
        } else {
            &mut self.names
        };
        names.extend(name.map(|name| name.ident.to_string()));
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        for item in module.content.iter().flat_map(|(_, items)| items) {
            let name = match item {
                syn::Item::Enum(item) => Some(&item.ident),
                syn::Item::Mod(item) => Some(&item.ident),
                syn::Item::Struct(item) => Some(&item.ident),
                syn::Item::Trait(item) => Some(&item.ident),
                syn::Item::Type(item) => Some(&item.ident),
                syn::Item::Union(item) => Some(&item.ident),
                _ => None,
            };
            self.defined.extend(name.map(ToString::to_string));
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_type_param(&mut self, parameter: &'ast syn::TypeParam) {
        self.parameters.insert(parameter.ident.to_string());
        visit::visit_type_param(self, parameter);
    }

    fn visit_use_tree(&mut self, tree: &'ast syn::UseTree) {
        self.outer_names
            .extend(names_in(&self.code[tree.span().byte_range()]));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.names
            .extend(names_in(&self.code[call.span().byte_range()]));
    }
}

/// The tokens of a range of a text, without some others.
fn without(text: &str, range: Range<usize>, skipped: &[Range<usize>]) -> String {
    let mut plain = String::new();
    for (kind, token) in tokens(&text[range.clone()]) {
        let at = range.start + token.start;
        let is_plain = !matches!(
            kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        );
        if is_plain && !skipped.iter().any(|skipped| skipped.contains(&at)) {
            plain.push_str(&text[at..range.start + token.end]);
            plain.push(' ');
        }
    }
    plain
}
