//! Texts as they might come: pieces of cells, right and wrong, in any order, cut anywhere.

use std::fs;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

/// What texts are made of: each can open, close or name something.
const PIECES: &[&str] = &[
    "let x = 1;",
    "let mut text = String::new();",
    "let (a, [b, ..]) = f(",
    "let f = |n: i32| n + x;",
    "let it = v.iter().map(|n| n + 1);",
    "let l = std::sync::LazyLock::new(|| 5);",
    "static N: u8 = 1;",
    "fn f(n: i32) -> i32 { n }",
    "fn g<'a, T: Fn() -> &'a str>(t: T) {}",
    "async fn h() {}",
    "pub(crate) struct S { a: u8 }",
    "#[derive(Debug, Clone)]",
    "#![allow(unused)]",
    "impl S { pub fn new() -> Self { S { a: 1 } } }",
    "enum E { A(u8), B { c: S } }",
    "trait T { type O; const C: usize; }",
    "macro_rules! m { ($($t:tt)*) => { $($t)* } }",
    "m! { fn made() {} }",
    "thread_local! { static L: u8 = 1; }",
    "lazy_static! { static ref R: u8 = 1; }",
    "cfg_if::cfg_if! { if #[cfg(unix)] { fn u() {} } }",
    "use std::collections::{HashMap as M, *};",
    "use self::x",
    "extern crate rand;",
    "mod inner { pub fn k() {} }",
    "mod file;",
    "include!(\"a.rs\");",
    "include_str!(\"a\")",
    "for i in 0..3 { if i > 1 { break } }",
    "'l: loop { continue 'l }",
    "while let Some(x) = v.pop() {",
    "match x { 1 | 2 if true => {} _ => unreachable!() }",
    "println!(\"{x:?} {}\", y);",
    "x.await?",
    "async { 1 }.await",
    "return",
    "x +",
    "&mut *x",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ";",
    ",",
    "::",
    ".",
    "=",
    "=>",
    "!",
    "?",
    "#",
    "$",
    "'",
    "\"",
    "\\",
    "/*",
    "*/",
    "//",
    "r#\"",
    "b'",
    "0x",
    "1e",
    ":dep rand = \"0.9\"",
    ":dep a = { version = \"1\", features = [",
    ":vars",
    ":opt",
    ":opt 2",
    ":edition 2015",
    ":",
    ":é",
    "!ls",
    "%time",
    "print(x)",
    "def f(x):",
    "x = [i for i in y]",
    "é",
    "€",
    "“",
    "日本",
    "🦀",
    "e\u{301}",
    "\u{feff}",
    "\u{0}",
    "\u{2028}",
    "\t",
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
];

/// The same texts each time, so that only a change makes a test fail; where `PROPTEST_CASES` is set, as many others.
pub(crate) fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        (config.cases, config.rng_seed) = (2000, RngSeed::Fixed(1));
    }
    config
}

/// What the fuzzer has kept for one of its targets.
pub(crate) fn corpus(target: &str) -> impl Iterator<Item = String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/corpus");
    let files = fs::read_dir(format!("{folder}/{target}")).expect("a corpus");
    files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("a text"))
}

/// Any text.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    texts_of(PIECES)
}

/// Any text of these pieces, and of others.
pub(crate) fn texts_of(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => select(pieces).prop_map(str::to_owned),
        3 => Just("\n".to_owned()),
        1 => any::<String>(),
    ];
    let cut = weighted(0.25, any::<Index>());
    (vec(piece, 0..14), cut).prop_map(|(pieces, cut)| {
        let text = pieces.concat();
        match cut {
            Some(cut) => text
                .chars()
                .take(cut.index(text.chars().count() + 1))
                .collect(),
            None => text,
        }
    })
}
