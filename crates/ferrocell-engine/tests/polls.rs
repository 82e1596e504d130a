//! Code that would never end, and stops politely because the engine lets it look whether it should.

mod conversation;

use conversation::{Conversation, interrupt, patient, shown};

/// An earlier cell, and a cell that does not end.
const ENDLESS: &[(&str, &str)] = &[
    ("fn spin() { loop {} }", "spin()"),
    (
        "struct Wheel(u64);\nimpl Wheel { fn spin(&mut self) -> ! { loop { self.0 += 1 } } }",
        "Wheel(0).spin()",
    ),
    (
        "fn spin<T: Copy>(value: T) -> T { while true {} value }",
        "spin(1)",
    ),
    (
        "trait Spin { fn spin(&self) { for _ in 0.. {} } }\nimpl Spin for u8 {}",
        "7u8.spin()",
    ),
    (
        "mod inner { pub fn ackermann(m: u64, n: u64) -> u64 { if m == 0 { n + 1 } else { other(m, n) } }\n\
         fn other(m: u64, n: u64) -> u64 { if n == 0 { ackermann(m - 1, 1) } else { ackermann(m - 1, 1 + n % 3) + other(m, n - 1) } } }",
        "inner::ackermann(60, 90)",
    ),
    ("", "(0u64..).for_each(|i| { std::hint::black_box(i); })"),
    ("", "(0u64..).for_each(|_| for _ in 0..0 {})"),
    (
        "",
        "std::iter::repeat(1u64).map(|x| x & 1).filter(|x| *x > 1).count()",
    ),
    ("", "loop { let _ = std::panic::catch_unwind(|| loop {}); }"),
    ("", "std::thread::spawn(|| loop {}).join().unwrap()"),
    (
        "",
        "std::thread::spawn(|| (0u64..).map(|x| x & 1).max()).join().unwrap()",
    ),
    (
        "use std::task::{Context, Waker};\nasync fn spin() { loop {} }",
        "std::pin::pin!(spin()).poll(&mut Context::from_waker(Waker::noop())).is_ready()",
    ),
    (
        ":opt 1\nfn spin(mut n: u64) { loop { n = std::hint::black_box(n + 1) } }",
        ":opt 1\nspin(1)",
    ),
];

#[test]
fn nothing_endless_has_to_be_ended_by_force() {
    let mut notebook = patient();
    notebook.ok("let mut turns = 0u64; let thread = std::thread::spawn(|| std::thread::park());");
    for (index, (earlier, cell)) in ENDLESS.iter().enumerate() {
        notebook.ok(earlier);
        let (directive, cell) = match cell.split_once('\n') {
            Some((directive, cell)) => (directive, cell),
            None => ("", *cell),
        };
        let error = interrupt(
            &mut notebook,
            &format!("{directive}\nturns += 1;\n{{ println!(\"begun\"); {cell} }};"),
        );
        assert!(
            error.starts_with(
                "KeyboardInterrupt: the cell was interrupted; variables and threads are still there"
            ),
            "{cell}: {error}"
        );
        assert_eq!(
            notebook.ok("(turns, thread.is_finished())"),
            format!("({}, false)", index + 1)
        );
    }
}

