//! Statements of a cell: what they bind, and where the engine may have to change them.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Local, Pat, ReturnType, Stmt};

/// A statement of a cell, or its tail expression.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Where it stands.
    pub(crate) range: Range<usize>,
    /// The variables that a `let` binds, in order.
    pub(crate) bindings: Vec<Binding>,
    /// For `let name = value`, what is needed to change the type of `name`.
    pub(crate) simple_let: Option<SimpleLet>,
    /// The variables that it assigns to as a whole.
    pub(crate) assigned: Vec<String>,
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

/// `let name = value;`, where the name has no type annotation.
#[derive(Clone, Debug)]
pub(crate) struct SimpleLet {
    /// Where the type annotation would go.
    pub(crate) name_end: usize,
    /// The initial value.
    pub(crate) value: Range<usize>,
    /// The value's signature as `(&_, _) -> _`, if it is a closure.
    pub(crate) closure: Option<String>,
}

impl Statement {
    /// Reads a statement.
    pub(crate) fn new(statement: &Stmt, code: &str) -> Self {
        let mut survey = Survey::default();
        survey.visit_stmt(statement);
        let mut bindings = Vec::new();
        let mut simple_let = None;
        if let Stmt::Local(local) = statement {
            bind(&local.pat, &mut bindings);
            simple_let = SimpleLet::new(local, code);
        }
        Self {
            range: statement.span().byte_range(),
            bindings,
            simple_let,
            assigned: survey.assigned,
            awaits: survey.awaits,
        }
    }
}

impl SimpleLet {
    fn new(local: &Local, code: &str) -> Option<Self> {
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else {
            return None;
        };
        if name.subpat.is_some() || name.by_ref.is_some() || init.diverge.is_some() {
            return None;
        }
        let closure = match &*init.expr {
            Expr::Closure(closure) if closure.asyncness.is_none() => Some(signature(closure, code)),
            _ => None,
        };
        Some(Self {
            name_end: name.span().byte_range().end,
            value: init.expr.span().byte_range(),
            closure,
        })
    }
}

/// A closure's signature, with `_` where the compiler is to find out; references keep their form, because only then
/// the closure works for all lifetimes.
fn signature(closure: &syn::ExprClosure, code: &str) -> String {
    let of_type = |ty: &syn::Type| match ty {
        syn::Type::Reference(reference) if reference.mutability.is_some() => "&mut _".to_owned(),
        syn::Type::Reference(_) => "&_".to_owned(),
        _ => "_".to_owned(),
    };
    let parameters: Vec<_> = closure
        .inputs
        .iter()
        .map(|pattern| match pattern {
            Pat::Type(typed) => of_type(&typed.ty),
            _ => "_".to_owned(),
        })
        .collect();
    let output = match &closure.output {
        ReturnType::Default => "_",
        ReturnType::Type(_, ty) => &code[ty.span().byte_range()],
    };
    format!("({}) -> {output}", parameters.join(", "))
}

/// The variables that a pattern binds. A name that begins with a capital is taken for a constant or a variant.
fn bind(pattern: &Pat, found: &mut Vec<Binding>) {
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
    awaits: bool,
}

impl Survey {
    /// Visits what has an async context of its own.
    fn nested(&mut self, visit: impl FnOnce(&mut Self)) {
        let awaits = self.awaits;
        visit(self);
        self.awaits = awaits;
    }
}

impl<'ast> Visit<'ast> for Survey {
    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if let Expr::Path(path) = &*assign.left
            && let Some(name) = path.path.get_ident()
        {
            self.assigned.push(name.to_string());
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.awaits = true;
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.nested(|survey| visit::visit_expr_async(survey, block));
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.nested(|survey| visit::visit_expr_closure(survey, closure));
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.nested(|survey| visit::visit_item(survey, item));
    }
}
