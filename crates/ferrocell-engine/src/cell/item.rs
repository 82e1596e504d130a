//! Items of a cell: functions, types, statics, macros, imports.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::spanned::Spanned;

use super::import::{self, Import};
use super::link;
use super::outline::{Content, Outline};
use super::shape::{self, Shape, plain_tokens};
use super::source::Source;
use super::template::{Part, Template};
use super::words::names_in;

/// An item, with all that planning later cells needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The cell it was written in.
    pub(crate) source: Source,
    /// Where it stands there.
    pub(crate) range: Range<usize>,
    /// What it is and what it defines.
    pub(crate) kind: ItemKind,
    /// How it is generated where it is defined.
    pub(crate) definition: Template,
    /// How later cells refer to it, if it can be linked; otherwise they define it again.
    pub(crate) declaration: Option<Template>,
    /// The names that its definition mentions.
    pub(crate) uses: BTreeSet<String>,
    /// The names that its declaration mentions.
    pub(crate) declared_uses: BTreeSet<String>,
    /// Where it names a module that lies in a file.
    pub(crate) outline: Option<Outline>,
    /// The files that it was read from, beside its cell.
    pub(crate) files: Vec<Source>,
    /// Whether it has a `#[cfg]`, so that it may not be there.
    pub(crate) is_conditional: bool,
    /// Its tokens, without white space and comments.
    pub(crate) tokens: String,
    /// What other definitions and kept values rely on.
    pub(crate) shape: Shape,
    /// Whether it defines types or traits, or may do so: those are at the same path in all cells.
    pub(crate) defines_types: bool,
    /// Whether a macro or derive may have defined more than what [`Item::names`] tells.
    pub(crate) may_define_more: bool,
}

/// What an item is and what it defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// A function.
    Function(String),
    /// A static, or several thread-local ones.
    Statics(Vec<String>),
    /// A constant.
    Constant(String),
    /// A struct, enum, union or type alias; `is_value` for those that are also a constructor.
    Type {
        /// Its name.
        name: String,
        /// Whether the name can also stand where a value is expected.
        is_value: bool,
    },
    /// A trait, with the names of its methods, which bring it into play without its name.
    Trait {
        /// Its name.
        name: String,
        /// Its methods.
        methods: BTreeSet<String>,
    },
    /// A module.
    Module(String),
    /// A `macro_rules!` definition.
    Macro {
        /// Its name.
        name: String,
    },
    /// An `impl` block.
    Impl {
        /// `impl … for …` without the body.
        header: String,
        /// The trait and the type, whatever its parameters are called and have to be.
        subject: String,
        /// Whether it implements a trait.
        of_trait: bool,
        /// The associated items.
        members: BTreeSet<String>,
    },
    /// One import of a `use` declaration.
    Import(Import),
    /// A call of a macro that nobody here can expand, with the names that it seems to define.
    Made(Vec<String>),
    /// Anything else: an `extern` block, `extern crate`, a macro call that defines nobody knows what.
    Opaque,
}

impl Item {
    /// Reads an item; a `use` declaration becomes one item per import.
    pub(crate) fn read(item: &syn::Item, source: &Source) -> Vec<Self> {
        let range = item.span().byte_range();
        let verbatim = vec![Part::User(range.clone())];
        let uses = names_in(source.slice(&range));
        let new = |kind: ItemKind, definition: Template, declaration: Option<Template>| Self {
            source: source.clone(),
            range: range.clone(),
            kind,
            declared_uses: declaration
                .iter()
                .flatten()
                .flat_map(|part| names_of(part, source))
                .collect(),
            definition,
            declaration,
            uses: uses.clone(),
            outline: Outline::of(item),
            files: source.file.iter().map(|_| source.clone()).collect(),
            is_conditional: source.slice(&range).starts_with('#')
                && uses.iter().any(|name| name == "cfg" || name == "cfg_attr"),
            tokens: plain_tokens(source.slice(&range)),
            shape: shape::shape(item, &source.code),
            defines_types: defines_types(item),
            may_define_more: shape::may_define_more(item),
        };
        if let syn::Item::Use(declaration) = item {
            return import::imports(declaration)
                .into_iter()
                .map(|import| {
                    let definition = vec![Part::Text(import.code.clone())];
                    let uses = names_in(&import.code);
                    Self {
                        tokens: plain_tokens(&import.code),
                        shape: Shape {
                            tokens: plain_tokens(&import.code),
                            names: uses.clone(),
                            ..Shape::default()
                        },
                        uses,
                        ..new(ItemKind::Import(import), definition, None)
                    }
                })
                .collect();
        }
        let kind = kind_of(item, &source.code);
        let linked = link::link(item, source);
        vec![match linked {
            Some(linked) => new(kind, linked.definition, Some(linked.declaration)),
            None => new(kind, verbatim, None),
        }]
    }

