//! Where polls stand: `§` for a poll, `¶` for a shield, and `⟨…⟩` for a block with a poll.

use super::Cell;
use crate::CellId;

/// The cell is written with its polls.
fn check(marked: &str) {
    let code = marked
        .replace(['§', '¶'], "")
        .replace("⟨", "")
        .replace("⟩", "");
    let cell = Cell::parse(CellId(1), &code, |_| None).expect("the cell is right");
    let (mut found, mut at) = (String::new(), 0);
    for poll in cell.source.polls.iter() {
        found.push_str(&code[at..poll.at]);
        found.push(match poll.words {
            words if words.starts_with("{") => '⟨',
            words if words.ends_with("}") => '⟩',
            words if words.contains("Shield") => '¶',
            _ => '§',
        });
        at = poll.at;
    }
    assert_eq!(found + &code[at..], marked);
}

#[test]
fn functions_loops_and_closures_have_one() {
    check("fn f() {§}");
    check("let x = 'a: loop {§ while n < 3 {§ n += 1 } for i in 0..3 {§} break 5 };");
    check("if loop {§ break true } {}");
    check("let f = |x: i32| -> i32 {§ x };");
    check("(0..).map(|x| ⟨x + 1⟩).for_each(|_| {§});");
    check("let add = |a| ⟨move |b| ⟨a + b⟩⟩;");
    check("std::thread::spawn(|| ⟨loop {§}⟩);");
    check("impl S { fn m(&self) {§ fn inner() {§} } }");
    check("trait T { fn needed(&self); fn given(&self) {§} }");
    check("mod outer { mod inner { pub fn f() {§} } }");
    check("async fn f() {§ async { loop {§} }.await }");
    check("fn f<T: Fn() -> [u8; 3]>(t: T) -> Vec<T> where T: Copy {§ vec![t; 3] }");
}

#[test]
fn const_contexts_have_none() {
    check("const fn f() { loop {} }");
    check("const N: usize = { let mut i = 0; while i < 3 { i += 1 } i };");
    check("static A: [u8; { loop { break 3 } }] = [{ loop { break 1 } }; 3];");
    check("let a = [|| ⟨1⟩; { loop { break 3 } }];");
    check("let n = const { loop { break 1 } };");
    check("make::<{ loop { break 1 } }>();");
    check("enum E { A = { loop { break 1 } } }");
    check("struct S<const N: usize = { loop { break 1 } }>([u8; N]);");
    check("impl S { const N: u8 = loop { break 1 }; const fn f() { loop {} } }");
    check("trait T { const N: u8 = loop { break 1 }; }");
    // What is only made there, and called later.
    check("static L: LazyLock<u8> = LazyLock::new(|| {§ loop {§} });");
    check("const fn f() { fn g() {§ loop {§} } }");
}

#[test]
fn what_c_calls_has_a_shield() {
    check("extern \"C\" fn f() {¶ loop {§} }");
    check("unsafe extern fn f() {¶}");
    check("extern \"system\" fn f() {¶}");
    check("extern \"C-unwind\" fn f() {§}");
    check("extern \"Rust\" fn f() {§}");
    check("extern \"C\" { fn f(); }");
    check("extern \"C\" fn f() { core::arch::naked_asm!(\"ret\") }");
}

#[test]
fn polls_stand_behind_inner_attributes_and_before_comments() {
    check("fn f() { #![allow(unused)] §let x = 1; }");
    check("fn f() {\n    //! Says something.\n    §x }");
    check("fn f() { /*! Says something. */ #![allow(unused)] §}");
    check("loop { #![allow(unused)] §#[allow(unused)] let x = 1; }");
    check("while { #![allow(unused)] true } {§}");
    check("let f = || { #![allow(unused)] §1 };");
    check("#[inline] fn f() {§ // A comment.\n /// Another.\n fn g() {§} }");
}

#[test]
fn macros_are_left_alone() {
    check("macro_rules! m { () => { loop {} } }");
    check("println!(\"{}\", f(|| 1));");
}
