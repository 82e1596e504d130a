//! What a cell is: directives, items, statements, a tail expression. Nothing is compiled to find that out.

mod depth;
mod directive;
mod file;
mod forgive;
mod import;
mod item;
mod link;
mod older;
mod poll;
#[cfg(test)]
mod poll_tests;
mod shape;
mod source;
mod statement;
mod template;
mod visibility;
mod words;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, Stmt};

pub(crate) use directive::{Directive, split as split_directives};
pub(crate) use file::{Content, Outline, items, module};
pub(crate) use import::Import;
pub(crate) use item::{Item, ItemKind};
pub(crate) use source::{File, Source};
pub(crate) use statement::{Signature, Statement, shape};
pub(crate) use template::{Part, Template};
pub(crate) use visibility::WIDE;
pub(crate) use words::{names_in, path_heads, paths_in, tokens};

use crate::CellId;

/// A cell, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Its text.
    pub(crate) source: Source,
    /// The folder that its relative paths start from.
    pub(crate) folder: PathBuf,
    /// Lines for the engine.
    pub(crate) directives: Vec<Directive>,
    /// `#![…]` attributes.
    pub(crate) attributes: Vec<Range<usize>>,
    /// Items, in order. All imports of one `use` declaration have its range.
    pub(crate) items: Vec<Item>,
    /// Statements, in order, without the tail.
    pub(crate) statements: Vec<Statement>,
    /// The expression whose value is the cell's.
    pub(crate) tail: Option<Statement>,
}

/// A text that is no cell.
#[derive(Clone, Debug)]
pub(crate) struct SyntaxError {
    /// The text, with the directives blanked out.
    pub(crate) source: Source,
    /// What the parser expected.
    pub(crate) message: String,
    /// Where.
    pub(crate) range: Range<usize>,
    /// Whether the compiler has nothing to add: it nests so deeply that no parser should try, or a file is missing.
    pub(crate) is_final: bool,
}

impl Cell {
    /// Takes a text apart. `is_item_macro` says of which earlier macros a call defines items.
    pub(crate) fn parse(
        cell: CellId,
        text: &str,
        is_item_macro: impl Fn(&str) -> bool,
    ) -> Result<Self, SyntaxError> {
        let (directives, code) = directive::split(text);
        let mut source = Source::new(cell, None, Arc::from(text), code.into());
        if depth::of(&source.code) > depth::DEEPEST {
            return Err(SyntaxError {
                range: 0..source.code.len(),
                message: "this code nests too deeply, or has a statement that is too long"
                    .to_owned(),
                source,
                is_final: true,
            });
        }
        let parse = |input: ParseStream| {
            Ok((
                input.call(Attribute::parse_inner)?,
                input.call(Block::parse_within)?,
            ))
        };
        let mut parsed = parse.parse_str(&source.code);
        if parsed.is_err()
            && let Some(code) = forgive::supply_semicolons(&source.code)
            && let Ok(forgiven) = parse.parse_str(&code)
        {
            let added = " ".repeat(code.len() - text.len());
            let text = [text, &added].concat();
            source = Source::new(cell, None, text.into(), code.into());
            parsed = Ok(forgiven);
        }
        let mut masked_names = Vec::new();
        if parsed.is_err()
            && let Some(masked) = older::mask(&source.code)
            && let Ok(older) = parse.parse_str(&masked.code)
        {
            (parsed, masked_names) = (Ok(older), masked.names);
        }
        // Everything below is plain data with byte ranges; the parser's own record of the text can go.
        let result = match parsed {
            Ok((attributes, statements)) => {
                source.polls = poll::polls(&statements).into();
                source.private = private_items(&statements, &source.code);
                let attributes = attributes
                    .iter()
                    .map(|attribute| attribute.span().byte_range())
                    .collect();
                let mut cell = Self {
                    source,
                    folder: PathBuf::new(),
                    directives,
                    attributes,
                    items: Vec::new(),
                    statements: Vec::new(),
                    tail: None,
                };
                cell.sort(&statements, is_item_macro);
                cell.unmask(&masked_names);
                Ok(cell)
            }
            Err(error) => Err(SyntaxError {
                range: error.span().byte_range(),
                message: error.to_string(),
                source,
                is_final: false,
            }),
        };
        proc_macro2::extra::invalidate_current_thread_spans();
        result
    }

    /// The statement that declares the variable of this name which the cell leaves: later ones hide earlier ones.
    pub(crate) fn declaration(&self, name: &str) -> Option<&Statement> {
        let declares = |statement: &&Statement| {
            statement
                .bindings
                .iter()
                .any(|binding| binding.name == name)
        };
        self.statements.iter().rev().find(declares)
    }

    fn sort(&mut self, statements: &[Stmt], is_item_macro: impl Fn(&str) -> bool) {
        let own_macros: Vec<String> = statements.iter().filter_map(item_macro).collect();
        let is_item_macro =
            |name: &str| own_macros.iter().any(|own| own == name) || is_item_macro(name);
        let last = statements.len().wrapping_sub(1);
        for (index, statement) in statements.iter().enumerate() {
            match statement {
                Stmt::Item(item) => self.items.extend(Item::read(item, &self.source)),
                Stmt::Macro(call) if defines_items(&call.mac, &is_item_macro) => {
                    let item = syn::ItemMacro {
                        attrs: call.attrs.clone(),
                        ident: None,
                        mac: call.mac.clone(),
                        semi_token: call.semi_token,
                    };
                    self.items
                        .extend(Item::read(&syn::Item::Macro(item), &self.source));
                }
                Stmt::Expr(_, None) if index == last => {
                    self.tail = Some(Statement::new(statement, &self.source.code))
                }
                Stmt::Macro(call) if index == last && call.semi_token.is_none() => {
                    self.tail = Some(Statement::new(statement, &self.source.code));
                }
                // An empty statement, which a stray semicolon makes.
                Stmt::Expr(Expr::Verbatim(tokens), _) if tokens.is_empty() => {}
                _ => self
                    .statements
                    .push(Statement::new(statement, &self.source.code)),
            }
        }
        self.drop_replaced();
    }

