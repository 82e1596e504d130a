//! Where a part of a cell uses variables that are behind references: each use is written as a place, `(*name)`, so that it
//! means what it would mean of the variable itself.
//!
//! A name that the part binds itself, by `let`, a parameter or a pattern, is another variable from there on. Arguments are
//! looked into of those macros that are known to take expressions; to others a reference is given.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt, Token};

use super::Source;
use super::statement::bind;

/// Words that stand in front of a byte of a cell.
pub(crate) type Insertion = (usize, String);

/// What to insert into a statement, so that it uses the values behind these variables, in order.
pub(crate) fn dereferences(
    source: &Source,
    range: &Range<usize>,
    names: &BTreeSet<String>,
) -> Vec<Insertion> {
    let uses = uses(source, range, names).into_iter();
    let mut found: Vec<Insertion> = uses.flat_map(Use::insertions).collect();
    found.sort_by_key(|(at, _)| *at);
    found
}

/// Whether a statement uses at this byte a variable that it has not bound itself.
pub(crate) fn is_used_at(source: &Source, range: &Range<usize>, name: &str, at: usize) -> bool {
    let uses = uses(source, range, &BTreeSet::from([name.to_owned()]));
    uses.iter().any(|found| match &found.captured_by {
        Some(literal) => literal.contains(&at),
        None => found.range.start == at,
    })
}

/// The places in a statement's initial values that last as long as the variable which borrows them: in
/// `let name = &place.field`, `place`.
pub(crate) fn lasting_places(source: &Source, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for statement in parsed(source, range) {
        if let Stmt::Local(local) = &statement
            && let Some(init) = &local.init
        {
            extend(&init.expr, &mut found);
        }
    }
    shifted(found, range)
}

/// A use of a variable.
struct Use {
    range: Range<usize>,
    name: String,
    /// Whether it is `name` for `name: name` in a struct.
    is_short: bool,
    /// The format string that names it, of a call whose arguments end in `range`.
    captured_by: Option<Range<usize>>,
}

impl Use {
    fn insertions(self) -> Vec<Insertion> {
        let Self { range, name, .. } = self;
        if self.captured_by.is_some() {
            vec![(range.start, format!(", {name} = *{name}"))]
        } else if self.is_short {
            vec![(range.end, format!(": (*{name})"))]
        } else {
            vec![(range.start, "(*".to_owned()), (range.end, ")".to_owned())]
        }
    }
}

