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
