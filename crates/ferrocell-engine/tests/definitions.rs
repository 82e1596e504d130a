//! Definitions as people write them: twice in a cell, without semicolons, by macros, in files.

mod conversation;

use conversation::{Conversation, check};

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

/// A session in a folder of its own, which goes with the second value.
fn in_a_folder() -> (Conversation, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let notebook = Conversation::with(|options| options.working_dir = folder.path().to_owned());
    (notebook, folder)
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder can be made");
    std::fs::write(path, text).expect("a file can be written");
}

#[test]
fn modules_lie_in_files_beside_the_notebook() {
    let (mut notebook, folder) = in_a_folder();
    write(
        &folder,
        "shapes.rs",
        "//! Shapes.\nuse std::sync::Mutex;\nmod inner;\npub mod deep;\n#[path = \"other/elsewhere.rs\"] pub(crate) mod moved;\n\
         pub static COUNT: Mutex<i32> = Mutex::new(0);\n#[derive(Debug, Clone)] pub struct Square(pub f64);\n\
         impl Square { pub fn area(&self) -> f64 { *COUNT.lock().unwrap() += 1; inner::square(self.0) } }\n\
         pub fn fail() { panic!(\"in a file\") }\npub fn text() -> &'static str { include_str!(\"note.txt\") }\n",
    );
    write(
        &folder,
        "shapes/inner.rs",
        "pub fn square(x: f64) -> f64 { super::twice(x) * x / 2.0 }",
    );
    write(
        &folder,
        "shapes/deep/mod.rs",
        "pub mod deeper; pub const LIMIT: u32 = 3;",
    );
    write(
        &folder,
        "shapes/deep/deeper.rs",
        "pub fn hits() -> u32 { static N: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0); N.fetch_add(1, std::sync::atomic::Ordering::SeqCst) }",
    );
    write(&folder, "other/elsewhere.rs", "pub const HERE: u8 = 7;");
    write(&folder, "note.txt", "a note");
    let error = notebook.err("mod shapes;\nshapes::Square(1.0).area()");
    assert!(
        error.contains("cannot find function `twice`") && error.contains("shapes/inner.rs:1:"),
        "{error}"
    );
    write(
        &folder,
        "shapes/inner.rs",
        "pub fn square(x: f64) -> f64 { x * x }",
    );
    notebook.ok("mod shapes;\nuse shapes::Square;\nlet square = Square(2.0); let other = 5;");
    assert_eq!(
        notebook.ok("(square.area(), shapes::deep::LIMIT, shapes::moved::HERE, shapes::text())"),
        "(4.0, 3, 7, \"a note\")"
    );
    assert_eq!(
        notebook.ok("square.area(); *shapes::COUNT.lock().unwrap()"),
        "2"
    );
    assert_eq!(notebook.ok("shapes::deep::deeper::hits()"), "0");
    assert_eq!(notebook.ok("shapes::deep::deeper::hits()"), "1");
    let error = notebook.err("shapes::fail()");
    assert!(
        error.contains("panicked at shapes.rs, line 9, column 17"),
        "{error}"
    );

    write(
        &folder,
        "shapes/inner.rs",
        "pub fn square(x: f64) -> f64 { x + x + 1.0 }",
    );
    assert_eq!(notebook.ok("Square(5.0).area()"), "11.0");
    assert_eq!(notebook.ok("other"), "5");
    write(
        &folder,
        "shapes/deep/mod.rs",
        "pub mod deeper; pub const LIMIT: u32 = ;",
    );
    let error = notebook.err("shapes::deep::LIMIT");
    assert!(error.contains("shapes/deep/mod.rs:1:"), "{error}");
    write(
        &folder,
        "shapes/deep/mod.rs",
        "pub mod deeper; pub const LIMIT: u32 = 4;",
    );
    assert_eq!(notebook.ok("shapes::deep::LIMIT"), "4");
    std::fs::remove_file(folder.path().join("shapes.rs")).expect("it is there");
    assert_eq!(notebook.ok("shapes::deep::LIMIT"), "4");
    let error = notebook.err("let x = 1;\nmod nowhere;");
    assert!(
        error.contains(
            "there is no file for `mod nowhere;`: neither nowhere.rs nor nowhere/mod.rs in"
        ) && error.contains("cell [13]:2:1"),
        "{error}"
    );
}

