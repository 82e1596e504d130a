//! What becomes of values from cell to cell: those whose types have no name, moved ones, leaked ones.

mod conversation;

use conversation::{Conversation, check, check_error, shown};

#[test]
fn closures_are_kept_wherever_they_come_from() {
    check(&[
        (
            "let mut tick = { let mut n = 0; move || { n += 1; n } };",
            "",
        ),
        ("tick(); tick()", "2"),
        (
            "fn adder(k: i32) -> impl Fn(i32) -> i32 { move |x| x + k }\nlet add = adder(2); let adders = vec![adder(1), adder(2)];",
            "",
        ),
        (
            "(add(40), adders[0](1), adders.iter().map(|f| f(10)).sum::<i32>())",
            "(42, 2, 23)",
        ),
        (
            "fn counter() -> impl FnMut() -> u8 { let mut n = 0; move || { n += 1; n } }\nlet mut count = counter();\n\
             fn giver(s: String) -> impl FnOnce() -> String { move || s }\nlet give = giver(\"given\".into());",
            "",
        ),
        ("(count(), count(), give())", "(1, 2, \"given\")"),
        (
            "let fs = [1, 2, 3].map(|k| move |x: i32| x * k); let nested = vec![Some((1, |x: i32| x + 1))];",
            "",
        ),
        ("(fs[2](14), nested[0].as_ref().unwrap().1(1))", "(42, 2)"),
        (
            "let (f, mut g) = (|x: i32| x + 1, { let mut n = 0; move || { n += 1; n } }); let [h, _] = [|s: &str| s.len(); 2];",
            "",
        ),
        ("(f(1), g(), g(), h(\"four\"))", "(2, 1, 2, 4)"),
        (
            "let some = Some(|x: i32| x); let good: Result<_, String> = Ok(|| 1); let bad: Result<i32, _> = Err(|| \"bad\");",
            "",
        ),
        (
            "(some.as_ref().unwrap()(3), good.unwrap()(), bad.unwrap_err()())",
            "(3, 1, \"bad\")",
        ),
        (
            "let pick: fn(i32) -> i32 = if fs.len() > 2 { |x| x } else { |x| -x }; let chosen = match 1 { 1 => adder(5), _ => adder(6) };",
            "",
        ),
        ("(pick(1), chosen(1))", "(1, 6)"),
        (
            "let curry = |a: i32| move |b: i32| a + b; let table = std::collections::BTreeMap::from([(\"double\", |x: i32| x * 2)]);",
            "",
        ),
        ("(curry(1)(2), table[\"double\"](4))", "(3, 8)"),
        (
            "use std::sync::{Arc, Mutex}; let shared = Arc::new(|x: i32| x + 1); let locked = Arc::new(Mutex::new({ let mut n = 0; move || { n += 1; n } })); let boxed = Box::new(|| 7);",
            "",
        ),
        (
            "let other = Arc::clone(&shared); (std::thread::spawn(move || other(1)).join().unwrap(), locked.lock().unwrap()(), boxed())",
            "(2, 1, 7)",
        ),
        (
            "macro_rules! make { ($e:expr) => { move |x: i32| x + $e } }\nlet made = make!(3); let leaked = Box::leak(Box::new(|x: i32| x * 3));",
            "",
        ),
        ("(made(1), leaked(2))", "(4, 6)"),
        (
            "struct Cache<F: Fn(i32) -> i32> { f: F, hits: u32 }\nimpl<F: Fn(i32) -> i32> Cache<F> { fn get(&mut self, x: i32) -> i32 { self.hits += 1; (self.f)(x) } }\nlet mut cache = Cache { f: |x| x * x, hits: 0 };",
            "",
        ),
        ("(cache.get(3), cache.hits)", "(9, 1)"),
        (
            "let twin = |x: i32| x + 1; let copy = twin.clone(); let third = twin; (twin(1), copy(2), third(3))",
            "(2, 3, 4)",
        ),
        ("(twin(1), copy(2), third(3))", "(2, 3, 4)"),
        ("let constants = (str::len, i32::abs, Some::<u8>);", ""),
        (
            "(constants.0(\"abc\"), constants.1(-2), constants.2(3))",
            "(3, 2, Some(3))",
        ),
        (
            "let rc = std::rc::Rc::new(5); let local = vec![move || *rc];",
            "",
        ),
        ("local[0]()", "5"),
    ]);
}

#[test]
fn iterators_and_futures_are_kept_wherever_they_come_from() {
    check(&[
        (
            "let mut squares = { let limit = 3; (1..=limit).map(move |x| x * x) }; let pair = (vec![1, 2].into_iter().filter(|x| x % 2 == 0), 1);\n\
             fn evens(n: u32) -> Option<impl Iterator<Item = u32>> { Some((0..n).filter(|x| x % 2 == 0)) }\nlet maybe = evens(5);",
            "",
        ),
        (
            "(squares.next(), squares.sum::<i32>(), pair.0.count(), maybe.unwrap().collect::<Vec<_>>())",
            "(Some(1), 13, 1, [0, 2, 4])",
        ),
        (
            "trait Shape { fn area(&self) -> f64; }\nstruct Square(f64);\nimpl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }\n\
             fn shape() -> impl Shape { Square(2.0) }\nlet shapes = [shape(), shape()];",
            "",
        ),
        ("shapes.iter().map(|s| s.area()).sum::<f64>()", "8.0"),
    ]);
}