    /// The crate that it declares, if it is an `extern crate`.
    pub(crate) fn extern_crate(&self) -> Option<String> {
        let is_candidate = self.kind == ItemKind::Opaque && self.uses.contains("extern");
        let text = is_candidate.then(|| self.source.slice(&self.range))?;
        let item: syn::ItemExternCrate = syn::parse_str(text).ok()?;
        Some(item.ident.to_string())
    }

    /// The names under which other code reaches it.
    pub(crate) fn names(&self) -> Vec<&str> {
        match &self.kind {
            ItemKind::Function(name)
            | ItemKind::Constant(name)
            | ItemKind::Type { name, .. }
            | ItemKind::Trait { name, .. }
            | ItemKind::Module(name)
            | ItemKind::Macro { name, .. } => vec![name],
            ItemKind::Statics(names) | ItemKind::Made(names) => {
                names.iter().map(String::as_str).collect()
            }
            ItemKind::Import(import) => import.name.as_deref().into_iter().collect(),
            ItemKind::Impl { .. } | ItemKind::Opaque => Vec::new(),
        }
    }

    /// Whether this definition takes the place of an earlier one.
    pub(crate) fn replaces(&self, earlier: &Self) -> bool {
        use ItemKind as K;
        let shares_name = || {
            self.names()
                .iter()
                .any(|name| earlier.names().contains(name))
        };
        match (&self.kind, &earlier.kind) {
            (
                K::Impl {
                    subject,
                    of_trait,
                    members,
                    ..
                },
                K::Impl {
                    subject: other,
                    members: others,
                    ..
                },
            ) => subject == other && (*of_trait || !members.is_disjoint(others)),
            (K::Import(import), K::Import(other)) if import.name.is_none() => {
                import.code == other.code
            }
            (K::Import(_), K::Import(_)) => shares_name(),
            (K::Import(import), other) | (other, K::Import(import)) => {
                shares_name()
                    && (other.is_type() && import.may_be_silent()
                        || other.is_value() && import.may_be_value())
            }
            (K::Opaque, K::Opaque) => self.tokens == earlier.tokens,
            (new, old) => {
                shares_name()
                    && (new.is_type() && old.is_type()
                        || new.is_value() && old.is_value()
                        || matches!((new, old), (K::Macro { .. }, K::Macro { .. })))
            }
        }
    }

    /// The module with its files.
    pub(crate) fn with_content(mut self, content: Content) -> Self {
        let Some(outline) = &self.outline else {
            return self;
        };
        let names = |template: &Template| {
            template
                .iter()
                .flat_map(|part| names_of(part, &self.source))
                .collect()
        };
        let code = outline.code(&self.source, &content.code);
        if let Ok(item) = syn::parse_str::<syn::Item>(&code) {
            self.tokens = plain_tokens(&code);
            self.shape = shape::shape(&item, &code);
            self.defines_types = defines_types(&item);
            self.may_define_more = shape::may_define_more(&item);
        }
        self.definition = outline.with(&self.source, content.definition);
        let declaration = outline.with(&self.source, content.declaration);
        self.uses = names(&self.definition);
        self.declared_uses = names(&declaration);
        self.declaration = Some(declaration);
        self.files = content.files;
        self
    }

