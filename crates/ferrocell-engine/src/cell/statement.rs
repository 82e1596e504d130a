//! Statements of a cell: what they bind, and where the engine may have to change them.

use std::collections::BTreeSet;
use std::mem;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Local, Pat, ReturnType, Stmt};

use super::words::names_in;

/// A statement of a cell, or its tail expression.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Where it stands.
    pub(crate) range: Range<usize>,
    /// The part of it that can name variables which are there before it: all but the pattern of a `let`.
    pub(crate) reads: Range<usize>,
    /// The variables that a `let` binds, in order.
    pub(crate) bindings: Vec<Binding>,
    /// For `let name = |…| …`, the closure's signature.
    pub(crate) closure: Option<Signature>,
    /// For `let name = LazyLock::new(…)` and `LazyCell`, what makes the value.
    pub(crate) lazy: Option<Lazy>,
    /// The path of the file that it includes, if it is `include!("…")` and nothing else.
    pub(crate) included: Option<String>,
    /// The variables that it assigns to as a whole.
    pub(crate) assigned: Vec<String>,
    /// The variables of which it assigns fields.
    pub(crate) assigned_in_part: Vec<String>,
    /// The names among the arguments of macros, which may assign to them.
    pub(crate) named_in_macros: Vec<String>,
    /// The names of variables that it moves, as far as its form tells: many do not move what is `Copy`.
    pub(crate) moved: BTreeSet<String>,
    /// Whether it awaits something outside of an async block or closure.
    pub(crate) awaits: bool,
}

/// A variable that a pattern binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Its name.
    pub(crate) name: String,
    /// Whether it was declared `mut`.
    pub(crate) mutable: bool,
}

/// What is known of how a closure is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// `Fn`, `FnMut` or `FnOnce`.
    pub(crate) kind: &'static str,
    /// Its parameters: references keep their form, because only then the closure works for all lifetimes; the rest is
    /// `_`, for the compiler to find out.
    pub(crate) parameters: Vec<String>,
    /// What it returns.
    pub(crate) output: String,
}

/// What makes the value of a `LazyLock` or `LazyCell`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lazy {
    /// The argument of `new`, with its parentheses.
    pub(crate) range: Range<usize>,
    /// Whether it is a `LazyLock`, which threads may share.
    pub(crate) is_shared: bool,
}

impl Statement {
    /// Reads a statement.
    pub(crate) fn new(statement: &Stmt, code: &str) -> Self {
        let mut survey = Survey::default();
        survey.visit_stmt(statement);
        let mut bindings = Vec::new();
        let (mut closure, mut lazy) = (None, None);
        let range = statement.span().byte_range();
        let mut reads = range.clone();
        if let Stmt::Local(local) = statement {
            reads.start = local.pat.span().byte_range().end;
            bind(&local.pat, &mut bindings);
            closure = Signature::of_let(local, code);
            lazy = Lazy::of_let(local);
        }
        Self {
            range,
            reads,
            bindings,
            closure,
            lazy,
            included: included(statement),
            moved: survey.take_moved(code),
            assigned: survey.assigned,
            assigned_in_part: survey.assigned_in_part,
            named_in_macros: survey.named_in_macros,
            awaits: survey.awaits,
        }
    }
}

impl Statement {
    /// Calls a variable by another name.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        let bound = self.bindings.iter_mut().map(|binding| &mut binding.name);
        for name in bound.chain(&mut self.assigned).filter(|name| *name == from) {
            to.clone_into(name);
        }
    }
}

impl Lazy {
    fn of_let(local: &Local) -> Option<Self> {
        let (Pat::Ident(_), Expr::Call(call)) = (&local.pat, &*local.init.as_ref()?.expr) else {
            return None;
        };
        let Expr::Path(path) = &*call.func else {
            return None;
        };
        let names: Vec<_> = path
            .path
            .segments
            .iter()
            .map(|segment| &segment.ident)
            .collect();
        let [.., ty, new] = &names[..] else {
            return None;
        };
        let is_shared = *ty == "LazyLock";
        let is_lazy = (is_shared || *ty == "LazyCell") && *new == "new";
        (is_lazy && call.args.len() == 1).then(|| Self {
            range: call.paren_token.span.join().byte_range(),
            is_shared,
        })
    }
}