#[test]
fn a_closure_costs_one_compilation_and_others_one_more() {
    let mut notebook = Conversation::new();
    notebook.ok(":timing");
    for (source, attempts) in [
        ("let f = |x: i32| x + 1;", 1),
        ("let mut g = { let mut n = 0; move || { n += 1; n } };", 2),
        ("let mut n = 0; let mut h = move || { n += 1; n };", 1),
        ("let v = [1, 2].map(|n| move || n);", 2),
        ("f(1) + g() + h() + v[0]()", 1),
    ] {
        let outcome = shown(&notebook.execute(source));
        let expected = format!("({attempts} attempts)");
        assert!(outcome.contains(&expected), "{source}\n{outcome}");
    }
}

#[test]
fn what_seems_to_be_moved_and_is_not_is_kept() {
    check(&[
        (
            "struct Worker(u8); impl Worker { fn join(&self) -> u8 { self.0 } fn into_it(&self) -> u8 { 2 } }\n\
             let worker = Worker(7); let n = u8::max(3, 4); let shown = &worker; \
             (worker.join(), shown.into_it(), std::thread::spawn(move || n).join().unwrap())",
            "(7, 2, 4)",
        ),
        (
            "let other = Worker(1); let h = std::thread::spawn(|| 5); (other.join(), h.join().unwrap())",
            "(1, 5)",
        ),
        ("(worker.join(), other.join(), n)", "(7, 1, 4)"),
        (
            "let range = std::ops::RangeInclusive::new(1, 2); let pair = (1, 2); let mut sum = 0; \
             for x in [pair.0, pair.1] { sum += x; } drop(pair); sum",
            "3",
        ),
        ("(range.count(), pair)", "(2, (1, 2))"),
    ]);
    let mut notebook = Conversation::new();
    notebook.ok("let h = std::thread::spawn(|| 5); h.join().unwrap()");
    assert!(notebook.err("h").contains("cell [1] moved it"));
    notebook.ok("let h = std::thread::spawn(|| 6);");
    assert_eq!(notebook.ok("h.join().unwrap()"), "6");
    assert!(notebook.err("h").contains("cell [4] moved it"));
}

#[test]
fn values_that_are_made_late_are_kept() {
    check(&[
        (
            "use std::sync::LazyLock; let base = 40; let ready = LazyLock::new(|| 7); let late = LazyLock::new(move || base + 2);",
            "",
        ),
        ("(*ready, *late, *late)", "(7, 42, 42)"),
        (
            "let cell = std::cell::LazyCell::new({ let text = std::rc::Rc::new(String::from(\"lazy\")); move || text.len() });",
            "",
        ),
        ("*cell", "4"),
        (
            "std::thread::scope(|s| s.spawn(|| *ready + *late).join().unwrap())",
            "49",
        ),
    ]);
}

/// A `LazyLock` in one thread may hold what must not leave it; then it is not kept, and the cell runs as it is.
#[test]
fn a_lock_whose_value_cannot_change_threads_is_named() {
    let mut notebook = Conversation::new();
    let source = "let text = std::rc::Rc::new(7); let late = std::sync::LazyLock::new(move || *text); println!(\"{}\", *late);";
    let outcome = shown(&notebook.execute(source));
    assert_eq!(notebook.printed(), "7\n");
    assert!(outcome.contains("`late` is not kept"), "{outcome}");
}

#[test]
fn a_closure_for_lasting_references_takes_no_others() {
    let cells = [
        "let mut seen: Vec<&'static str> = Vec::new(); let mut note = move |s| { seen.push(s); seen.len() }; note(\"a\");",
    ];
    let mut notebook = Conversation::new();
    notebook.ok(cells[0]);
    assert_eq!(notebook.ok("note(\"b\")"), "2");
    let error = notebook.err("{ let s = String::from(\"short\"); note(&s) }");
    assert!(error.contains("cell [3]"), "{error}");
    assert_eq!(notebook.ok("let s = String::from(\"kept\"); note(&s)"), "3");
}

#[test]
fn what_cannot_be_kept_is_told_and_the_cell_runs() {
    let mut notebook = Conversation::new();
    let outcome = shown(&notebook.execute(
        "let ends = std::sync::mpsc::channel(); ends.0.send(|| 1).unwrap(); println!(\"{}\", ends.1.recv().unwrap()()); let kept = 2;",
    ));
    assert!(
        outcome.contains("`ends` is not kept for later cells: its type cannot be written down")
            && outcome.contains("let ends: "),
        "{outcome}"
    );
    assert_eq!(notebook.printed(), "1\n");
    assert_eq!(notebook.ok("kept"), "2");
    let error = notebook.err("ends.0.clone()");
    assert!(error.contains("the variable `ends` is gone"), "{error}");
    let error = notebook.err("let mut v = vec![1]; let mut f = |i: usize| v.push(i);");
    assert!(error.contains("let f = move |"), "{error}");
}

