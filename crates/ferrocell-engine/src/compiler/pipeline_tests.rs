//! The pure core: cells in, plans and code out, without a compiler.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use crate::CellId;
use crate::cell::Cell;
use crate::compiler::adjustments::Adjustments;
use crate::compiler::generate::{Deps, generate};
use crate::compiler::plan::plan;
use crate::compiler::state::{State, Variable};
use crate::settings::Settings;

/// The session after some cells, with all their variables being numbers.
fn after(cells: &[&str]) -> State {
    let mut state = State::default();
    for (index, text) in cells.iter().enumerate() {
        let cell = parse(&state, index as u64 + 1, text);
        let plan = plan(&state, &cell);
        state = plan.apply(&state, &cell, &Adjustments::default());
        for (name, mutable) in plan.bound {
            state.variables.insert(
                name,
                Variable {
                    ty: "i32".to_owned(),
                    mutable,
                    shared: None,
                },
            );
        }
    }
    state
}

fn parse(state: &State, number: u64, text: &str) -> Cell {
    Cell::parse(CellId(number), text, |name| state.macro_definition(name))
        .expect("the cell is right")
}

/// The code of the last cell, without what is the same for all.
fn check(cells: &[&str], expected: Expect) {
    check_adjusted(cells, &Adjustments::default(), expected);
}