impl Signature {
    /// That of the closure in `let name = |…| …`, as far as it is written there.
    fn of_let(local: &Local, code: &str) -> Option<Self> {
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else {
            return None;
        };
        let Expr::Closure(closure) = &*init.expr else {
            return None;
        };
        // What a closure within a closure is called with is only known to the compiler.
        if closure.asyncness.is_some() || is_closure(&closure.body) {
            return None;
        }
        let parameters = closure.inputs.iter().map(|pattern| match pattern {
            Pat::Type(typed) => shape(&typed.ty),
            _ => "_".to_owned(),
        });
        Some(Self {
            // Whoever wants to call a closure that changes what it holds declares it so.
            kind: if name.mutability.is_some() {
                "FnMut"
            } else {
                "Fn"
            },
            parameters: parameters.collect(),
            output: match &closure.output {
                ReturnType::Default => "_".to_owned(),
                ReturnType::Type(_, ty) => code[ty.span().byte_range()].to_owned(),
            },
        })
    }
}

fn included(statement: &Stmt) -> Option<String> {
    let call = match statement {
        Stmt::Macro(call) => &call.mac,
        Stmt::Expr(Expr::Macro(call), _) => &call.mac,
        _ => return None,
    };
    let path: syn::LitStr = syn::parse2(call.tokens.clone()).ok()?;
    call.path.is_ident("include").then(|| path.value())
}

fn is_closure(expression: &Expr) -> bool {
    match expression {
        Expr::Closure(_) | Expr::Async(_) => true,
        Expr::Paren(inner) => is_closure(&inner.expr),
        Expr::Block(block) => {
            matches!(block.block.stmts.last(), Some(Stmt::Expr(last, None)) if is_closure(last))
        }
        _ => false,
    }
}

/// The references that a type consists of, with `_` for the rest.
pub(crate) fn shape(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Reference(reference) => {
            let mutability = if reference.mutability.is_some() {
                "mut "
            } else {
                ""
            };
            format!("&{mutability}{}", shape(&reference.elem))
        }
        syn::Type::Tuple(tuple) => {
            let elements = tuple.elems.iter().map(|element| shape(element) + ", ");
            format!("({})", elements.collect::<String>())
        }
        syn::Type::Slice(slice) => format!("[{}]", shape(&slice.elem)),
        _ => "_".to_owned(),
    }
}

/// The variables that a pattern binds. A name that begins with a capital is taken for a constant or a variant.
pub(super) fn bind(pattern: &Pat, found: &mut Vec<Binding>) {
    match pattern {
        Pat::Ident(ident) => {
            let name = ident.ident.to_string();
            let is_constant = name.starts_with(char::is_uppercase)
                && ident.mutability.is_none()
                && ident.subpat.is_none();
            if !is_constant && !found.iter().any(|binding| binding.name == name) {
                found.push(Binding {
                    name,
                    mutable: ident.mutability.is_some(),
                });
            }
            if let Some((_, pattern)) = &ident.subpat {
                bind(pattern, found);
            }
        }
        Pat::Or(or) => or
            .cases
            .first()
            .into_iter()
            .for_each(|pattern| bind(pattern, found)),
        Pat::Guard(guarded) => bind(&guarded.pat, found),
        Pat::Paren(paren) => bind(&paren.pat, found),
        Pat::Reference(reference) => bind(&reference.pat, found),
        Pat::Slice(slice) => slice.elems.iter().for_each(|pattern| bind(pattern, found)),
        Pat::Struct(fields) => fields
            .fields
            .iter()
            .for_each(|field| bind(&field.pat, found)),
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|pattern| bind(pattern, found)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|pattern| bind(pattern, found)),
        Pat::Type(typed) => bind(&typed.pat, found),
        _ => {}
    }
}

/// What is looked for inside of a statement.
#[derive(Default)]
struct Survey {
    assigned: Vec<String>,
    assigned_in_part: Vec<String>,
    named_in_macros: Vec<String>,
    moved: BTreeSet<String>,
    /// The closures that move what they name.
    moving: Vec<Range<usize>>,
    awaits: bool,
}