#[test]
fn a_moved_variable_may_be_assigned_again() {
    check(&[
        ("let mut s = String::from(\"a\"); let mut n = vec![1];", ""),
        ("let t = s;", ""),
        ("s = String::from(\"b\"); s.push('c');", ""),
        ("format!(\"{t} {s}\")", "\"a bc\""),
        ("let flag = true; if flag { drop(s); }", ""),
        (
            "s = String::new(); for word in [\"x\", \"y\"] { s = word.to_owned(); }; s = s + \"z\";",
            "",
        ),
        ("s", "\"yz\""),
        (
            "for _ in 0..2 { let old = n; n = vec![old.len() as i32 + 1]; }",
            "",
        ),
        ("n", "[2]"),
        (
            "let length = std::thread::spawn(move || s.len()).join().unwrap(); let f = move || n;",
            "",
        ),
        ("(s, n) = (format!(\"{length}\"), f());", ""),
        (
            "(s, n) = (format!(\"{n:?}\"), s.into_bytes().into_iter().map(i32::from).collect());",
            "",
        ),
        ("(&s, &n)", "(\"[2]\", [50])"),
        (
            "macro_rules! set { ($n:ident, $e:expr) => { $n = $e } }\ndrop(s);",
            "",
        ),
        ("set!(s, \"set\".to_string());", ""),
        ("drop(s); s = \"again\".into();", ""),
        ("s", "\"again\""),
        (
            "struct P { name: String, age: u8 }\nlet mut p = P { name: \"p\".into(), age: 1 };",
            "",
        ),
        ("let name = p.name; p.name = name + \"q\"; p.age += 1;", ""),
        ("(&p.name, p.age)", "(\"pq\", 2)"),
        ("let s = 5;", ""),
        ("s", "5"),
    ]);
    let moved = [
        "let mut s = String::from(\"a\"); let once = String::new();",
        "let t = s; let u = once;",
    ];
    check_error(
        &moved,
        "s.len()",
        &[
            "cell [3]:1:1",
            "the variable `s` is gone: cell [2] moved it",
        ],
    );
    check_error(
        &moved,
        "println!(\"{s}\"); s = String::new();",
        &["cell [3]:1:", "the variable `s` is gone: cell [2] moved it"],
    );
    check_error(
        &moved,
        "once = String::new();",
        &[
            "cannot assign twice to immutable variable `once`",
            "cell [3]:1:1",
        ],
    );
    check_error(
        &[moved[0], moved[1], "s = String::from(\"b\");", "let v = s;"],
        "s.len()",
        &["the variable `s` is gone: cell [4] moved it"],
    );
    check_error(
        &[
            moved[0],
            moved[1],
            "if t.is_empty() { s = String::from(\"b\"); }",
        ],
        "s.len()",
        &["the variable `s` is gone: cell [2] moved it"],
    );
}

#[test]
fn a_leaked_value_stays_where_it_is_used() {
    let mut notebook = Conversation::new();
    notebook.ok("let board = Box::leak(Box::new(vec![1, 2, 3])); struct Held { list: &'static mut Vec<i32> }\n\
                 fn extend(list: &mut Vec<i32>) { list.push(9) }");
    assert_eq!(notebook.ok("board.push(4); board.len()"), "4");
    assert_eq!(
        notebook.ok("extend(board); board.iter_mut().for_each(|n| *n += 1); board.last().copied()"),
        "Some(10)"
    );
    assert_eq!(notebook.ok("{ let first = &board[0]; *first }"), "2");
    assert_eq!(notebook.ok("board.len()"), "5");
    let error =
        notebook.err("let (left, right) = board.split_at_mut(2); left[0] += right[0]; board[0]");
    assert!(
        error.contains("cell [6]:1:") && error.contains("`left` borrows mutably"),
        "{error}"
    );
    assert!(!error.contains("lifetime may not live"), "{error}");
    assert_eq!(
        notebook.ok("{ let (left, right) = board.split_at_mut(2); left[0] += right[0]; } board[0]"),
        "6"
    );
    notebook.ok("let held = Held { list: board };");
    let error = notebook.err("board.len()");
    assert!(
        error.contains("the variable `board` is gone: cell [8] moved it"),
        "{error}"
    );
    assert_eq!(
        notebook.ok("held.list.push(1); extend(held.list); held.list.len()"),
        "7"
    );
    notebook.ok(
        "let shared: &'static [i32] = Box::leak(Box::new([1, 2, 3])); let tail = &shared[1..];",
    );
    assert_eq!(notebook.ok("(shared.len(), tail)"), "(3, [2, 3])");
}

#[test]
fn an_error_about_generated_code_stands_at_the_users_own() {
    check_error(
        &[
            "mod m { #[derive(Clone)] struct Hidden; pub fn make() -> impl Clone { Hidden } }\nlet hidden = m::make();",
        ],
        "let n = 1;\nhidden.clone()",
        &[
            "struct `Hidden` is private",
            "cell [2]:2:1",
            "the type of `hidden` is private in its module: make it `pub` there",
        ],
    );
}