#[test]
fn included_files_lie_beside_the_notebook() {
    let (mut notebook, folder) = in_a_folder();
    write(&folder, "data.txt", "alpha\nbeta\n");
    write(
        &folder,
        "defs.rs",
        "pub fn one() -> i32 { 1 }\n#[derive(Debug)]\nstruct Kept { v: i32 }\nstatic N: std::sync::Mutex<i32> = std::sync::Mutex::new(0);\n",
    );
    write(&folder, "value.rs", "{ let x = 20; x + 1 }");
    notebook.ok("let text = include_str!(\"data.txt\"); fn bytes() -> usize { include_bytes!(r\"data.txt\").len() }\nfn generic<T>(_: T) -> &'static str { include_str!(\"data.txt\") }");
    assert_eq!(
        notebook.ok("(text.lines().count(), bytes(), generic(1).len())"),
        "(2, 11, 11)"
    );
    assert_eq!(notebook.ok("let v = include!(\"value.rs\") * 2; v"), "42");
    assert_eq!(notebook.ok("include!(\"value.rs\")"), "21");
    notebook
        .ok("include!(\"defs.rs\");\n*N.lock().unwrap() += one(); let kept = Kept { v: one() };");
    assert_eq!(
        notebook.ok("*N.lock().unwrap() += one(); (kept, *N.lock().unwrap())"),
        "(Kept { v: 1 }, 2)"
    );
    write(
        &folder,
        "defs.rs",
        "pub fn one() -> i32 { 10 }\n#[derive(Debug)]\nstruct Kept { v: i32 }\n",
    );
    assert_eq!(notebook.ok("one()"), "10");
    assert_eq!(
        notebook.ok(&format!(
            "include_str!({:?}).len()",
            folder.path().join("data.txt")
        )),
        "11"
    );
    write(&folder, "data.txt", "gamma");
    assert_eq!(
        notebook.ok("println!(\"{}\", include_str!(\"data.txt\"));"),
        ""
    );
    assert_eq!(notebook.printed(), "gamma\n");
    let error = notebook.err("let x = 1;\ninclude_str!(\"none.txt\")");
    assert!(
        error.contains("none.txt") && error.contains("cell [10]:2:1"),
        "{error}"
    );
}

#[test]
fn what_macros_define_is_known_later() {
    check(&[
        (
            "macro_rules! make_one { ($n:ident) => { #[derive(Debug)] struct $n; }; }\nmacro_rules! make_all { ($($n:ident),*) => { $( make_one!($n); )* }; }",
            "",
        ),
        ("make_all!(Red, Green);", ""),
        (
            "let red = Red; format!(\"{:?} {:?}\", red, Green)",
            "\"Red Green\"",
        ),
        ("red", "Red"),
        (
            "macro_rules! getters { ($($n:ident = $v:expr),* $(,)?) => { $( fn $n() -> i32 { $v } )* }; }\ngetters! { width = 4, height = 5 }",
            "",
        ),
        ("width() * height()", "20"),
        ("getters!(width = 6);", ""),
        ("width() * height()", "30"),
        ("fn height() -> i32 { 7 }", ""),
        ("width() * height()", "42"),
        (
            "macro_rules! counter { ($v:vis $n:ident, $f:ident) => { $v static $n: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0); \
             fn $f() -> i32 { static INNER: std::sync::Mutex<i32> = std::sync::Mutex::new(0); let mut inner = INNER.lock().unwrap(); *inner += 1; *inner } } }\ncounter!(pub HITS, hit);",
            "",
        ),
        (
            "HITS.fetch_add(2, std::sync::atomic::Ordering::SeqCst); hit()",
            "1",
        ),
        (
            "HITS.fetch_add(1, std::sync::atomic::Ordering::SeqCst) * 10 + hit()",
            "22",
        ),
        (
            "macro_rules! shape { ($n:ident, $t:ident, $area:expr) => { trait $t { fn area(&self) -> f64; } pub struct $n(f64); impl $t for $n { fn area(&self) -> f64 { $area } } \
             mod inner { pub const SIDES: u8 = 4; } macro_rules! from_macro { () => { 9 } } } }\nshape!(Square, Area, 2.0);",
            "",
        ),
        (
            "(Square(2.0).area(), inner::SIDES, from_macro!())",
            "(2.0, 4, 9)",
        ),
        (
            "macro_rules! say { ($e:expr) => { println!(\"{}\", $e); } }\nsay!(1); let kept = 3;",
            "",
        ),
        ("kept", "3"),
        (
            "macro_rules! cell { ($n:ident) => { thread_local! { static $n: std::cell::Cell<u8> = const { std::cell::Cell::new(1) }; } } }\ncell!(LOCAL); LOCAL.set(5);",
            "",
        ),
        ("LOCAL.get()", "5"),
    ]);
    let mut notebook = Conversation::new();
    let error = notebook.err(
        "macro_rules! f { ($n:ident, $e:expr) => { fn $n() -> i32 { $e } } }\nf!(wrong, \"text\");",
    );
    assert!(
        error.contains("`f!` of cell [1], line 2") && error.contains("mismatched types"),
        "{error}"
    );
}

