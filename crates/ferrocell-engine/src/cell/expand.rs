//! Expands the notebook's own `macro_rules!` where their calls define items, so that what they define is known like what
//! is written out: it is linked, defined again and explained by its name.
//!
//! Anything unusual makes it give up, and the call is left to the compiler: nested repetitions of other depths, `$crate`,
//! and functions whose variables an argument could mean by accident, which the compiler keeps apart.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::visit::{self, Visit};

/// How deeply macros may call each other, and how much may come of it.
const DEEPEST: usize = 32;
const LONGEST: usize = 20_000;

/// The items that a call defines, as code, if all that it expands to is items. `definition` gives the rules of a macro.
pub(super) fn items(
    call: &syn::Macro,
    definition: &dyn Fn(&str) -> Option<TokenStream>,
) -> Option<Vec<String>> {
    let mut items = Vec::new();
    collect(call, definition, 0, &mut items)?;
    (!items.is_empty()).then_some(items)
}

fn collect(
    call: &syn::Macro,
    definition: &dyn Fn(&str) -> Option<TokenStream>,
    depth: usize,
    items: &mut Vec<String>,
) -> Option<()> {
    let rules = definition(&call.path.get_ident()?.to_string())?;
    let input: Vec<TokenTree> = call.tokens.clone().into_iter().collect();
    let expansion = expand(rules, &input)?;
    if depth > DEEPEST || items.len() > LONGEST {
        return None;
    }
    let file: syn::File = syn::parse2(expansion.clone()).ok()?;
    let arguments = names(call.tokens.clone());
    for (item, tokens) in file.items.iter().zip(split(&expansion, &file.items)?) {
        match item {
            syn::Item::Macro(inner) if inner.ident.is_none() => {
                let is_known = super::defines_items(&inner.mac, &|_| None);
                if !is_known {
                    collect(&inner.mac, definition, depth + 1, items)?;
                    continue;
                }
            }
            _ if is_ambiguous(item, &arguments) => return None,
            _ => {}
        }
        items.push(tokens.to_string());
    }
    Some(())
}

/// The tokens of each of the items that tokens are.
pub(super) fn split(tokens: &TokenStream, items: &[syn::Item]) -> Option<Vec<TokenStream>> {
    let parse = |input: ParseStream| {
        let mut found = Vec::new();
        while !input.is_empty() {
            let before: TokenStream = input.fork().parse()?;
            input.parse::<syn::Item>()?;
            let behind: TokenStream = input.fork().parse()?;
            let length = before.clone().into_iter().count() - behind.into_iter().count();
            found.push(before.into_iter().take(length).collect());
        }
        Ok(found)
    };
    let found: Vec<TokenStream> = parse.parse2(tokens.clone()).ok()?;
    (found.len() == items.len()).then_some(found)
}

/// Whether an item has local variables that are called like something among the arguments.
fn is_ambiguous(item: &syn::Item, arguments: &BTreeSet<String>) -> bool {
    struct Locals<'a>(&'a BTreeSet<String>, bool);
    impl<'ast> Visit<'ast> for Locals<'_> {
        fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
            self.1 |= self.0.contains(&pattern.ident.to_string());
            visit::visit_pat_ident(self, pattern);
        }
    }
    let mut locals = Locals(arguments, false);
    locals.visit_item(item);
    locals.1
}

fn names(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => drop(found.insert(name.to_string())),
            TokenTree::Group(group) => found.extend(names(group.stream())),
            _ => {}
        }
    }
    found
}

/// A part of what a rule matches or writes.
enum Part {
    Token(TokenTree),
    Group(Delimiter, Vec<Part>),
    /// `$name`, of a kind where it is matched.
    Fragment(String, String),
    /// `$(…) separator operator`.
    Repeat(Vec<Part>, Option<TokenTree>, char),
}