    /// Of two definitions of the same thing, the later counts, as it would in the next cell. Imports are left to the
    /// compiler, which knows what they are.
    pub(crate) fn drop_replaced(&mut self) {
        let mut kept: Vec<Item> = Vec::new();
        for item in std::mem::take(&mut self.items) {
            let is_plain = |item: &Item| {
                !item.is_conditional
                    && !matches!(
                        item.kind,
                        ItemKind::Import(_) | ItemKind::Macro { .. } | ItemKind::Opaque
                    )
            };
            if is_plain(&item) {
                kept.retain_mut(|earlier| {
                    !(is_plain(earlier) && item.replaces(earlier))
                        || earlier.keep_other_members(&item)
                });
            }
            kept.push(item);
        }
        self.items = kept;
    }

    /// Gives names back that the parser was shown as others. Items in which there are some are left as they are.
    fn unmask(&mut self, names: &[Range<usize>]) {
        for range in names {
            let name = self.source.slice(range).to_owned();
            let shown = format!("{}_", &name[..name.len() - 1]);
            let has = |place: &Range<usize>| place.start <= range.start && range.end <= place.end;
            for statement in self.statements.iter_mut().chain(&mut self.tail) {
                if has(&statement.range) {
                    statement.rename(&shown, &name);
                }
            }
            for item in self.items.iter_mut().filter(|item| has(&item.range)) {
                item.leave_as_it_is();
            }
        }
    }

    /// Statements and tail, in order.
    pub(crate) fn body(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().chain(&self.tail)
    }

    /// Whether there is anything to compile.
    pub(crate) fn has_code(&self) -> bool {
        !self.items.is_empty() || !self.statements.is_empty() || self.tail.is_some()
    }
}

/// Where private items begin.
fn private_items(statements: &[Stmt], code: &str) -> Arc<[usize]> {
    let insertions = |statement: &Stmt| match statement {
        Stmt::Item(item) => visibility::insertions(item, code),
        Stmt::Macro(call) => link::private_thread_locals(&call.mac),
        _ => Vec::new(),
    };
    let mut private: Vec<usize> = statements.iter().flat_map(insertions).collect();
    private.sort_unstable();
    private.into()
}

/// The name of a `macro_rules!` definition whose calls define items.
fn item_macro(statement: &Stmt) -> Option<String> {
    let Stmt::Item(syn::Item::Macro(item)) = statement else {
        return None;
    };
    item_macro_name(item)
}

/// The name of a `macro_rules!` definition if all its expansions begin like an item.
pub(super) fn item_macro_name(item: &syn::ItemMacro) -> Option<String> {
    use proc_macro2::{Delimiter, TokenTree};
    let name = item.ident.as_ref()?.to_string();
    let groups: Vec<_> = item
        .mac
        .tokens
        .clone()
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => Some(group),
            _ => None,
        })
        .collect();
    let expansions = groups.chunks(2).filter_map(|rule| rule.get(1));
    expansions.clone().next()?;
    expansions
        .into_iter()
        .all(|expansion| begins_like_item(expansion.stream()))
        .then_some(name)
}

/// Whether a macro call in statement position defines items that later cells should see.
fn defines_items(call: &syn::Macro, is_item_macro: &impl Fn(&str) -> bool) -> bool {
    let Some(name) = call
        .path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
    else {
        return false;
    };
    matches!(name.as_str(), "thread_local" | "lazy_static" | "bitflags")
        || is_item_macro(&name)
        || (matches!(call.delimiter, syn::MacroDelimiter::Brace(_))
            && begins_like_item(call.tokens.clone()))
}

/// Whether tokens begin with an item, behind attributes, visibility and repetition signs.
fn begins_like_item(tokens: proc_macro2::TokenStream) -> bool {
    use proc_macro2::TokenTree;
    const KEYWORDS: [&str; 12] = [
        "struct",
        "enum",
        "union",
        "fn",
        "static",
        "const",
        "impl",
        "mod",
        "trait",
        "type",
        "use",
        "macro_rules",
    ];
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(ident) if KEYWORDS.iter().any(|keyword| ident == keyword) => {
                // A closure or block may also begin with these words, but then no name follows.
                return !matches!(tokens.peek(), Some(TokenTree::Group(_)) | None)
                    || ident == "impl";
            }
            TokenTree::Ident(ident) if ident == "pub" || ident == "unsafe" || ident == "async" => {}
            TokenTree::Punct(punct) if matches!(punct.as_char(), '#' | '$') => {}
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => return false,
            // An attribute's brackets, `pub(crate)`, or a repetition, which is looked into.
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Parenthesis => {
                if begins_like_item(group.stream()) {
                    return true;
                }
            }
            TokenTree::Group(_) => {}
        }
    }
    false
}