fn check_adjusted(cells: &[&str], adjustments: &Adjustments, expected: Expect) {
    let (last, earlier) = cells.split_last().expect("there is a cell");
    let state = after(earlier);
    let cell = parse(&state, cells.len() as u64, last);
    let generated = generate(
        &cell,
        &plan(&state, &cell),
        &Settings::default(),
        adjustments,
        Deps::None,
    );
    let same = [
        "#![",
        "macro_rules! print",
        "#[unsafe(export_name = \"ferrocell_enter\")]",
        "extern \"C\" fn __ferrocell_enter()",
        "let __ferrocell_shield",
    ];
    let lines = generated
        .text
        .lines()
        .filter(|line| !same.iter().any(|start| line.starts_with(start)))
        .map(|line| match line.starts_with("pub(crate) mod cell_") {
            true => "pub(crate) mod cell_# {",
            false => line,
        });
    expected.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

/// What the last cell needs of the earlier items, as `name` if it is linked and `name!` if it is compiled again.
fn check_needs(cells: &[&str], expected: &str) {
    let (last, earlier) = cells.split_last().expect("there is a cell");
    let state = after(earlier);
    let cell = parse(&state, cells.len() as u64, last);
    let plan = plan(&state, &cell);
    let needs = plan.needed.iter().map(|index| {
        let known = &plan.survivors[*index];
        let names = known.item.names().join("+");
        let name = if names.is_empty() {
            known
                .item
                .code()
                .split('{')
                .next()
                .unwrap_or_default()
                .trim()
        } else {
            &names
        };
        format!("{name}{}", if known.is_linked() { "" } else { "!" })
    });
    assert_eq!(needs.collect::<Vec<_>>().join(" "), expected, "{last}");
}

#[test]
fn only_variables_that_a_cell_names_leave_the_store() {
    check(
        &["let a = 1; let mut b = 2;", "b += 1; let c = b;"],
        expect![[r#"
            pub(crate) mod cell_# {
            use crate::*;
            let mut b: i32 = unsafe { ferrocell_runtime::take("b") };
            let mut __ferrocell_body = ::core::option::Option::Some(|| -> ::core::result::Result<(), ferrocell_runtime::Failure> {
            b += 1;
            ferrocell_runtime::checkpoint();
            let c = b;
            ferrocell_runtime::checkpoint();
            let __ferrocell_slot_c = ferrocell_runtime::slot("c", &c);
            __ferrocell_slot_c.keep(c);
            <::core::result::Result<(), ferrocell_runtime::Failure>>::Ok(())
            });
            let __ferrocell_end = ferrocell_runtime::run(&mut __ferrocell_body);
            ::core::mem::drop(__ferrocell_body);
            ferrocell_runtime::restore("b", b);
            __ferrocell_end
            }
            }"#]],
    );
}

#[test]
fn earlier_functions_and_statics_are_declared() {
    check(
        &[
            "static N: i32 = 1; fn first() -> i32 { N } fn other() {}",
            "pub(crate) fn second<'a>(mut s: &'a str, (a, b): (i32, i32)) -> &'a str { first(); s }",
            "second(\"\", (1, 2))",
        ],
        expect![[r#"
            pub(crate) mod cell_# {
            use crate::*;
            unsafe extern "Rust" { #[link_name = "ferrocell_0002_second"] pub(crate) safe fn second<'a>(s: &'a str, _: (i32, i32)) -> &'a str ; }
            let mut __ferrocell_body = ::core::option::Option::Some(|| -> ::core::result::Result<(), ferrocell_runtime::Failure> {
            match &(second("", (1, 2))
            ) { __ferrocell_tail => {
            ferrocell_runtime::checkpoint();
            use ferrocell_runtime::{DebugText as _, Fallback as _, Finds as _, Finish as _, Stop as _, Through as _, TypeText as _};
            let __ferrocell_chain = || {
            let mut value = __ferrocell_tail;
            let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();
            let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();
            let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();
            let mut value = (&&&ferrocell_runtime::Step(value.evcxr_display())).ferrocell_next();
            value
            };
            if ferrocell_runtime::chain(&__ferrocell_chain).ferrocell_finds() {
            ferrocell_runtime::show_rich(|| { __ferrocell_chain(); }, &(&&ferrocell_runtime::Value(__ferrocell_tail)).ferrocell_text());
            } else {
            ferrocell_runtime::show(&(&&ferrocell_runtime::Value(__ferrocell_tail)).ferrocell_text(), false);
            }
            } };
            <::core::result::Result<(), ferrocell_runtime::Failure>>::Ok(())
            });
            let __ferrocell_end = ferrocell_runtime::run(&mut __ferrocell_body);
            ::core::mem::drop(__ferrocell_body);
            __ferrocell_end
            }
            }"#]],
    );
}

#[test]
fn a_moved_variable_is_put_back_from_inside_or_not_at_all() {
    let adjustments = Adjustments {
        reassigned: ["a".to_owned()].into(),
        gone: BTreeMap::from([("b".to_owned(), "moved".to_owned())]),
        ..Adjustments::default()
    };
    check_adjusted(
        &["let a = 1; let b = 2;", "a = f(a); drop(b);"],
        &adjustments,
        expect![[r#"
            pub(crate) mod cell_# {
            use crate::*;
            let a: i32 = unsafe { ferrocell_runtime::take("a") };
            let b: i32 = unsafe { ferrocell_runtime::take("b") };
            let mut __ferrocell_body = ::core::option::Option::Some(|| -> ::core::result::Result<(), ferrocell_runtime::Failure> {
            let b = b;
            a = f(a);
            ferrocell_runtime::checkpoint();
            drop(b);
            ferrocell_runtime::checkpoint();
            let __ferrocell_slot_a = ferrocell_runtime::slot("a", &a);
            __ferrocell_slot_a.keep(a);
            <::core::result::Result<(), ferrocell_runtime::Failure>>::Ok(())
            });
            let __ferrocell_end = ferrocell_runtime::run(&mut __ferrocell_body);
            ::core::mem::drop(__ferrocell_body);
            __ferrocell_end
            }
            }"#]],
    );
}

#[test]
fn a_cell_needs_what_it_names_and_what_that_needs() {
    check_needs(&["fn f() {} fn g() { f() } struct S;", "g()"], "g");
    check_needs(
        &["struct S; fn make() -> S { S } fn other() {}", "make()"],
        "S! make",
    );
    check_needs(
        &[
            "struct S; impl S { fn m(&self) {} } struct T; impl T {}",
            "S.m()",
        ],
        "S! impl S!",
    );
    check_needs(
        &[
            "trait Area { fn area(&self) {} } impl Area for i32 {}",
            "3.area()",
        ],
        "Area! impl Area for i32!",
    );
    check_needs(
        &["use std::fmt; use std::io::Write; use rand::random;", "1"],
        "Write!",
    );
    check_needs(
        &[
            "macro_rules! twice { ($e:expr) => { $e + helper() } } fn helper() {}",
            "twice!(1)",
        ],
        "twice! helper",
    );
    check_needs(
        &[
            "const N: usize = 3; fn generic<T>(t: T) -> [T; N] { todo!() }",
            "generic(1)",
        ],
        "N! generic!",
    );
    check_needs(&["fn shown() {}", "println!(\"{shown:?}\")"], "shown");
}

#[test]
fn what_was_compiled_against_something_that_changes_is_compiled_again() {
    check_needs(
        &["fn g() {} fn f() { g() }", "fn g() { println!() }", "f()"],
        "f! g",
    );
    check_needs(
        &["struct S; fn f(s: S) {}", "struct S { x: i32 }", "f"],
        "f! S!",
    );
    check_needs(&["struct S; fn f(s: S) {}", "struct S;", "f"], "f S!");
    check_needs(
        &[
            "static N: i32 = 1; fn f() -> i32 { N }",
            "static N: i32 = 1;",
            "f()",
        ],
        "f! N",
    );
    check_needs(&["fn f() {}", "fn f() -> i32 { 1 }", "f()"], "f");
}

#[test]
fn a_later_definition_takes_the_place_of_an_earlier_one() {
    let names = |cells: &[&str]| {
        let state = after(cells);
        let names = state.items.iter().map(|known| known.item.code().to_owned());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        names(&["fn a() {} fn b() {}", "fn a() {}"]),
        "fn b() {} fn a() {}"
    );
    assert_eq!(names(&["use std::fmt;", "use std::fmt;"]), "use std::fmt;");
    assert_eq!(names(&["use x::Point;", "struct Point;"]), "struct Point;");
    assert_eq!(
        names(&["use std::thread;", "fn thread() {}"]),
        "use std::thread; fn thread() {}"
    );
    assert_eq!(
        names(&["struct S {}", "fn S() {}"]),
        "struct S {} fn S() {}"
    );
    assert_eq!(
        names(&["impl S { fn a() {} }", "impl S { fn b() {} }"]),
        "impl S { fn a() {} } impl S { fn b() {} }"
    );
    assert_eq!(
        names(&["impl S { fn a() {} }", "impl S { fn a() { 1; } }"]),
        "impl S { fn a() { 1; } }"
    );
    assert_eq!(
        names(&["impl T for S {}", "impl T  for S { }"]),
        "impl T  for S { }"
    );
}

#[test]
fn calls_of_macros_that_define_items_are_items() {
    let items = |cells: &[&str]| {
        let (last, earlier) = cells.split_last().unwrap();
        parse(&after(earlier), 9, last).items.len()
    };
    assert_eq!(items(&["make! { struct S; }"]), 1);
    assert_eq!(
        items(&[
            "macro_rules! make { ($n:ident) => { struct $n; } }",
            "make!(S);"
        ]),
        1
    );
    assert_eq!(
        items(&["macro_rules! value { ($n:expr) => { $n } }", "value!(1);"]),
        0
    );
    assert_eq!(
        items(&["thread_local! { static A: u8 = 1; pub static B: u8 = const { 2 } }"]),
        1
    );
    assert_eq!(items(&["println!(\"{}\", 1);"]), 0);
}