/// What a name stands for.
#[derive(Clone)]
enum Bound {
    Tokens(TokenStream),
    Each(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

fn expand(rules: TokenStream, input: &[TokenTree]) -> Option<TokenStream> {
    let mut rules = rules.into_iter();
    while let Some(TokenTree::Group(matcher)) = rules.next() {
        let (Some(TokenTree::Punct(_)), Some(TokenTree::Punct(_))) = (rules.next(), rules.next())
        else {
            return None;
        };
        let Some(TokenTree::Group(writer)) = rules.next() else {
            return None;
        };
        // The semicolon between two rules.
        let _ = rules.next();
        let matcher = parts(matcher.stream(), true)?;
        let mut bindings = Bindings::new();
        if match_parts(&matcher, input, &mut bindings) == Some(input.len()) {
            let mut output = Vec::new();
            write(&parts(writer.stream(), false)?, &bindings, &[], &mut output)?;
            return Some(output.into_iter().collect());
        }
    }
    None
}

fn parts(tokens: TokenStream, is_matcher: bool) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_dollar = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '$');
        parts.push(match token {
            _ if is_dollar => match tokens.next()? {
                TokenTree::Ident(name) if name == "crate" => return None,
                TokenTree::Ident(name) => {
                    let mut kind = String::new();
                    if is_matcher {
                        let Some(TokenTree::Punct(_)) = tokens.next() else {
                            return None;
                        };
                        kind = tokens.next()?.to_string();
                    }
                    Part::Fragment(name.to_string(), kind)
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    let inner = self::parts(group.stream(), is_matcher)?;
                    let operator = |token: &TokenTree| match token {
                        TokenTree::Punct(sign) => {
                            Some(sign.as_char()).filter(|sign| "*+?".contains(*sign))
                        }
                        _ => None,
                    };
                    let next = tokens.next()?;
                    match operator(&next) {
                        Some(operator) => Part::Repeat(inner, None, operator),
                        None => {
                            let operator = operator(&tokens.next()?)?;
                            Part::Repeat(inner, Some(next), operator)
                        }
                    }
                }
                _ => return None,
            },
            TokenTree::Group(group) => {
                Part::Group(group.delimiter(), self::parts(group.stream(), is_matcher)?)
            }
            token => Part::Token(token),
        });
    }
    Some(parts)
}

/// How many of the tokens the parts match, from the start.
fn match_parts(parts: &[Part], input: &[TokenTree], bindings: &mut Bindings) -> Option<usize> {
    let mut at = 0;
    for part in parts {
        let rest = &input[at..];
        at += match part {
            Part::Token(token) => {
                let next = rest.first()?;
                (next.to_string() == token.to_string() && !matches!(next, TokenTree::Group(_)))
                    .then_some(1)?
            }
            Part::Group(delimiter, parts) => {
                let TokenTree::Group(group) = rest.first()? else {
                    return None;
                };
                let inner: Vec<_> = group.stream().into_iter().collect();
                let is_match = group.delimiter() == *delimiter
                    && match_parts(parts, &inner, bindings) == Some(inner.len());
                is_match.then_some(1)?
            }
            Part::Fragment(name, kind) => {
                let length = fragment(kind, rest)?;
                let mut tokens: TokenStream = rest[..length].iter().cloned().collect();
                if kind == "expr" && length > 1 {
                    // It stays one, whatever it is written beside.
                    tokens = TokenTree::Group(Group::new(Delimiter::Parenthesis, tokens)).into();
                }
                bindings.insert(name.clone(), Bound::Tokens(tokens));
                length
            }
            Part::Repeat(parts, separator, operator) => {
                let mut turns: Vec<Bindings> = Vec::new();
                let mut length = 0;
                loop {
                    let mut start = length;
                    if let (Some(separator), false) = (separator, turns.is_empty()) {
                        match rest.get(start) {
                            Some(token) if token.to_string() == separator.to_string() => start += 1,
                            _ => break,
                        }
                    }
                    let mut turn = Bindings::new();
                    match match_parts(parts, &rest[start..], &mut turn) {
                        Some(matched) if start + matched > length => {
                            length = start + matched;
                            turns.push(turn);
                        }
                        _ => break,
                    }
                    if *operator == '?' {
                        break;
                    }
                }
                if *operator == '+' && turns.is_empty() {
                    return None;
                }
                for name in fragments(parts) {
                    let each = turns.iter().filter_map(|turn| turn.get(&name).cloned());
                    let each = Bound::Each(each.collect());
                    bindings.insert(name, each);
                }
                length
            }
        };
    }
    Some(at)
}