    /// Whether it stands in the same place as another: both are imports of one declaration.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.range == other.range && self.source.is(&other.source)
    }

    /// Leaves out the methods that a later `impl` block of the same cell defines too, and says whether any are left.
    pub(super) fn keep_other_members(&mut self, later: &Self) -> bool {
        let (
            ItemKind::Impl {
                of_trait: false,
                members,
                ..
            },
            ItemKind::Impl {
                members: others, ..
            },
        ) = (&mut self.kind, &later.kind)
        else {
            return false;
        };
        members.retain(|member| !others.contains(member));
        if members.is_empty() {
            return false;
        }
        let Ok(block) = syn::parse_str::<syn::ItemImpl>(&self.source.code[self.range.clone()])
        else {
            return false;
        };
        let mut at = self.range.start;
        self.definition.clear();
        for member in &block.items {
            let range = member.span().byte_range();
            let range = self.range.start + range.start..self.range.start + range.end;
            if member_name(member).is_some_and(|name| others.contains(&name)) {
                self.definition.push(Part::User(at..range.start));
                at = range.end;
            }
        }
        self.definition.push(Part::User(at..self.range.end));
        self.declaration = None;
        true
    }

    /// Compiles it wherever there is something to compile, because nothing is known of it.
    pub(super) fn leave_as_it_is(&mut self) {
        self.kind = ItemKind::Opaque;
        self.definition = vec![Part::User(self.range.clone())];
        self.declaration = None;
    }

    /// Its text.
    pub(crate) fn code(&self) -> &str {
        self.source.slice(&self.range)
    }

    /// The names through which other code comes to depend on it; what a module defines may be reached by a glob.
    pub(crate) fn reached_as(&self) -> BTreeSet<String> {
        match &self.kind {
            ItemKind::Impl { header, .. } => names_in(header),
            _ => {
                let names = self.names().into_iter().map(str::to_owned);
                names.chain(self.shape.defined.iter().cloned()).collect()
            }
        }
    }

    /// Whether a path in it begins at the crate.
    pub(crate) fn has_crate_path(&self) -> bool {
        self.tokens.contains("crate : : ")
    }

    /// Whether it can be called while compiling.
    pub(crate) fn is_const(&self) -> bool {
        self.tokens.split(' ').any(|token| token == "const")
    }

    /// The path that it imports under a name, if it does.
    pub(crate) fn import_of(&self, name: &str) -> Option<&str> {
        match &self.kind {
            ItemKind::Import(import) => {
                (import.name.as_deref() == Some(name)).then_some(&*import.path)
            }
            _ => None,
        }
    }

    /// Whether it holds a value that outlives a cell, which defining it again resets.
    pub(crate) fn has_state(&self) -> bool {
        matches!(self.kind, ItemKind::Statics(_)) || self.uses.contains("static")
    }
}

impl ItemKind {
    fn is_type(&self) -> bool {
        matches!(
            self,
            Self::Type { .. } | Self::Trait { .. } | Self::Module(_) | Self::Made(_)
        )
    }

    fn is_value(&self) -> bool {
        matches!(
            self,
            Self::Function(_)
                | Self::Statics(_)
                | Self::Constant(_)
                | Self::Made(_)
                | Self::Type { is_value: true, .. }
        )
    }
}

/// Whether an item defines types or traits; of a macro call nobody knows.
fn defines_types(item: &syn::Item) -> bool {
    use syn::Item as I;
    match item {
        I::Enum(_)
        | I::Mod(_)
        | I::Struct(_)
        | I::Trait(_)
        | I::TraitAlias(_)
        | I::Type(_)
        | I::Union(_) => true,
        I::Macro(call) => call.ident.is_none() && link::macro_statics(&call.mac).is_none(),
        _ => false,
    }
}

fn names_of(part: &Part, source: &Source) -> BTreeSet<String> {
    match part {
        Part::User(range) => names_in(source.slice(range)),
        Part::Of(source, range) => names_in(source.slice(range)),
        Part::Text(text) => names_in(text),
        Part::Symbol(_) => BTreeSet::new(),
    }
}

