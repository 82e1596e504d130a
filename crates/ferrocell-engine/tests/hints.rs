//! What is said under errors of those who write Python by habit, and that nothing is said to others.

mod conversation;

use conversation::Conversation;

/// Cells, and what the hint must tell.
const HABITS: &[(&str, &str)] = &[
    ("x = 1", "begins with `let`: `let x = 1;`"),
    ("let c: bool = True;", "`True` is `true`"),
    ("while False { }", "`False` is `false`"),
    ("let n: Option<u8> = null;", "an `Option`"),
    ("fn nothing() -> None { }", "has no `->`"),
    ("if true { pass }", "an empty block is `{}`"),
    ("let x: int = 5;", "`i32`"),
    ("fn add(x: int) -> int { x }", "`i32`"),
    ("let x: float = 5.0;", "`float` is `f64`"),
    ("let x: list = vec![1];", "`vec![1, 2, 3]`"),
    ("fn f(d: dict) {}", "HashMap"),
    ("let x: str = \"a\";", "owned a `String`"),
    ("print(2)", "`println!(\"{x}\")`"),
    ("print(\"a\", \"b\")", "`println!(\"{x}\")`"),
    ("len(\"abc\")", "`x.len()`"),
    ("for i in range(10) { }", "`0..n`"),
    ("str(5)", "`x.to_string()`"),
    ("repr(5)", "`format!(\"{x:?}\")`"),
    ("int(\"5\")", "`text.parse::<i32>()?`"),
    ("float(\"5\")", "`text.parse::<f64>()?`"),
    ("if bool(1) {}", "`n != 0`"),
    ("let name = input(\"name\");", "`nogil::input(prompt)`"),
    ("sum([1, 2])", "`list.iter().sum::<i32>()`"),
    ("max(1, 2)", "`a.max(b)`"),
    ("abs(-1)", "`x.abs()`"),
    ("round(1.5)", "`x.round()`"),
    ("sorted(vec![2, 1])", "`list.sort()`"),
    ("for x in reversed(vec![1]) {}", "`list.iter().rev()`"),
    ("for x in enumerate([1]) { }", "`list.iter().enumerate()`"),
    (
        "for i, x in enumerate([1]) { }",
        "`for (i, x) in list.iter().enumerate() { … }`",
    ),
    ("zip([1], [2])", "`a.iter().zip(&b)`"),
    ("map(|x| x, [1])", "`list.iter().map(f)`"),
    ("any([true])", "`list.iter().any(|item| …)`"),
    ("list(0..3)", "`x.collect::<Vec<_>>()`"),
    ("dict()", "HashMap::new()"),
    ("set([1])", "HashSet"),
    ("isinstance(1, 2)", "`enum` with `match`"),
    ("type(1)", "`:type x`"),
    ("open(\"x\").read()", "`std::fs::read_to_string(path)?`"),
    ("ord('a')", "`c as u32`"),
    ("exit()", "`std::process::exit(1)`"),
    ("import time", "`use std::time::Duration;`"),
    ("from time import sleep", "`use std::time::Duration;`"),
    ("let x = 1;\nimport numpy as np", "`:dep NAME"),
    ("def f(x):\n    return x + 1", "a function is `fn name"),
    (
        "async def f(x):\n    return x + 1",
        "a function is `fn name",
    ),
    (
        "class A:\n    pass",
        "a `struct` for the data and an `impl`",
    ),
    (
        "try:\n    f()\nexcept ValueError:\n    pass",
        "there are no exceptions",
    ),
    ("raise ValueError(\"x\")", "`return Err(…);`"),
    (
        "with open(\"x\") as f:\n    pass",
        "closed where its block ends",
    ),
    ("del x", "`drop(x);`"),
    ("assert 1 == 1", "`assert_eq!(a, b);`"),
    ("global x", "a function sees no variables around it"),
    ("%timeit 1", "`:timing`"),
    ("@cache\nfn f() {}", "there are no decorators"),
    ("yield 1", "`std::iter::from_fn(move || …)`"),
    (
        "if true { 1 } elif false { 2 } else { 3 }",
        "`elif` is `else if`",
    ),
    ("let f = lambda x: x + 1;", "`|x| x + 1`"),
    ("lambda x: x + 1", "`|x| x + 1`"),
    ("not true", "`not x` is `!x`"),
    ("let o = Some(1); if o is None { }", "`x.is_none()`"),
    ("if 1 in [1, 2] { }", "`list.contains(&x)`"),
    (
        "let v = [x * x for x in 0..3];",
        "`(0..3).filter(|x| …).map(|x| x * x).collect::<Vec<_>>()`",
    ),
    ("let i = 1 if true else 2;", "`if c { a } else { b }`"),
    ("if true:\n    println!(\"x\")", "a block stands in braces"),
    (
        "for i in 0..3:\n    println!(\"{i}\")",
        "a block stands in braces",
    ),
    ("while true:\n    break", "a block stands in braces"),
    ("let v = vec![1, 2, 3]; v[-1]", "`list.last()`"),
    ("let v = vec![1, 2, 3]; v[1:2]", "`&list[1..3]`"),
    ("let v = vec![1, 2, 3]; v[::2]", "`list.iter().step_by(2)`"),
    ("let d = {\"a\": 1};", "HashMap::from"),
    (
        "let name = 1; println!(f\"hello {name}\");",
        "`format!(\"{x}\")`",
    ),
    ("f\"hello\"", "`format!(\"{x}\")`"),
    ("\"\"\"docstring\"\"\"", "`/// …`"),
    ("# a comment\nlet q = 1;", "a comment begins with `//`"),
    ("let z = 1; # trailing", "a comment begins with `//`"),
    ("2 ** 3", "`a.pow(b)`"),
    ("let (a, b) = (2, 3);\na ** b", "`a.pow(b)`"),
    (
        "let name = \"x\"; \"hello %s\" % name",
        "`format!(\"{x}\")`",
    ),
    ("\"a\" * 3", "`\"ab\".repeat(3)`"),
    ("1 + 2.0", "`2.0`"),
    (
        "let n: usize = 3; let m: i32 = 4; let k = n + m;",
        "convert one",
    ),
    ("let total: f64 = 3 / 2;", "`3.0 / 2.0`"),
    (
        "async fn h() -> i32 { 1 }\nlet r: i32 = h();",
        "`f().await`",
    ),
    (
        "async fn h() -> String { String::new() }\nlet r = h().len();",
        "`f().await`",
    ),
    (
        "let rc = std::rc::Rc::new(1); std::thread::spawn(move || println!(\"{rc}\"));",
        "`std::sync::Arc::new(…)`",
    ),
    (
        "let c = std::sync::Arc::new(std::cell::RefCell::new(1)); std::thread::spawn(move || println!(\"{c:?}\"));",
        "`std::sync::Mutex`",
    ),
    (
        "static M: std::sync::Mutex<i32> = std::sync::Mutex::new(1);\n{ let g = M.lock().unwrap(); std::thread::spawn(move || println!(\"{g}\")); }",
        "`drop(guard)`",
    ),
    (
        "{ let local = vec![1]; std::thread::spawn(|| println!(\"{}\", local.len())); }",
        "`std::thread::scope(|s| …)`",
    ),
    // What rustc says itself.
    ("true and false", "`&&`"),
    ("true or false", "`||`"),
    ("let mut i = 0; i++;", "+= 1"),
    ("let s = 'hello';", "use double quotes"),
    ("let t = (1, 2); t[0]", "t.0"),
    ("let mut lst = vec![1]; lst.append(2);", "`push`"),
    ("fn g() -> String { \"text\" }", ".to_string()"),
    ("let s = \"a\" + \"b\";", "to_owned()"),
    (
        "let data = vec![1]; for d in data { } println!(\"{}\", data.len());",
        "&data",
    ),
    ("fn k() { std::fs::read_to_string(\"x\")?; }", "Result"),
];