/// The names that parts bind or write.
fn fragments(parts: &[Part]) -> Vec<String> {
    let names = parts.iter().flat_map(|part| match part {
        Part::Token(_) => Vec::new(),
        Part::Fragment(name, _) => vec![name.clone()],
        Part::Group(_, parts) | Part::Repeat(parts, _, _) => fragments(parts),
    });
    names.collect()
}

/// How many tokens a fragment of this kind takes.
fn fragment(kind: &str, input: &[TokenTree]) -> Option<usize> {
    fn length<T>(
        input: &[TokenTree],
        parse: impl Fn(ParseStream) -> syn::Result<T>,
    ) -> Option<usize> {
        let tokens: TokenStream = input.iter().cloned().collect();
        let parse = |input: ParseStream| {
            parse(input)?;
            input.parse::<TokenStream>()
        };
        let rest = parse.parse2(tokens).ok()?;
        Some(input.len() - rest.into_iter().count())
    }
    match kind {
        "ident" => length(input, Ident::parse_any),
        "lifetime" => length(input, syn::Lifetime::parse),
        "tt" => {
            let is_lifetime = matches!(input.first()?, TokenTree::Punct(sign) if sign.as_char() == '\'' && sign.spacing() == Spacing::Joint);
            Some(if is_lifetime { 2 } else { 1 })
        }
        "literal" => length(input, |input| {
            input.parse::<Option<syn::Token![-]>>()?;
            syn::Lit::parse(input)
        }),
        "vis" => length(input, syn::Visibility::parse),
        "ty" => length(input, syn::Type::parse),
        "path" => length(input, syn::Path::parse),
        "expr" | "expr_2021" => length(input, syn::Expr::parse),
        "pat" => length(input, syn::Pat::parse_multi_with_leading_vert),
        "pat_param" => length(input, syn::Pat::parse_single),
        "block" => length(input, syn::Block::parse),
        "item" => length(input, syn::Item::parse),
        "meta" => length(input, syn::Meta::parse),
        _ => None,
    }
}

/// Writes parts with what their names stand for in these turns of the repetitions around them.
fn write(
    parts: &[Part],
    bindings: &Bindings,
    turns: &[usize],
    output: &mut Vec<TokenTree>,
) -> Option<()> {
    for part in parts {
        match part {
            Part::Token(token) => output.push(token.clone()),
            Part::Group(delimiter, parts) => {
                let mut inner = Vec::new();
                write(parts, bindings, turns, &mut inner)?;
                output.push(TokenTree::Group(Group::new(
                    *delimiter,
                    inner.into_iter().collect(),
                )));
            }
            Part::Fragment(name, _) => match bindings.get(name) {
                Some(bound) => output.extend(at(bound, turns, true)?.tokens()?),
                None => {
                    // Not the macro's own, but that of a macro which it defines.
                    return None;
                }
            },
            Part::Repeat(parts, separator, _) => {
                let names = fragments(parts);
                let lengths: BTreeSet<usize> = names
                    .iter()
                    .filter_map(|name| match at(bindings.get(name)?, turns, false)? {
                        Bound::Each(each) => Some(each.len()),
                        Bound::Tokens(_) => None,
                    })
                    .collect();
                let (Some(length), 1) = (lengths.first(), lengths.len()) else {
                    return None;
                };
                for turn in 0..*length {
                    if turn > 0 {
                        output.extend(separator.clone());
                    }
                    let turns = [turns, &[turn]].concat();
                    write(parts, bindings, &turns, output)?;
                }
            }
        }
    }
    Some(())
}