/// Cells that rustc complains about, at and around places where polls stand.
const WRONG: &[&str] = &[
    "fn f() { let x: i32 = \"a\"; }",
    "fn f() -> i32 { }",
    "fn f() -> i32 { 1; }",
    "fn f() -> u8 {\n    loop {\n        let größe = \"é\"; break größe; }\n}",
    "let c = |x: i32| x + \"a\";",
    "let c = |x| x;",
    "let v = vec![1]; let n: Vec<String> = v.iter().map(|x| x + 1).collect();",
    "let s = String::new(); let t = std::thread::spawn(|| s.len());",
    "let s = String::new(); for _ in 0..2 { drop(s); }",
    "let s = String::new(); let f = || drop(s); f(); f();",
    "let n: Option<&str> = Some(1).map(|n: i32| if n > 0 { \"a\" } else { 2 });",
    "fn longest(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "fn f(x: Option<i32>) -> i32 { match x { Some(n) => n } }",
    "fn f() -> impl Fn() -> usize { let v = vec![1]; || v.len() }",
    "let mut v = vec![1]; v.iter().for_each(|x| v.push(*x));",
    "fn f(v: &Vec<i32>) { v.push(1) }",
    "fn f() { let x = 1; x = 2; while x { } }",
    "struct S; impl S { fn m(self) -> Self { self.missing() } }\nS.m().m().other();",
    "let f = |x: &mut i32| unsafe { *x } + true;",
    "fn f() -> Result<(), String> { loop { std::fs::read(\"x\")?; } }",
    "const fn f() -> usize { let mut i = 0; while i < 3 { i += \"1\" } i }",
    "let f = |n: u64| vec![n] + n;",
    "let s = String::new(); let w: Vec<String> = [1].iter().map(|_| s).collect();",
    "let s: String = Some(\"a\").map(|s| s).unwrap();",
    "let n: i64 = (0..3i32).map(|n| n).fold(0i64, |a, b| a + b);",
    "let f = |x: &str| -> String { x };",
    "let n: Vec<i64> = vec![1i32].into_iter().map(|n| -> i64 { n }).collect();",
    "let n: Vec<String> = vec![1i32].into_iter().map(|n| match n { 1 => \"a\".to_string(), _ => \"b\" }).collect();",
    "fn f() -> Box<dyn Fn(i32) -> i32> { |x| x + 1 }",
    "fn f() -> Option<fn(i32) -> i32> { |x| x + 1 }",
    "let f = || Default::default(); f();",
    "let f = || Err(\"x\")?; f();",
    "let n = Some(1).map(|n| n.into()).is_some();",
    "let n = [\"1\"].iter().map(|s| s.parse()).count();",
    "let n = [1].iter().map(|n| if *n > 1 { Default::default() } else { panic!() }).count();",
    "let r: Result<i32, String> = (|| { let n: i32 = \"1\".parse()?; Ok(n) })();",
    "let f: Box<dyn Fn() -> Option<i32>> = Box::new(|| 5);",
    "let f: Box<dyn Fn(&str) -> &str> = Box::new(|a, b| a);",
    "fn f(v: Vec<String>) -> impl Iterator<Item = usize> { v.iter().map(|s| s.len() + v.len()) }",
    "fn f(v: Vec<i32>) -> impl Iterator<Item = i32> { (0..3).map(|i| v[i]) }",
    "let s = String::from(\"a\"); let f = move || s; f(); println!(\"{s}\");",
    "let v: Vec<i32> = vec![1, 2].iter().map(|x| x).collect();",
    "let v: Vec<&i32> = { let w = vec![1]; w.iter().filter(|x| **x > 0).collect() };",
    "let f = |x: i32| x as &str;",
    "let f = |x: Option<i32>| x?; f(None);",
    "for i in 0..3 { i }",
    "fn f() -> Option<i32> { for i in 0..3 { Some(i) } }",
    "fn f() -> i32 { while true { return 1 } }",
    "let n = loop { break; }; n + 1",
    "fn f(n: i32) { if n > 1 { n } else { 2 } }",
    "let x = loop { break 5; \"unreachable\" };\nx.len()",
];

#[test]
fn errors_read_as_if_there_were_no_polls() {
    let mut with = Conversation::new();
    let mut without = Conversation::new();
    with.ok("1");
    without.ok(":opt 2");
    for cell in WRONG {
        assert_eq!(with.err(cell), without.err(cell), "{cell}");
    }
}

#[test]
fn warnings_read_as_if_there_were_no_polls() {
    let mut with = Conversation::new();
    let mut without = Conversation::new();
    with.ok("1");
    without.ok(":opt 2");
    for cell in [
        "fn f() { std::fs::read(\"x\"); }",
        "for _ in 0..1 { std::fs::read(\"x\"); }",
        "#![warn(warnings, unused)]\nfn f() -> ! { loop {} }\nfn g() { return; loop {} }\nlet h = |n: i32| n;\nlet k = || vec![1];",
    ] {
        let (with, without) = (with.execute(cell), without.execute(cell));
        assert_eq!(shown(&with), shown(&without), "{cell}");
    }
}

