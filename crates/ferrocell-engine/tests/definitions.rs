//! Definitions as people write them: twice in a cell, without semicolons, by macros, in files.

mod conversation;

use conversation::Conversation;

/// Executes cells in one session; each must succeed and show this.
fn check(cells: &[(&str, &str)]) {
    let mut notebook = Conversation::new();
    for (source, expected) in cells {
        assert_eq!(notebook.ok(source), *expected, "{source}");
    }
}

#[test]
fn of_two_definitions_in_a_cell_the_later_counts() {
    check(&[
        (
            "fn twice(x: i32) -> i32 { x }\nfn twice<T: std::ops::Add<Output = T> + Copy>(x: T) -> T { x + x }\ntwice(21)",
            "42",
        ),
        ("twice(1.5)", "3.0"),
        (
            "const N: u8 = 1; const N: u16 = 2; static S: u8 = N as u8; static S: &str = \"s\"; (N, S)",
            "(2, \"s\")",
        ),
        (
            "struct P; #[derive(Debug, Default)] struct P { x: i32 }\nimpl P { fn a(&self) -> i32 { 1 } fn b(&self) -> i32 { 2 } }\nimpl P { fn b(&self) -> i32 { 3 } }\n\
             impl std::fmt::Display for P { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"one\") } }\n\
             impl std::fmt::Display for P { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"two\") } }\n\
             (P::default().a(), P::default().b(), P::default().to_string())",
            "(1, 3, \"two\")",
        ),
        (
            "(P::default().a(), P::default().b(), P::default().to_string())",
            "(1, 3, \"two\")",
        ),
        (
            "use std::fmt::Result; use std::{io::Result, cmp::max}; let r: Result<i32> = Ok(max(1, 2)); r.is_ok()",
            "true",
        ),
        ("let r: Result<i32> = Ok(max(1, 2)); r.is_ok()", "true"),
        (
            "use std::collections::HashMap; use std::collections::HashMap; HashMap::<u8, u8>::new().len()",
            "0",
        ),
        ("HashMap::<u8, u8>::new().len()", "0"),
        (
            "#[cfg(unix)] fn os() -> &'static str { \"unix\" }\n#[cfg(not(unix))] fn os() -> &'static str { \"other\" }\nos()",
            "\"unix\"",
        ),
        (
            "mod m { pub fn v() -> u8 { 1 } } mod m { pub fn v() -> u8 { 2 } } enum E { A } fn E() -> u8 { 3 } (m::v(), E())",
            "(2, 3)",
        ),
    ]);
}

#[test]
fn a_use_may_lack_its_semicolon() {
    check(&[
        ("use std::cmp::max\n\nmax(1, 2)", "2"),
        (
            "use std::collections::{\n    BTreeMap,\n    hash_map::{HashMap, Entry}\n}\nuse std::fmt::Write as _ // for write!\nlet mut s = String::new(); write!(s, \"{}\", max(3, 4))?; s",
            "\"4\"",
        ),
        (
            "(HashMap::<u8, u8>::new().len(), BTreeMap::<u8, u8>::new().len())",
            "(0, 0)",
        ),
        ("use std::cmp::min", ""),
        ("min(1, 2)", "1"),
    ]);
    let mut notebook = Conversation::new();
    let error = notebook.err("use std::cmp::max\nmax(1, 2) + größe");
    assert!(error.contains("cell [1]:2:13"), "{error}");
    let error = notebook.err("use std::cmp::maxx");
    assert!(error.contains("cell [2]:1:5"), "{error}");
    let error = notebook.err("use std::cmp::max\nlet = 1;");
    assert!(error.contains("cell [3]:"), "{error}");
}