fn uses(source: &Source, range: &Range<usize>, names: &BTreeSet<String>) -> Vec<Use> {
    let mut survey = Survey {
        names,
        hidden: Vec::new(),
        found: Vec::new(),
    };
    for statement in parsed(source, range) {
        survey.visit_stmt(&statement);
    }
    let mut found = survey.found;
    for found in &mut found {
        let ranges = std::iter::once(&mut found.range).chain(&mut found.captured_by);
        for found in ranges {
            *found = found.start + range.start..found.end + range.start;
        }
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

/// A part of a cell once more as the parser sees it. What it cannot read, it was shown in other words.
fn parsed(source: &Source, range: &Range<usize>) -> Vec<Stmt> {
    let text = source.slice(range);
    let parse = |input: ParseStream| input.call(Block::parse_within);
    parse.parse_str(text).unwrap_or_default()
}

fn shifted(ranges: Vec<Range<usize>>, by: &Range<usize>) -> Vec<Range<usize>> {
    proc_macro2::extra::invalidate_current_thread_spans();
    let ranges = ranges.into_iter();
    ranges
        .map(|range| range.start + by.start..range.end + by.start)
        .collect()
}

/// Notes what is borrowed in a place where the borrowed value lives as long as the variable.
fn extend(expression: &Expr, found: &mut Vec<Range<usize>>) {
    match expression {
        Expr::Reference(reference) => {
            extend(&reference.expr, found);
            if reference.mutability.is_none() {
                let mut place = &*reference.expr;
                loop {
                    found.push(place.span().byte_range());
                    place = match place {
                        Expr::Field(field) => &field.base,
                        Expr::Index(index) => &index.expr,
                        Expr::Paren(inner) => &inner.expr,
                        _ => break,
                    };
                }
            }
        }
        Expr::Paren(inner) => extend(&inner.expr, found),
        Expr::Cast(cast) => extend(&cast.expr, found),
        Expr::Tuple(tuple) => tuple.elems.iter().for_each(|value| extend(value, found)),
        Expr::Array(array) => array.elems.iter().for_each(|value| extend(value, found)),
        Expr::Struct(fields) => {
            let mut values = fields.fields.iter().map(|field| &field.expr);
            values.by_ref().for_each(|value| extend(value, found));
        }
        Expr::Block(block) => {
            if let Some(Stmt::Expr(last, None)) = block.block.stmts.last() {
                extend(last, found);
            }
        }
        _ => {}
    }
}

struct Survey<'a> {
    names: &'a BTreeSet<String>,
    /// The names of other variables, innermost last.
    hidden: Vec<String>,
    found: Vec<Use>,
}

impl Survey<'_> {
    fn hide(&mut self, pattern: &Pat) {
        let mut bindings = Vec::new();
        bind(pattern, &mut bindings);
        self.hidden
            .extend(bindings.into_iter().map(|binding| binding.name));
    }

    /// Visits what ends the scope of the names that it hides.
    fn scope(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = self.hidden.len();
        visit(self);
        self.hidden.truncate(outside);
    }

    fn is_meant(&self, name: &str) -> bool {
        self.names.contains(name) && !self.hidden.iter().any(|hidden| hidden == name)
    }

    fn note(&mut self, ident: &syn::Ident, is_short: bool) {
        let name = ident.to_string();
        if self.is_meant(&name) {
            self.found.push(Use {
                range: ident.span().byte_range(),
                name,
                is_short,
                captured_by: None,
            });
        }
    }

    /// Visits the arguments of a macro that formats, among them the names that the string captures.
    fn format(&mut self, call: &syn::Macro, arguments: &[Expr]) {
        let mut given = BTreeSet::new();
        for argument in arguments {
            match argument {
                // `name = value` names an argument.
                Expr::Assign(named) => {
                    if let Expr::Path(path) = &*named.left {
                        given.extend(path.path.get_ident().map(ToString::to_string));
                    }
                    self.visit_expr(&named.right);
                }
                other => self.visit_expr(other),
            }
        }
        let is_string = |argument: &&Expr| matches!(argument, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Str(_)));
        let Some(Expr::Lit(literal)) = arguments.iter().find(is_string) else {
            return;
        };
        let syn::Lit::Str(format) = &literal.lit else {
            return;
        };
        let close = call.delimiter.span().close().byte_range().start;
        let written = arguments.last().map(|last| last.span().byte_range().end);
        for name in super::words::captured_names(&format.value()).collect::<BTreeSet<_>>() {
            if self.is_meant(&name) && !given.contains(&name) {
                // Behind the last argument, so that a comma may follow.
                let at = written.unwrap_or(close);
                self.found.push(Use {
                    range: at..at,
                    name,
                    is_short: false,
                    captured_by: Some(literal.span().byte_range()),
                });
            }
        }
    }
}

