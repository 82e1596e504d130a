//! What a cell is: directives, items, statements, a tail expression. Nothing is compiled to find that out.

mod cfg_if;
mod depth;
mod directive;
mod expand;
mod file;
mod forgive;
mod import;
mod item;
pub(crate) mod large_stack;
mod link;
mod older;
mod outline;
mod poll;
#[cfg(test)]
mod poll_tests;
mod shape;
mod source;
mod statement;
mod template;
mod uses;
mod visibility;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, MacroDelimiter, Stmt};

pub(crate) use directive::{Directive, split as split_directives};
pub(crate) use file::{items, module};
pub(crate) use import::Import;
pub(crate) use item::{Item, ItemKind};
pub(crate) use outline::{Content, Outline};
pub(crate) use source::{File, Source, WIDE};
pub(crate) use statement::{Signature, Statement, shape};
pub(crate) use template::{Part, Template};
pub(crate) use uses::{Insertion, dereferences, is_used_at, lasting_places};
pub(crate) use words::{names_in, path_heads, paths_in, tokens, unclosed};

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
    pub(crate) source: Box<Source>,
    /// What the parser expected.
    pub(crate) message: String,
    /// Where.
    pub(crate) range: Range<usize>,
    /// Whether the compiler has nothing to add: it nests so deeply that no parser should try, or a file is missing.
    pub(crate) is_final: bool,
}

impl Cell {
    /// Takes a text apart. `earlier_macro` gives the definitions of macros of earlier cells.
    pub(crate) fn parse(
        cell: CellId,
        text: &str,
        earlier_macro: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, SyntaxError> {
        let (directives, code) = directive::split(text);
        let mut source = Source::new(cell, None, Arc::from(text), code.into());
        if depth::of(&source.code) > depth::DEEPEST {
            return Err(SyntaxError {
                range: 0..source.code.len(),
                message: "this code nests too deeply, or has a statement that is too long"
                    .to_owned(),
                source: Box::new(source),
                is_final: true,
            });
        }
        let mut parsed = parse_code.parse_str(&source.code);
        if parsed.is_err()
            && let Some(code) = forgive::supply_semicolons(&source.code)
            && let Ok(forgiven) = parse_code.parse_str(&code)
        {
            let added = " ".repeat(code.len() - text.len());
            let text = [text, &added].concat();
            source = Source::new(cell, None, text.into(), code.into());
            parsed = Ok(forgiven);
        }
        let mut masked_names = Vec::new();
        if parsed.is_err()
            && let Some(masked) = older::mask(&source.code)
            && let Ok(older) = parse_code.parse_str(&masked.code)
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
                cell.sort(&statements, earlier_macro);
                cell.unmask(&masked_names);
                Ok(cell)
            }
            Err(error) => Err(SyntaxError {
                range: error.span().byte_range(),
                message: error.to_string(),
                source: Box::new(source),
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

    fn sort(&mut self, statements: &[Stmt], earlier_macro: impl Fn(&str) -> Option<String>) {
        let definition = |name: &str| {
            let own = statements
                .iter()
                .rev()
                .find_map(|statement| match statement {
                    Stmt::Item(syn::Item::Macro(item)) if item.ident.as_ref()? == name => {
                        Some(item.clone())
                    }
                    _ => None,
                });
            own.or_else(|| syn::parse_str(&earlier_macro(name)?).ok())
        };
        let last = statements.len().wrapping_sub(1);
        for (index, statement) in statements.iter().enumerate() {
            match statement {
                Stmt::Item(item) => self.items.extend(Item::read(item, &self.source)),
                Stmt::Macro(call) if self.expand(call, &definition) => {}
                Stmt::Macro(call) if defines_items(&call.mac, &definition) => {
                    // Behind braces, it is a statement of its own, which items are not followed by.
                    let is_braced = matches!(call.mac.delimiter, MacroDelimiter::Brace(_));
                    let item = syn::ItemMacro {
                        attrs: call.attrs.clone(),
                        ident: None,
                        mac: call.mac.clone(),
                        semi_token: call.semi_token.filter(|_| !is_braced),
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

    /// Takes what a call of a macro defines for items of the cell, if that is all that comes of it.
    fn expand(
        &mut self,
        call: &syn::StmtMacro,
        definition: &impl Fn(&str) -> Option<syn::ItemMacro>,
    ) -> bool {
        let name = call.mac.path.segments.last().map(|last| &last.ident);
        let Some(name) = name.filter(|_| call.attrs.is_empty()) else {
            return false;
        };
        let items = if name == "cfg_if" {
            cfg_if::items(&call.mac)
        } else {
            expand::items(&call.mac, &|name| Some(definition(name)?.mac.tokens))
        };
        let Some(items) = items else { return false };
        let start = call.span().byte_range().start;
        let line = self.source.code[..start].matches('\n').count() + 1;
        let title = format!("`{name}!` of cell [{}], line {line}", self.source.cell.0);
        let is_of_line = |item: &&Item| {
            let file = item.source.file.as_ref();
            file.is_some_and(|file| file.name.starts_with(&title))
        };
        let before: BTreeSet<_> = self
            .items
            .iter()
            .filter(is_of_line)
            .map(|item| item.source.title())
            .collect();
        let name = match before.len() {
            0 => title,
            before => format!("{title}, call {}", before + 1),
        };
        let file = File {
            path: PathBuf::new(),
            name,
        };
        let text: Arc<str> = items.join("\n").into();
        let source = Source::new(self.source.cell, Some(file), Arc::clone(&text), text);
        match file::items(source) {
            Ok(items) => {
                self.items.extend(items);
                true
            }
            Err(_) => false,
        }
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
            let own = self
                .items
                .iter_mut()
                .filter(|item| item.source.file.is_none());
            for item in own.filter(|item| has(&item.range)) {
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
fn private_items(statements: &[Stmt], code: &str) -> Arc<Vec<usize>> {
    let insertions = |statement: &Stmt| match statement {
        Stmt::Item(item) => visibility::insertions(item, code),
        Stmt::Macro(call) => link::private_statics(&call.mac),
        _ => Vec::new(),
    };
    let mut private: Vec<usize> = statements.iter().flat_map(insertions).collect();
    private.sort_unstable();
    private.into()
}

/// Whether all expansions of a `macro_rules!` definition begin like an item.
fn is_of_items(item: &syn::ItemMacro) -> bool {
    use proc_macro2::{Delimiter, TokenTree};
    let tokens = item.mac.tokens.clone();
    let groups = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() != Delimiter::None => Some(group),
        _ => None,
    });
    let groups: Vec<_> = groups.collect();
    let mut expansions = groups.chunks(2).filter_map(|rule| rule.get(1)).peekable();
    expansions.peek().is_some() && expansions.all(|expansion| begins_like_item(expansion.stream()))
}

/// Parses what a cell holds besides directives, as the inside of a function.
pub(crate) fn parse_code(input: ParseStream) -> syn::Result<(Vec<Attribute>, Vec<Stmt>)> {
    Ok((
        input.call(Attribute::parse_inner)?,
        input.call(Block::parse_within)?,
    ))
}

/// Whether a macro call in statement position defines items that later cells should see.
fn defines_items(call: &syn::Macro, definition: &dyn Fn(&str) -> Option<syn::ItemMacro>) -> bool {
    let Some(name) = call
        .path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
    else {
        return false;
    };
    matches!(name.as_str(), "thread_local" | "lazy_static" | "bitflags")
        || definition(&name).is_some_and(|definition| is_of_items(&definition))
        || (matches!(call.delimiter, MacroDelimiter::Brace(_))
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