impl Survey {
    /// Takes what is moved, with what closures move.
    fn take_moved(&mut self, code: &str) -> BTreeSet<String> {
        let closures = self.moving.drain(..);
        let by_closures = closures.flat_map(|range| names_in(&code[range]));
        self.moved.extend(by_closures);
        mem::take(&mut self.moved)
    }

    /// Notes that the variable is moved that is all of an expression.
    fn move_whole(&mut self, expression: &Expr) {
        if let Expr::Path(path) = expression {
            let name = path.path.get_ident().map(ToString::to_string);
            self.moved.extend(name);
        }
    }

    /// Visits what has an async context of its own.
    fn nested(&mut self, visit: impl FnOnce(&mut Self)) {
        let awaits = self.awaits;
        visit(self);
        self.awaits = awaits;
    }

    /// Notes what an assignment to this place, or pattern of places, gives a value.
    fn assign(&mut self, place: &Expr) {
        match place {
            Expr::Path(path) => self
                .assigned
                .extend(path.path.get_ident().map(ToString::to_string)),
            Expr::Field(field) => {
                let mut base = &*field.base;
                while let Expr::Field(outer) = base {
                    base = &outer.base;
                }
                if let Expr::Path(path) = base {
                    let name = path.path.get_ident().map(ToString::to_string);
                    self.assigned_in_part.extend(name);
                }
            }
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|place| self.assign(place)),
            Expr::Array(array) => array.elems.iter().for_each(|place| self.assign(place)),
            Expr::Call(call) => call.args.iter().for_each(|place| self.assign(place)),
            Expr::Struct(fields) => fields
                .fields
                .iter()
                .for_each(|field| self.assign(&field.expr)),
            Expr::Paren(inner) => self.assign(&inner.expr),
            _ => {}
        }
    }

    /// Notes the names among the tokens of a macro call, and whether it awaits something, as far as they tell.
    fn name(&mut self, tokens: TokenStream) {
        let mut is_async = false;
        for token in tokens {
            match token {
                TokenTree::Group(group) if is_async => {
                    self.nested(|survey| survey.name(group.stream()));
                    is_async = false;
                }
                TokenTree::Group(group) => self.name(group.stream()),
                TokenTree::Ident(name) => {
                    is_async = name == "async" || is_async && name == "move";
                    self.awaits |= name == "await";
                    self.named_in_macros.push(name.to_string());
                }
                _ => is_async = false,
            }
        }
    }
}

/// Whether calls of this macro await something: `tokio::join!`, `futures::select!`. Of others, rustc tells.
fn awaits(path: &syn::Path) -> bool {
    const LIBRARIES: [&str; 3] = ["tokio", "futures", "futures_util"];
    const MACROS: [&str; 4] = ["join", "try_join", "select", "select_biased"];
    let is_of = |segment: Option<&syn::PathSegment>, names: &[&str]| {
        segment.is_some_and(|segment| names.iter().any(|name| segment.ident == name))
    };
    let segments = &path.segments;
    segments.len() > 1 && is_of(segments.first(), &LIBRARIES) && is_of(segments.last(), &MACROS)
}

impl<'ast> Visit<'ast> for Survey {
    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.assign(&assign.left);
        visit::visit_expr_assign(self, assign);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.awaits |= awaits(&call.path);
        self.name(call.tokens.clone());
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.awaits = true;
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.nested(|survey| visit::visit_expr_async(survey, block));
    }

    fn visit_expr_for_loop(&mut self, repeated: &'ast syn::ExprForLoop) {
        self.move_whole(&repeated.expr);
        visit::visit_expr_for_loop(self, repeated);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if method.starts_with("into_") || method == "join" && call.args.is_empty() {
            self.move_whole(&call.receiver);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if matches!(&*call.func, Expr::Path(path) if path.path.is_ident("drop")) {
            call.args.iter().for_each(|value| self.move_whole(value));
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        if closure.capture.is_some() {
            self.moving.push(closure.body.span().byte_range());
        }
        self.nested(|survey| visit::visit_expr_closure(survey, closure));
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.nested(|survey| visit::visit_item(survey, item));
    }
}
