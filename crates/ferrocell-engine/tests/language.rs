//! The language from cell to cell: conversations as tables of cells and what they show.

mod conversation;

use conversation::{Conversation, check, check_error, shown};
use ferrocell_engine::Outcome;

/// What a front end shows beside the result of the last cell.
fn notes(cells: &[&str]) -> String {
    let mut notebook = Conversation::new();
    let (last, earlier) = cells.split_last().expect("there is a cell");
    earlier.iter().for_each(|source| drop(notebook.ok(source)));
    let outcome = notebook.execute(last);
    assert!(matches!(outcome, Outcome::Ok { .. }), "{}", shown(&outcome));
    shown(&outcome)
}

#[test]
fn variables_keep_their_types_and_values() {
    check(&[
        (
            "let (mut a, b): (i32, _) = (1, \"two\"); let [c, .., d] = [3, 4, 5]; let Some(e) = Some(6) else { panic!() };",
            "",
        ),
        ("a += c; (a, b, d, e)", "(4, \"two\", 5, 6)"),
        ("let a = a * 2; let r#type = a; let größe = \"é🦀\";", ""),
        (
            "println!(\"{größe}\"); (a, r#type, größe.chars().count())",
            "(8, 8, 2)",
        ),
        (
            "let nothing = (); let marker = std::marker::PhantomData::<u8>; let small = 42u8;",
            "",
        ),
        ("(nothing, marker, small)", "((), PhantomData<u8>, 42)"),
        (
            "let list = vec![1]; let list = { let mut list = list; list.push(2); list };",
            "",
        ),
        (
            "let mut list = list; list = list.into_iter().rev().collect(); list",
            "[2, 1]",
        ),
        ("list", "[2, 1]"),
        (
            "let list: Vec<_> = list.into_iter().map(|n| n * 2).collect();",
            "",
        ),
        ("list", "[4, 2]"),
        ("let reversed = list; let list = reversed.len();", ""),
        ("(reversed, list)", "([4, 2], 2)"),
        ("let f = |n: i32| n + 1; let f = f(1); f", "2"),
        ("f", "2"),
        ("let g = |n: i32| n + 1; let g = g;", ""),
        ("g(1)", "2"),
        (
            "use std::collections::HashMap; let map: HashMap<String, Vec<Option<Box<dyn Fn(i32) -> i32 + Send>>>> = HashMap::new();",
            "",
        ),
        ("map.len()", "0"),
        (
            "let forever = std::thread::spawn(|| loop { std::thread::park() });",
            "",
        ),
        ("forever.is_finished()", "false"),
        (
            "let (sender, receiver) = std::sync::mpsc::channel::<i32>(); let failed = receiver.try_recv();",
            "",
        ),
        ("failed.is_err()", "true"),
    ]);
}

#[test]
fn closures_iterators_and_futures_are_kept_in_boxes() {
    check(&[
        (
            "let add = |a: i32, b: i32| a + b; let mut n = 0; let mut count = move || { n += 1; n };",
            "",
        ),
        (
            "let text = String::from(\"once\"); let give = move || text; let longest = |s: &str| s.len();",
            "",
        ),
        (
            "let rc = std::rc::Rc::new(5); let shared = move || *rc;",
            "",
        ),
        (
            "(add(1, 2), count(), count(), longest(\"four\"), give(), shared())",
            "(3, 1, 2, 4, \"once\", 5)",
        ),
        (
            "fn countdown(n: u32) -> impl Iterator<Item = u32> { (1..=n).rev().map(|n| n * 10) }",
            "",
        ),
        (
            "let mut steps = countdown(2); let doubled = (1..4).map(|x| x * 2); fn twice(x: i32) -> i32 { x * 2 } let f = twice;",
            "",
        ),
        (
            "(steps.next(), doubled.collect::<Vec<i32>>(), f(4))",
            "(Some(20), [2, 4, 6], 8)",
        ),
        ("steps.next()", "Some(10)"),
    ]);
}