#[test]
fn habits_are_answered() {
    let mut notebook = Conversation::new();
    let mut missing = Vec::new();
    for (cell, hint) in HABITS {
        let error = notebook.err(cell);
        if !error.contains(hint) {
            missing.push(format!(
                "{cell}\nshould have said {hint}, and not\n{error}\n"
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_cell_that_is_python_is_told_so_once() {
    let mut notebook = Conversation::new();
    for cell in [
        "import os",
        "# first\ndef f(x):\n    print(x)",
        "for i in range(3):\n    print(i)",
        "try:\n    f()\nexcept:\n    pass",
    ] {
        let error = notebook.err(cell);
        assert_eq!(
            error.matches("this is a Rust notebook").count(),
            1,
            "{error}"
        );
    }
    let error = notebook.err("len(x) + len(y) + len(z)");
    assert_eq!(error.matches("`x.len()`").count(), 1, "{error}");
}

/// Where rustc knows several ways out, the first is shown.
#[test]
fn alternatives_are_not_run_together() {
    let mut notebook = Conversation::new();
    let error = notebook.err("fn nothing() -> None { }");
    let shown = error.lines().filter(|line| line.starts_with("1 +"));
    assert_eq!(shown.collect::<Vec<_>>().len(), 1, "{error}");
    assert!(!error.contains("Optionstd"), "{error}");
}

/// Errors that anyone can make in Rust.
#[test]
fn others_are_left_alone() {
    let rows: Vec<&str> = HABITS.iter().map(|(_, hint)| *hint).collect();
    let mut notebook = Conversation::new();
    notebook.ok("let total = 3; let words = vec![String::from(\"a\")]; struct P { x: i32 }");
    for cell in [
        "totl + 1",
        "words.psh(1)",
        "let n: u8 = total;",
        "println!(\"{}\")",
        "let x = ;",
        "fn f( {",
        "let v = vec![1, 2;",
        "P { y: 1 }",
        "match total { 1 => 2 }",
        "let s: &str = String::new();",
        "use std::colections::HashMap;",
        "missing_macro!()",
        "let p = P { x: 1 }; p.y",
        "fn g<T>(t: T) -> T { t + t }",
        "words[0] = 1;",
        "let f: fn(i32) = |x: &str| ();",
        "let a = [1, 2, 3]; a[\"x\"]",
        "impl Missing for P {}",
        "enum E { A B }",
        "if total { 1 } else { 2 }",
        "let y = total as String;",
        "total = 4;",
        "for w in words { } ; words.len() + 1; words",
        "loop { break 1 } + \"a\"",
        "let x: Vec<Missing> = vec![];",
        "std::mem::swp(1, 2)",
        "let (a, b) = 1;",
        "return 5;",
        "\"text\".parse::<i32>().len()",
        "let c = 'ab",
        "1 +",
        "struct Q { x: i32, x: i32 }",
        "pub fn h() -> i32 { \"a\".len() }",
        "const K: i32 = \"a\";",
        "trait T { fn t(&self); } impl T for P {}",
        "let x = 5 else { };",
        "unknown::path::here()",
        "#[derive(Missing)] struct R;",
        "let r = &mut total; *r = 1;",
        "where",
    ] {
        let error = notebook.err(cell);
        let said: Vec<_> = rows
            .iter()
            .filter(|row| row.len() > 12 && error.contains(**row))
            .collect();
        assert!(said.is_empty(), "{said:?} was said of\n{cell}\n{error}");
        assert!(!error.contains("Python"), "{error}");
    }
}