fn kind_of(item: &syn::Item, code: &str) -> ItemKind {
    use syn::Item as I;
    let type_named = |ident: &syn::Ident, is_value| ItemKind::Type {
        name: ident.to_string(),
        is_value,
    };
    match item {
        I::Fn(item) => ItemKind::Function(item.sig.ident.to_string()),
        I::Static(item) => ItemKind::Statics(vec![item.ident.to_string()]),
        I::Const(item) if item.ident != "_" => ItemKind::Constant(item.ident.to_string()),
        I::Struct(item) => type_named(&item.ident, !matches!(item.fields, syn::Fields::Named(_))),
        I::Enum(item) => type_named(&item.ident, false),
        I::Union(item) => type_named(&item.ident, false),
        I::Type(item) => type_named(&item.ident, false),
        I::Trait(item) => {
            let method = |item: &syn::TraitItem| match item {
                syn::TraitItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            };
            ItemKind::Trait {
                name: item.ident.to_string(),
                methods: item.items.iter().filter_map(method).collect(),
            }
        }
        I::TraitAlias(item) => ItemKind::Trait {
            name: item.ident.to_string(),
            methods: BTreeSet::new(),
        },
        I::Mod(item) => ItemKind::Module(item.ident.to_string()),
        I::Impl(item) => impl_kind(item, code),
        I::Macro(item) => match &item.ident {
            Some(ident) => ItemKind::Macro {
                name: ident.to_string(),
            },
            None => match link::macro_statics(&item.mac) {
                Some(locals) => {
                    ItemKind::Statics(locals.iter().map(|local| local.name.to_string()).collect())
                }
                None => match made_names(item.mac.tokens.clone()) {
                    names if names.is_empty() => ItemKind::Opaque,
                    names => ItemKind::Made(names),
                },
            },
        },
        _ => ItemKind::Opaque,
    }
}

/// The names behind the keywords of items among the outermost tokens of a macro call.
fn made_names(tokens: proc_macro2::TokenStream) -> Vec<String> {
    use proc_macro2::TokenTree;
    let (mut names, mut is_behind_keyword) = (Vec::new(), false);
    for token in tokens {
        let TokenTree::Ident(word) = token else {
            is_behind_keyword = false;
            continue;
        };
        match word.to_string().as_str() {
            "struct" | "enum" | "union" | "trait" | "type" | "mod" | "fn" | "const" | "static" => {
                is_behind_keyword = true;
            }
            "ref" | "mut" => {}
            name => {
                if is_behind_keyword {
                    names.push(name.to_owned());
                }
                is_behind_keyword = false;
            }
        }
    }
    names
}

fn impl_kind(item: &syn::ItemImpl, code: &str) -> ItemKind {
    let start = item.impl_token.span().byte_range().start;
    let end = item.brace_token.span.open().byte_range().start;
    let header = code[start..end]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let parameters: Vec<String> = item
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
            syn::GenericParam::Type(parameter) => parameter.ident.to_string(),
            syn::GenericParam::Const(parameter) => parameter.ident.to_string(),
        })
        .collect();
    let of_trait = item.trait_.as_ref().map(|(path, _)| path.span());
    let subject = of_trait
        .into_iter()
        .chain([item.self_ty.span()])
        .map(|span| plain_tokens(&code[span.byte_range()]))
        .collect::<Vec<_>>()
        .join("for ");
    let subject = subject.split(' ').map(|token| {
        let place = parameters.iter().position(|parameter| parameter == token);
        place.map_or(token.to_owned(), |place| format!("#{place}"))
    });
    ItemKind::Impl {
        header,
        subject: subject.collect::<Vec<_>>().join(" "),
        of_trait: item.trait_.is_some(),
        members: item.items.iter().filter_map(member_name).collect(),
    }
}

fn member_name(item: &syn::ImplItem) -> Option<String> {
    match item {
        syn::ImplItem::Const(item) => Some(item.ident.to_string()),
        syn::ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
        syn::ImplItem::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}