impl<'ast> Visit<'ast> for Survey<'_> {
    fn visit_block(&mut self, block: &'ast Block) {
        self.scope(|survey| visit::visit_block(survey, block));
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
        self.hide(&local.pat);
    }

    fn visit_expr_let(&mut self, expression: &'ast syn::ExprLet) {
        self.visit_expr(&expression.expr);
        self.hide(&expression.pat);
    }

    fn visit_expr_if(&mut self, expression: &'ast syn::ExprIf) {
        self.scope(|survey| {
            survey.visit_expr(&expression.cond);
            survey.visit_block(&expression.then_branch);
        });
        if let Some((_, otherwise)) = &expression.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.scope(|survey| visit::visit_expr_while(survey, expression));
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        self.visit_expr(&expression.expr);
        self.scope(|survey| {
            survey.hide(&expression.pat);
            survey.visit_block(&expression.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|survey| {
            survey.hide(&arm.pat);
            if let Pat::Guard(guarded) = &arm.pat {
                survey.visit_expr(&guarded.guard);
            }
            survey.visit_expr(&arm.body);
        });
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|survey| {
            closure.inputs.iter().for_each(|input| survey.hide(input));
            survey.visit_expr(&closure.body);
        });
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let Some(ident) = path.path.get_ident() {
            self.note(ident, false);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        match &field.member {
            syn::Member::Named(ident) if field.colon_token.is_none() => self.note(ident, true),
            _ => self.visit_expr(&field.expr),
        }
    }

    fn visit_expr_repeat(&mut self, array: &'ast syn::ExprRepeat) {
        self.visit_expr(&array.expr);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let Some(name) = call.path.segments.last().map(|last| last.ident.to_string()) else {
            return;
        };
        let several = Punctuated::<Expr, Token![,]>::parse_terminated;
        let tokens = call.tokens.clone();
        match name.as_str() {
            "assert" | "assert_eq" | "assert_ne" | "debug_assert" | "debug_assert_eq"
            | "debug_assert_ne" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
            | "print" | "println" | "todo" | "unimplemented" | "unreachable" | "write"
            | "writeln" => {
                if let Ok(arguments) = several.parse2(tokens) {
                    let arguments: Vec<Expr> = arguments.into_iter().collect();
                    self.format(call, &arguments);
                }
            }
            "dbg" | "join" | "vec" => {
                let repeated = |input: ParseStream| {
                    let value = input.parse::<Expr>()?;
                    input.parse::<Token![;]>()?;
                    Ok((value, input.parse::<Expr>()?))
                };
                if let Ok((value, count)) = repeated.parse2(tokens.clone()) {
                    self.visit_expr(&value);
                    self.visit_expr(&count);
                } else if let Ok(arguments) = several.parse2(tokens) {
                    arguments.iter().for_each(|value| self.visit_expr(value));
                }
            }
            "matches" => {
                let first = |input: ParseStream| {
                    let value = input.parse::<Expr>()?;
                    input.parse::<proc_macro2::TokenStream>()?;
                    Ok(value)
                };
                if let Ok(value) = first.parse2(tokens) {
                    self.visit_expr(&value);
                }
            }
            _ => {}
        }
    }

    // Neither items nor types nor patterns see variables.
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_pat(&mut self, _: &'ast Pat) {}

    fn visit_angle_bracketed_generic_arguments(
        &mut self,
        _: &'ast syn::AngleBracketedGenericArguments,
    ) {
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::CellId;

    #[test]
    fn uses_become_places_where_the_variable_is_meant() {
        for (code, expected) in [
            ("t.len() + t[0]", "(*t).len() + (*t)[0]"),
            ("let t = f(&t);", "let t = f(&(*t));"),
            ("f({ let t = 1; t }, t)", "f({ let t = 1; t }, (*t))"),
            ("|t: u8| t + 1", "|t: u8| t + 1"),
            ("for t in t { t }", "for t in (*t) { t }"),
            (
                "if let Some(t) = t && t > 1 { t } else { t }",
                "if let Some(t) = (*t) && t > 1 { t } else { (*t) }",
            ),
            (
                "while let Some(t) = t.pop() { t }",
                "while let Some(t) = (*t).pop() { t }",
            ),
            (
                "match t { Some(t) if t > 0 => t, _ => t }",
                "match (*t) { Some(t) if t > 0 => t, _ => (*t) }",
            ),
            ("S { t, u: t, ..t }", "S { t: (*t), u: (*t), ..(*t) }"),
            ("a.t + t::<u8>() + m::t", "a.t + t::<u8>() + m::t"),
            ("fn f(t: u8) -> u8 { t }", "fn f(t: u8) -> u8 { t }"),
            ("format!(\"{t}\")", "format!(\"{t}\", t = *t)"),
            (
                "println!(\"{} {t:?} {u}\", t, u = t,)",
                "println!(\"{} {t:?} {u}\", (*t), u = (*t), t = *t,)",
            ),
            ("assert_eq!(t, [1])", "assert_eq!((*t), [1])"),
            ("vec![t; t.len()]", "vec![(*t); (*t).len()]"),
            (
                "matches!(t, Some(x) if x > 1)",
                "matches!((*t), Some(x) if x > 1)",
            ),
            ("other!(t)", "other!(t)"),
            ("[t; 3]", "[(*t); 3]"),
            ("(t, u) = (1, 2);", "((*t), u) = (1, 2);"),
        ] {
            let text: Arc<str> = format!("  {code}").into();
            let source = Source::new(CellId(1), None, Arc::clone(&text), text);
            let names = BTreeSet::from(["t".to_owned()]);
            let mut written = source.code.to_string();
            let found = dereferences(&source, &(2..source.code.len()), &names);
            for (at, words) in found.into_iter().rev() {
                written.insert_str(at, &words);
            }
            assert_eq!(written.trim_start(), expected);
        }
    }

    #[test]
    fn what_a_let_borrows_lasts() {
        let text: Arc<str> = "let r = (&f(1).a[0], S { x: &g() }, h(&i()), &mut j());".into();
        let source = Source::new(CellId(1), None, Arc::clone(&text), text);
        let found = lasting_places(&source, &(0..source.code.len()));
        let found: Vec<&str> = found.iter().map(|range| source.slice(range)).collect();
        assert_eq!(found, ["f(1).a[0]", "f(1).a", "f(1)", "g()"]);
    }
}