#[test]
fn items_of_all_kinds_work_in_later_cells() {
    check(&[
        (
            "#[derive(Debug, Clone, PartialEq)]\nstruct Point { x: i32, y: i32 }\nimpl Point { const ORIGIN: Point = Point { x: 0, y: 0 }; }",
            "",
        ),
        (
            "impl std::fmt::Display for Point { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"<{}>\", self.x) } }\nlet p = Point { x: 1, ..Point::ORIGIN };",
            "",
        ),
        (
            "trait Area { fn area(&self) -> f64; }\nimpl Area for Point { fn area(&self) -> f64 { 2.5 } }\nimpl Area for f64 { fn area(&self) -> f64 { *self } }",
            "",
        ),
        (
            "let shapes: Vec<Box<dyn Area>> = vec![Box::new(p.clone()), Box::new(1.5)]; p.to_string()",
            "\"<1>\"",
        ),
        (
            "shapes.iter().map(|s| s.area()).sum::<f64>() + 3.0.area()",
            "7.0",
        ),
        (
            "struct Matrix<const R: usize>([f64; R]);\nimpl<const R: usize> Matrix<R> { fn rows(&self) -> usize { R } }\nconst N: usize = 3; const fn double(x: usize) -> usize { x * 2 }",
            "",
        ),
        (
            "let m = Matrix::<{ double(N) }>([0.0; double(N)]); m.rows()",
            "6",
        ),
        ("m.rows() + N", "9"),
        (
            "enum Color { Red, Green }\nuse Color::*;\ntype Pair = (Color, Color);",
            "",
        ),
        (
            "let pair: Pair = (Red, Green); matches!(pair, (Color::Red, Green))",
            "true",
        ),
        (
            "mod outer { pub struct Inner { pub v: i32 } pub mod deep { pub fn make() -> super::Inner { super::Inner { v: 4 } } } }\nuse outer::deep::make as build;",
            "",
        ),
        ("let inner = build(); inner.v + build().v", "8"),
        (
            "macro_rules! square { ($x:expr) => { $x * $x }; }\nmacro_rules! define { ($name:ident) => { #[derive(Debug)] struct $name { v: i32 } }; }\ndefine!(Made);",
            "",
        ),
        (
            "define!(Other); Made { v: square!(Other { v: 3 }.v) }",
            "Made { v: 9 }",
        ),
        (
            "unsafe fn danger() -> i32 { 1 } extern \"C\" fn callback(x: i32) -> i32 { x + 1 }\nextern crate std as mystd;",
            "",
        ),
        (
            "callback(2) + unsafe { danger() } + mystd::cmp::max(0, 1)",
            "5",
        ),
    ]);
}

#[test]
fn statics_keep_their_state_until_they_are_defined_again() {
    let define = "static mut RAW: i32 = 1;\nstatic LAZY: std::sync::LazyLock<Vec<i32>> = std::sync::LazyLock::new(|| vec![7]);\n\
                  static TABLE: &[(&str, fn(&str) -> usize)] = &[(\"len\", str::len)];\n\
                  thread_local! { static LOCAL: std::cell::Cell<i32> = const { std::cell::Cell::new(0) }; }";
    check(&[
        (define, ""),
        ("unsafe { RAW += 1 }; LOCAL.set(5); LAZY[0]", "7"),
        (
            "LOCAL.set(LOCAL.get() + 1); (unsafe { RAW }, LOCAL.get(), TABLE[0].1(TABLE[0].0))",
            "(2, 6, 3)",
        ),
        ("std::thread::spawn(|| LOCAL.get()).join().unwrap()", "0"),
        (
            "fn hits() -> i32 { static N: std::sync::Mutex<i32> = std::sync::Mutex::new(0); let mut n = N.lock().unwrap(); *n += 1; *n }",
            "",
        ),
        ("hits()", "1"),
        ("hits() * 10", "20"),
        (
            "struct Meter;\nimpl Meter { fn read(&self, by: i32) -> i32 { static N: std::sync::Mutex<i32> = std::sync::Mutex::new(0); let mut n = N.lock().unwrap(); *n += by; *n } }",
            "",
        ),
        ("Meter.read(2)", "2"),
        ("Meter.read(3)", "5"),
        (
            "mod inner { pub static N: std::sync::Mutex<i32> = std::sync::Mutex::new(0); }",
            "",
        ),
        ("*inner::N.lock().unwrap() += 4;", ""),
        ("*inner::N.lock().unwrap()", "4"),
        (
            "trait Hit { fn hit(&self) -> i32; fn twice(&self) -> i32 { self.hit() + self.hit() } }\n\
             impl Hit for Meter { fn hit(&self) -> i32 { static N: std::sync::Mutex<i32> = std::sync::Mutex::new(0); let mut n = N.lock().unwrap(); *n += 1; *n } }",
            "",
        ),
        ("Meter.hit()", "1"),
        ("Meter.hit() + Meter.twice()", "9"),
        (define, ""),
        ("(unsafe { RAW }, LOCAL.get())", "(1, 0)"),
    ]);
}

#[test]
fn questions_marks_and_awaits_stand_at_top_level() {
    check(&[
        ("let n: i32 = \"12\".parse()?; n", "12"),
        ("let r: Result<i32, String> = Ok(3); r?", "3"),
    ]);
    check_error(
        &["let x = 1;"],
        "let n: i32 = \"12x\".parse()?;",
        &["Error: ParseIntError { kind: InvalidDigit }"],
    );
}

