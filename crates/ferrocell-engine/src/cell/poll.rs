//! Where the user's code looks whether it is asked to stop: at the start of each function, of each closure and of each
//! turn of a loop.
//!
//! Nothing in a `const` context does, because there is nothing to call there. Words inside of macro calls are left
//! alone: nobody knows what becomes of them.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{AttrStyle, Attribute, Block, Expr, LitStr, MacroDelimiter, Signature, Stmt};

/// Words of ours that stand in front of a byte of a cell.
#[derive(Clone, Debug)]
pub(crate) struct Poll {
    /// The byte.
    pub(crate) at: usize,
    /// The words.
    pub(crate) words: &'static str,
}

/// The polls of a cell, in order.
pub(crate) fn polls(statements: &[Stmt]) -> Vec<Poll> {
    let mut survey = Survey::default();
    for statement in statements {
        survey.visit_stmt(statement);
    }
    survey.found.sort_by_key(|poll| poll.at);
    survey.found
}

const POLL: &str = " ::ferrocell_runtime::checkpoint(); ";
/// Keeps polls from unwinding a function out of which nothing may unwind.
const SHIELD: &str = " let __ferrocell_shield = ::ferrocell_runtime::Shield::raise(); ";

#[derive(Default)]
struct Survey {
    found: Vec<Poll>,
    is_const: bool,
}

impl Survey {
    /// Visits what is evaluated at compile time, or what is not.
    fn within(&mut self, is_const: bool, visit: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.is_const, is_const);
        visit(self);
        self.is_const = outside;
    }

    fn insert(&mut self, at: usize, words: &'static str) {
        if !self.is_const {
            self.found.push(Poll { at, words });
        }
    }

    /// Puts words at the start of a block, behind the inner attributes (doc comments among them) of whatever it is the
    /// body of.
    fn enter(&mut self, attributes: &[Attribute], block: &Block, words: &'static str) {
        let is_inner = |attribute: &Attribute| matches!(attribute.style, AttrStyle::Inner(_));
        let braces = block.brace_token.span;
        let at = match block.stmts.first() {
            _ if !attributes.iter().any(is_inner) => braces.open().byte_range().end,
            Some(first) => first.span().byte_range().start,
            None => braces.close().byte_range().start,
        };
        self.insert(at, words);
    }

    fn function(&mut self, attributes: &[Attribute], signature: &Signature, body: &Block) {
        if is_naked(body) {
            return;
        }
        let words = if may_unwind(signature) { POLL } else { SHIELD };
        self.within(signature.constness.is_some(), |survey| {
            survey.enter(attributes, body, words);
            survey.visit_block(body);
        });
    }

    fn closure_body(&mut self, body: &Expr) {
        if let Expr::Block(block) = body {
            return self.enter(&block.attrs, &block.block, POLL);
        }
        let (open, close) = if needs_parentheses(body) {
            ("{ ::ferrocell_runtime::checkpoint(); (", ") }")
        } else {
            ("{ ::ferrocell_runtime::checkpoint(); ", " }")
        };
        let range = body.span().byte_range();
        self.insert(range.start, open);
        self.insert(range.end, close);
    }
}

impl<'ast> Visit<'ast> for Survey {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.attrs, &item.sig, body);
        }
    }

    fn visit_expr_loop(&mut self, expression: &'ast syn::ExprLoop) {
        self.enter(&expression.attrs, &expression.body, POLL);
        visit::visit_expr_loop(self, expression);
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.enter(&expression.attrs, &expression.body, POLL);
        visit::visit_expr_while(self, expression);
    }

    fn visit_expr_for_loop(&mut self, expression: &'ast syn::ExprForLoop) {
        self.enter(&expression.attrs, &expression.body, POLL);
        visit::visit_expr_for_loop(self, expression);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        // A closure in a `const` context is only made there, unless it says otherwise.
        self.within(closure.constness.is_some(), |survey| {
            survey.closure_body(&closure.body);
            survey.visit_expr(&closure.body);
        });
    }

    fn visit_expr_const(&mut self, block: &'ast syn::ExprConst) {
        self.within(true, |survey| visit::visit_expr_const(survey, block));
    }

    fn visit_expr_repeat(&mut self, array: &'ast syn::ExprRepeat) {
        self.visit_expr(&array.expr);
        self.within(true, |survey| survey.visit_expr(&array.len));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.within(true, |survey| visit::visit_item_const(survey, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.within(true, |survey| visit::visit_item_static(survey, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.within(true, |survey| visit::visit_impl_item_const(survey, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.within(true, |survey| visit::visit_trait_item_const(survey, item));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.within(true, |survey| visit::visit_variant(survey, variant));
    }

    // What is computed inside of types and among the arguments of generics is constant, and nothing else is.
    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_generics(&mut self, _: &'ast syn::Generics) {}

    fn visit_angle_bracketed_generic_arguments(
        &mut self,
        _: &'ast syn::AngleBracketedGenericArguments,
    ) {
    }
}

/// Whether a body is nothing but assembly.
fn is_naked(body: &Block) -> bool {
    let path = match body.stmts.as_slice() {
        [Stmt::Macro(call)] => &call.mac.path,
        [Stmt::Expr(Expr::Macro(call), _)] => &call.mac.path,
        _ => return false,
    };
    path.segments
        .last()
        .is_some_and(|name| name.ident == "naked_asm")
}

/// Whether a panic may leave a function of this signature: only the ABI tells.
fn may_unwind(signature: &Signature) -> bool {
    signature.abi.as_ref().is_none_or(|abi| {
        // Without a name, it is that of C.
        let name = abi.name.as_ref().map(LitStr::value);
        name.is_some_and(|name| name == "Rust" || name.ends_with("-unwind"))
    })
}

/// Whether an expression would mean something else if it stood where a statement is expected.
fn needs_parentheses(expression: &Expr) -> bool {
    let mut leftmost = expression;
    loop {
        leftmost = match leftmost {
            Expr::Assign(inner) => &inner.left,
            Expr::Await(inner) => &inner.base,
            Expr::Binary(inner) => &inner.left,
            Expr::Call(inner) => &inner.func,
            Expr::Cast(inner) => &inner.expr,
            Expr::Field(inner) => &inner.base,
            Expr::Index(inner) => &inner.expr,
            Expr::MethodCall(inner) => &inner.receiver,
            Expr::Range(syn::ExprRange {
                start: Some(start), ..
            }) => start,
            Expr::Try(inner) => &inner.expr,
            Expr::Macro(call) => {
                return std::ptr::eq(leftmost, expression)
                    || matches!(call.mac.delimiter, MacroDelimiter::Brace(_));
            }
            Expr::Async(_)
            | Expr::Block(_)
            | Expr::Const(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::TryBlock(_)
            | Expr::Unsafe(_)
            | Expr::While(_) => return !std::ptr::eq(leftmost, expression),
            _ => return false,
        };
    }
}