/// What a name stands for in these turns. Fewer of them count if it is not repeated as often, where it is written.
fn at<'a>(bound: &'a Bound, turns: &[usize], is_written: bool) -> Option<&'a Bound> {
    match (bound, turns) {
        (Bound::Each(each), [turn, rest @ ..]) => at(each.get(*turn)?, rest, is_written),
        (Bound::Tokens(_), [_, ..]) if !is_written => Some(bound),
        _ => Some(bound),
    }
}

impl Bound {
    fn tokens(&self) -> Option<TokenStream> {
        match self {
            Self::Tokens(tokens) => Some(tokens.clone()),
            Self::Each(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of the last of some statements, which is a call.
    fn expanded(code: &str) -> Option<Vec<String>> {
        let block: syn::Block = syn::parse_str(&format!("{{ {code} }}")).expect("it is right");
        let definition = |name: &str| {
            block.stmts.iter().find_map(|statement| match statement {
                syn::Stmt::Item(syn::Item::Macro(item)) if item.ident.as_ref()? == name => {
                    Some(item.mac.tokens.clone())
                }
                _ => None,
            })
        };
        let Some(syn::Stmt::Macro(call)) = block.stmts.last() else {
            panic!("the last is no call");
        };
        items(&call.mac, &definition)
    }

    fn plain(text: &str) -> String {
        text.split_whitespace().collect()
    }

    #[test]
    fn calls_are_expanded_as_the_compiler_does() {
        for (code, expected) in [
            (
                "macro_rules! one { ($n:ident) => { #[derive(Debug)] struct $n; }; }
                 macro_rules! all { ($($n:ident),* $(,)?) => { $( one!($n); )* }; }
                 all!(Red, Green,);",
                vec!["#[derive(Debug)] struct Red;", "#[derive(Debug)] struct Green;"],
            ),
            (
                "macro_rules! get { ($($n:ident = $v:expr),* $(,)?) => { $( fn $n() -> i32 { $v * 2 } )* }; }
                 get! { width = 4, height = 5 + 1 }",
                vec!["fn width() -> i32 { 4 * 2 }", "fn height() -> i32 { (5 + 1) * 2 }"],
            ),
            (
                "macro_rules! en { ($(#[$m:meta])* $v:vis enum $n:ident { $($k:ident($($t:ty),*)),+ }) => {
                    $(#[$m])* $v enum $n { $($k($($t),*)),+ } impl $n { const ALL: &'static [&'static str] = &[$(stringify!($k)),+]; } } }
                 en! { #[derive(Debug)] pub enum E { A(u8, Vec<u8>), B() } }",
                vec![
                    "#[derive(Debug)] pub enum E { A(u8, Vec<u8>), B() }",
                    "impl E { const ALL: &'static [&'static str] = &[stringify!(A), stringify!(B)]; }",
                ],
            ),
            (
                "macro_rules! fns { () => {}; ($n:ident : $l:literal; $($rest:tt)*) => { const $n: i8 = $l; fns! { $($rest)* } } }
                 fns! { A: -1; B: 2; }",
                vec!["const A: i8 = -1;", "const B: i8 = 2;"],
            ),
        ] {
            let found = expanded(code).unwrap_or_default();
            let found: Vec<_> = found.iter().map(|item| plain(item)).collect();
            let expected: Vec<_> = expected.into_iter().map(plain).collect();
            assert_eq!(found, expected, "{code}");
        }
        for code in [
            "macro_rules! value { ($e:expr) => { $e } } value!(1);",
            "macro_rules! say { () => { println!(\"x\"); } } say!();",
            "macro_rules! f { ($e:expr) => { fn f() -> i32 { let x = 1; x + $e } } } f!(x);",
            "macro_rules! c { () => { use $crate::x; } } c!();",
            "unknown!(x);",
        ] {
            assert_eq!(expanded(code), None, "{code}");
        }
    }
}