#[test]
fn functions_that_call_what_is_defined_again_follow() {
    check(&[
        (
            "fn inner() -> i32 { 1 } fn outer() -> i32 { inner() * 10 }",
            "",
        ),
        ("outer()", "10"),
        ("fn inner() -> i32 { 2 }", ""),
        ("outer()", "20"),
    ]);
}

#[test]
fn a_type_that_is_defined_again_takes_its_values_with_it() {
    let cells = [
        "struct P { x: i32, y: i32 }\nimpl P { fn sum(&self) -> i32 { self.x + self.y } }\nlet p = P { x: 1, y: 2 };",
        "struct P { x: f64 }\nlet q = P { x: 2.0 };",
    ];
    let notes = notes(&cells);
    assert!(
        notes.contains("the variable `p` was dropped, because its type was defined anew"),
        "{notes}"
    );
    assert!(
        notes.contains("`impl P` of cell [1] was dropped, because it does not fit"),
        "{notes}"
    );
    check_error(
        &cells,
        "p",
        &["the variable `p` is gone: its type was defined anew by cell [2]"],
    );
    check(&[
        (cells[0], ""),
        ("struct P { x: i32, y: i32 }", ""),
        ("p.sum()", "3"),
    ]);
}

#[test]
fn values_without_debug_show_their_type() {
    check(&[("struct Opaque; Opaque", "<Opaque>")]);
}

#[test]
fn errors_explain_what_differs_from_python() {
    check_error(
        &["let total = 1;"],
        "fn f() -> i32 { total }",
        &[
            "cell [2]:1:17",
            "a function cannot see the notebook's variable `total`",
        ],
    );
    check_error(
        &[
            "let v = vec![1];",
            "let t = std::thread::spawn(move || v.len());",
        ],
        "v",
        &["the variable `v` is gone: cell [2] moved it"],
    );
    check_error(
        &["let v = vec![1];"],
        "let r = { let w = v.clone(); &w[0] };",
        &["`r` is kept for later cells, and with it what it borrows from"],
    );
    check_error(
        &[],
        "let x = 5 let y",
        &["cell [1]:1:11", "found keyword `let`"],
    );
    check_error(
        &["fn f(x: i32) {}"],
        "let y = 1;\nf(\n  y.len())",
        &["cell [2]:3:5", "ambiguous numeric type"],
    );
}

#[test]
fn warnings_that_matter_are_shown() {
    let notes = notes(&["std::fs::read(\"x\");\nlet unused = 1;"]);
    assert!(
        notes.contains("unused `Result` that must be used") && notes.contains("cell [1]:1:1"),
        "{notes}"
    );
    assert!(!notes.contains("unused variable"), "{notes}");
}

#[test]
fn a_value_whose_type_is_settled_late_is_shown() {
    let mut notebook = Conversation::new();
    notebook.ok("trait Half { type Out; fn half(self) -> Self::Out; }\n\
         impl Half for f64 { type Out = f64; fn half(self) -> f64 { self / 2.0 } }\n\
         impl Half for f32 { type Out = f32; fn half(self) -> f32 { self / 2.0 } }\n\
         struct Wrapped<T>(T);\n\
         impl<T: Half> Wrapped<T> { fn half(self) -> T::Out { self.0.half() } }");
    assert_eq!(notebook.ok("let w = 3.0;\nWrapped(w).half()"), "1.5");
    assert_eq!(notebook.ok(":fmt {:.2}\nWrapped(3.0).half()"), "1.50");
}

#[test]
fn errors_at_characters_of_any_width_are_shown() {
    let mut notebook = Conversation::new();
    for cell in [
        "let price = 5 €;",
        "€len(\"a\")",
        "let s = “curly”;",
        "let n: i32 = \"日本\"日",
        "print(“x”)",
        "let x = f(日本",
        "let 🦀 = 1;",
        "let s: i32 = \"é\"\u{a0};\u{2028}let t: i32 = \"e\u{301}\";",
        "x\u{200b} = 1",
        "let y = 1\u{feff}; zzz",
        "use std::collections::HashMaq\u{2028}",
        "let c = 'é日';",
        "let b = b\"é\";",
        "/* 日本",
        "let s = \"日本",
        "let s = r#\"日本\"",
        "println!(\"é {} 日\");",
        "println!(\"é {日} 🦀{:?}\", 1);",
        "fn 日本(x: i32) { y }",
        "fn f() { // é\r\n    日\r\n}",
    ] {
        let error = notebook.err(cell);
        assert!(error.contains("cell ["), "{cell}\n{error}");
    }
    assert_eq!(notebook.ok("let größe = 2; größe + 1"), "3");
}