/// Cells whose closures get a block around their body, and what they show.
const MEANT: &[(&str, &str)] = &[
    (
        "let f = |x: i32| match x { 0 => 1, _ => 2 } + 10; f(0)",
        "11",
    ),
    ("let f = |x: &i32| unsafe { *x } as u8 + 1; f(&1)", "2"),
    (
        "let f = |x: i32| if x > 0 { [1, 2] } else { [3, 4] }[1]; f(0)",
        "4",
    ),
    ("let f = |x: i32| { x }.max(5); f(7)", "7"),
    ("let f = |x: i32| -x..=x; f(1)", "-1..=1"),
    ("{ let mut n = 0; let mut f = |x| n = x; f(3); n }", "3"),
    (
        "macro_rules! last { ($e:expr) => { $e }; }\n[1, 2].map(|n| last!(n * 2))",
        "[2, 4]",
    ),
    (
        "macro_rules! pair { ($a:expr, $b:expr) => { ($a, $b) }; }\n[1, 2].map(|n| pair! { n, n }.1 + 1)",
        "[2, 3]",
    ),
    ("let g = || &5; *g()", "5"),
    ("let adder = |a: i32| move |b: i32| a + b; adder(1)(2)", "3"),
    ("static F: fn(i32) -> i32 = |x| x + 1; F(1)", "2"),
    (
        "extern \"C\" fn third(x: i32) -> i32 { x / 3 } [9].map(|x| third(x))",
        "[3]",
    ),
    (
        "struct Loud(&'static str); impl Drop for Loud { fn drop(&mut self) { print!(\"{} \", self.0) } }\n\
         let f = |x: &Loud| x.0.len(); f(&Loud(\"a\")) + [1].iter().map(|n| Loud(\"b\").0.len() + n).sum::<usize>()",
        "3",
    ),
];

#[test]
fn code_means_what_it_would_without_polls() {
    let mut with = Conversation::new();
    let mut without = Conversation::new();
    with.ok("1");
    without.ok(":opt 2");
    for (cell, shown) in MEANT {
        assert_eq!(with.ok(cell), *shown, "{cell}");
        assert_eq!(without.ok(cell), *shown, "{cell}");
    }
    for notebook in [&mut with, &mut without] {
        assert!(notebook.printed().ends_with("b a "));
    }
}

#[test]
fn panics_tell_the_users_own_places() {
    let mut notebook = Conversation::new();
    notebook.ok("fn first(v: &[i32]) -> i32 { v[0] }\nfn all<T: Fn()>(f: T) { f() }");
    let error =
        notebook.err("let first = || { first(&[]) }; for _ in 0..2 { all(|| drop(first())); }");
    for part in [
        "panicked at cell [1], line 1, column 30:",
        "  cell [1], line 1: fn first(v: &[i32]) -> i32 { v[0] }\n  cell [2], line 1: let first",
        "  cell [1], line 2: fn all<T: Fn()>(f: T) { f() }",
    ] {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
}

#[test]
fn nothing_unwinds_where_that_would_end_the_program() {
    let mut notebook = patient();
    notebook.ok("let x = 5;");
    let stopped =
        "KeyboardInterrupt: the cell was interrupted; variables and threads are still there";
    // What cleans up while the cell is stopped has polls of its own.
    let error = interrupt(
        &mut notebook,
        "struct Guard; impl Drop for Guard { fn drop(&mut self) { for _ in 0..9 {} } }\n\
         let _guard = Guard; { println!(\"begun\"); loop {} }",
    );
    assert!(error.starts_with(stopped), "{error}");
    // Nearly all the time is spent below a function of C.
    let error = interrupt(
        &mut notebook,
        "unsafe extern \"C\" { fn qsort(base: *mut i32, count: usize, size: usize, compare: extern \"C\" fn(&i32, &i32) -> i32); }\n\
         extern \"C\" fn compare(a: &i32, b: &i32) -> i32 { for _ in 0..100_000 {} a - b }\n\
         { println!(\"begun\"); loop { unsafe { qsort([3, 1, 2].as_mut_ptr(), 3, 4, compare) } } }",
    );
    assert!(error.starts_with(stopped), "{error}");
    assert_eq!(notebook.ok("x"), "5");
}

#[test]
fn optimised_loops_are_left_alone_and_ended_by_force() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut x = 5;");
    for level in ["2", "3", "s", "z"] {
        let error = interrupt(
            &mut notebook,
            &format!(
                ":opt {level}\nx += 1; {{ println!(\"begun\"); loop {{ std::hint::black_box(x); }} }}"
            ),
        );
        assert!(
            error.starts_with("KeyboardInterrupt: the cell did not stop in time"),
            "{error}"
        );
        assert_eq!(notebook.ok("x"), "5");
    }
}