#[test]
fn what_macros_of_crates_define_is_known_later() {
    let (mut notebook, folder) = in_a_folder();
    for (name, text) in [
        (
            "cfg-if",
            "#[macro_export] macro_rules! cfg_if { (if #[cfg($a:meta)] { $($x:tt)* } else { $($y:tt)* }) => { #[cfg($a)] $crate::same! { $($x)* } #[cfg(not($a))] $crate::same! { $($y)* } } }\n\
                    #[macro_export] macro_rules! same { ($($x:item)*) => { $($x)* } }",
        ),
        (
            "lazy_static",
            "pub struct Lazy<T: Sync>(pub std::sync::OnceLock<T>);\npub trait LazyStatic { fn initialize(lazy: &Self); }\n\
             #[macro_export] macro_rules! lazy_static { ($($v:vis static ref $n:ident : $t:ty = $e:expr;)*) => { $( $v struct $n { __private_field: () } $v static $n: $n = $n { __private_field: () };\n\
             impl std::ops::Deref for $n { type Target = $t; fn deref(&self) -> &$t { static LAZY: std::sync::OnceLock<$t> = std::sync::OnceLock::new(); LAZY.get_or_init(|| $e) } }\n\
             impl $crate::LazyStatic for $n { fn initialize(lazy: &Self) { let _ = &**lazy; } } )* } }",
        ),
        (
            "flags",
            "#[macro_export] macro_rules! flags { (struct $n:ident : $t:ty { $(const $c:ident = $e:expr;)* }) => { #[derive(Debug, PartialEq)] struct $n($t); impl $n { $(const $c: $n = $n($e);)* } } }",
        ),
    ] {
        write(
            &folder,
            &format!("{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"),
        );
        write(&folder, &format!("{name}/src/lib.rs"), text);
    }
    notebook.ok(":dep cfg-if = { path = \"cfg-if\" }\n:dep lazy_static = { path = \"lazy_static\" }\n:dep flags = { path = \"flags\" }");
    for (source, expected) in [
        (
            "use cfg_if::cfg_if;\ncfg_if! { if #[cfg(unix)] { fn os() -> &'static str { \"unix\" } static N: std::sync::Mutex<i32> = std::sync::Mutex::new(0); } else { fn os() -> &'static str { \"other\" } } }",
            "",
        ),
        ("*N.lock().unwrap() += 2; os()", "\"unix\""),
        ("*N.lock().unwrap()", "2"),
        (
            "lazy_static::lazy_static! { static ref LIST: std::sync::Mutex<Vec<i32>> = { println!(\"made\"); std::sync::Mutex::new(vec![1]) }; pub static ref NAME: String = \"n\".to_string(); }",
            "",
        ),
        ("LIST.lock().unwrap().push(2); NAME.len()", "1"),
        (
            "LIST.lock().unwrap().push(3); lazy_static::LazyStatic::initialize(&NAME); LIST.lock().unwrap().clone()",
            "[1, 2, 3]",
        ),
        (
            "flags::flags! { struct Flags: u32 { const A = 1; const B = 2; } }\nlet flag = Flags::B;",
            "",
        ),
        ("flag == Flags::B", "true"),
        ("flags::flags! { struct Flags: u32 { const C = 3; } }", ""),
        ("Flags::C", "Flags(3)"),
    ] {
        assert_eq!(notebook.ok(source), expected, "{source}");
    }
    let made: Vec<_> = notebook
        .events
        .try_iter()
        .filter(|event| format!("{event:?}").contains("made"))
        .collect();
    assert_eq!(made.len(), 1, "{made:?}");
}

#[test]
fn a_semicolon_behind_an_item_is_nothing() {
    let mut notebook = Conversation::new();
    notebook.ok("struct P { x: i32 };\nimpl P { fn twice(&self) -> i32 { self.x * 2 } };\nfn three() -> i32 { 3 };");
    notebook.ok(
        "thread_local! { static L: std::cell::Cell<i32> = const { std::cell::Cell::new(1) }; };",
    );
    notebook.ok("macro_rules! made { ($n:ident) => { fn $n() -> i32 { 4 } } };\nmade! { four };");
    notebook.ok("macro_rules! list { ($($n:ident)*) => { $(const $n: i32 = 5;)* } }\nlist! { FIVE SIX };;\nmod inner { pub fn seven() -> i32 { 7 } };");
    assert_eq!(
        notebook
            .ok("L.get() + P { x: 1 }.twice() + three() + four() + FIVE + SIX + inner::seven()"),
        "27"
    );
}
