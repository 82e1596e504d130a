//! A notebook borrows as one function would: what borrows from a variable is kept, and the variable is shared from then on.

mod conversation;
mod ways_out;

use conversation::{Conversation, check, check_error};
use ways_out::WAYS_OUT;

/// Conversations; each cell must succeed and show this.
fn check_all(conversations: &[&[(&str, &str)]]) {
    conversations.iter().for_each(|cells| check(cells));
}

#[test]
fn text_is_taken_apart_for_later_cells() {
    check_all(&[
        &[
            (
                r#"let text = String::from("a b\nc d"); let lines: Vec<&str> = text.lines().collect();"#,
                "",
            ),
            ("(lines[1], text.len())", r#"("c d", 7)"#),
        ],
        &[
            (r#"let text = String::from("a b\nc");"#, ""),
            ("let lines: Vec<&str> = text.lines().collect();", ""),
            ("lines.len() + text.len()", "7"),
        ],
        &[
            (
                r#"let text = String::from("x y x"); use std::collections::HashMap; let mut counts: HashMap<&str, u32> = HashMap::new();"#,
                "",
            ),
            (
                "for word in text.split_whitespace() { *counts.entry(word).or_default() += 1; }",
                "",
            ),
            (r#"(counts["x"], text.as_str())"#, r#"(2, "x y x")"#),
        ],
        &[
            (
                r#"let text = String::from("hey"); let mut chars = text.chars();"#,
                "",
            ),
            ("(chars.next(), chars.as_str())", r#"(Some('h'), "ey")"#),
            ("(chars.next(), text.len())", "(Some('e'), 3)"),
        ],
        &[
            (
                r#"let bytes = b"ab,cd".to_vec(); let fields: Vec<&[u8]> = bytes.split(|b| *b == b',').collect();"#,
                "",
            ),
            ("(fields[1].len(), bytes[0])", "(2, 97)"),
        ],
        &[
            (r#"let line = "k=v".to_string();"#, ""),
            ("let (key, value) = line.split_once('=').unwrap();", ""),
            (r#"format!("{key}:{value} of {line}")"#, r#""k:v of k=v""#),
        ],
        &[
            (r#"let name = String::from("Ada");"#, ""),
            ("let short = &name[..2]; let whole = name.as_str();", ""),
            ("(short, whole, &name)", r#"("Ad", "Ada", "Ada")"#),
        ],
        &[
            (
                r#"use std::borrow::Cow; let raw = String::from("a b");"#,
                "",
            ),
            (
                r#"let clean: Cow<str> = if raw.contains(' ') { raw.replace(' ', "").into() } else { (&raw[..]).into() };"#,
                "",
            ),
            ("(clean.len(), raw.len())", "(2, 3)"),
        ],
        &[
            (
                r#"let raw = String::from("ab"); let kept: std::borrow::Cow<str> = raw.as_str().into();"#,
                "",
            ),
            (
                "matches!(kept, std::borrow::Cow::Borrowed(_)) && raw == kept",
                "true",
            ),
        ],
    ]);
}

#[test]
fn collections_are_borrowed_from() {
    check_all(&[
        &[
            ("let v = vec![3, 1, 2];", ""),
            (
                "let mut sorted: Vec<&i32> = v.iter().collect(); sorted.sort();",
                "",
            ),
            ("(*sorted[0], v[0])", "(1, 3)"),
        ],
        &[
            ("let mut v = vec![3, 1, 2];", ""),
            ("v.sort(); let largest = v.last().unwrap();", ""),
            ("(*largest, v.len())", "(3, 3)"),
        ],
        &[
            (
                "let mut v = vec![3, 1, 2]; v.sort(); let first = &v[0]; let n = *first + 1;",
                "",
            ),
            ("(first, n, &v)", "(1, 2, [1, 2, 3])"),
        ],
        &[
            ("let grid = [[1, 2], [3, 4]];", ""),
            ("let row = &grid[1]; let [_, corner] = row;", ""),
            ("(row, corner, grid[0][0])", "([3, 4], 4, 1)"),
        ],
        &[
            (
                "use std::collections::BTreeMap; let map = BTreeMap::from([(1, \"a\".to_string()), (2, \"b\".to_string())]);",
                "",
            ),
            (
                "let found = map.get(&2); let keys: Vec<_> = map.keys().collect();",
                "",
            ),
            ("(found.unwrap(), keys.len(), map.len())", r#"("b", 2, 2)"#),
        ],
        &[
            ("let v = vec![1, 2, 3, 4];", ""),
            (
                "let mut pairs = v.chunks(2); let mut each = v.iter().map(|n| n * 10);",
                "",
            ),
            ("(pairs.next(), each.next())", "(Some([1, 2]), Some(10))"),
            (
                "(pairs.next(), each.next(), v.len())",
                "(Some([3, 4]), Some(20), 4)",
            ),
        ],
        &[
            (
                "let v = vec![1, 2, 3]; let windows: Vec<&[i32]> = v.windows(2).collect();",
                "",
            ),
            (
                "let lasts: Vec<&i32> = windows.iter().filter_map(|w| w.last()).collect();",
                "",
            ),
            ("(lasts, windows.len(), v.len())", "([2, 3], 2, 3)"),
        ],
        &[
            (
                "let words = vec![\"a\".to_string(), \"bb\".to_string()]; let mut longest: Option<&String> = None;",
                "",
            ),
            (
                "for word in &words { if longest.is_none_or(|l| l.len() < word.len()) { longest = Some(word); } }",
                "",
            ),
            ("(longest, words.len())", r#"(Some("bb"), 2)"#),
        ],
        &[
            (
                "let table = vec![(1, \"x\".to_string())]; let index: std::collections::HashMap<&str, &i32> = table.iter().map(|(n, s)| (s.as_str(), n)).collect();",
                "",
            ),
            (r#"(index["x"], table[0].0)"#, "(1, 1)"),
        ],
        &[
            ("let (a, b) = (vec![1], vec![2]);", ""),
            ("let both = [&a, &b]; let it = a.iter().chain(&b);", ""),
            ("(both[1][0], it.count(), a.len() + b.len())", "(2, 2, 2)"),
        ],
    ]);
}

#[test]
fn the_users_own_types_borrow() {
    check_all(&[
        &[
            (
                "struct Parser<'a> { rest: &'a str }\n\
                 impl<'a> Parser<'a> {\n\
                 fn new(rest: &'a str) -> Self { Self { rest } }\n\
                 fn word(&mut self) -> &'a str { let (w, r) = self.rest.split_once(' ').unwrap_or((self.rest, \"\")); self.rest = r; w }\n\
                 }\n\
                 let code = String::from(\"let x\");",
                "",
            ),
            (
                "let mut parser = Parser::new(&code); let first = parser.word();",
                "",
            ),
            ("(first, parser.word(), &code)", r#"("let", "x", "let x")"#),
        ],
        &[
            (
                "struct Point { x: i32, y: i32 } let p = Point { x: 1, y: 2 };",
                "",
            ),
            ("let x = &p.x; let whole = &p;", ""),
            ("(*x, whole.y, p.x + p.y)", "(1, 2, 3)"),
        ],
        &[
            (
                "trait Shape { fn area(&self) -> f64; } struct Sq(f64); impl Shape for Sq { fn area(&self) -> f64 { self.0 * self.0 } }\n\
              let sq = Sq(2.0);",
                "",
            ),
            ("let shapes: Vec<&dyn Shape> = vec![&sq, &sq];", ""),
            (
                "shapes.iter().map(|s| s.area()).sum::<f64>() + sq.area()",
                "12.0",
            ),
        ],
        &[
            (
                "#[derive(Clone, Debug)] struct Tree { left: Option<Box<Tree>>, n: i32 }\n\
              let tree = Tree { left: Some(Box::new(Tree { left: None, n: 2 })), n: 1 };",
                "",
            ),
            ("let inner = tree.left.as_deref().unwrap();", ""),
            ("(inner.n, tree.n)", "(2, 1)"),
        ],
        &[
            (
                "struct Wrap<'a, T>(&'a T); let n = 5u8; let w = Wrap(&n);",
                "",
            ),
            ("(*w.0, n + 1)", "(5, 6)"),
        ],
        &[
            (
                "fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }\n\
              let (a, b) = (String::from(\"aa\"), String::from(\"b\"));",
                "",
            ),
            ("let best = longest(&a, &b);", ""),
            ("(best, a.len(), &b)", r#"("aa", 2, "b")"#),
        ],
    ]);
}

#[test]
fn closures_and_iterators_borrow() {
    check_all(&[
        &[
            ("let words = vec![\"a\".to_string()]; let n = 10;", ""),
            (
                "let has = |w: &str| words.iter().any(|x| x == w); let add = |x: i32| x + n;",
                "",
            ),
            (
                r#"(has("a"), has("b"), add(1), words.len())"#,
                "(true, false, 11, 1)",
            ),
        ],
        &[
            (
                "let text = String::from(\"ab\"); let say = || format!(\"{text}!\");",
                "",
            ),
            ("(say(), text.len())", r#"("ab!", 2)"#),
        ],
        &[
            (
                "let text = String::from(\"hello\"); let big = text.chars().filter(|c| *c > 'h').map(|c| c.to_ascii_uppercase());",
                "",
            ),
            ("(big.collect::<String>(), text.len())", r#"("LLO", 5)"#),
        ],
        &[
            ("let f = |x: i32| x + 1; let g = &f;", ""),
            ("g(1) + f(2)", "5"),
        ],
        &[
            (
                "let base = vec![1, 2]; let fs: Vec<Box<dyn Fn() -> usize>> = vec![Box::new(|| base.len())];",
                "",
            ),
            ("fs[0]() + base.len()", "4"),
        ],
        &[
            (
                "let text = String::from(\"a b\"); let mut words = text.split(' ').enumerate().peekable();",
                "",
            ),
            (
                "(words.peek().copied(), text.len())",
                r#"(Some((0, "a")), 3)"#,
            ),
        ],
    ]);
}

#[test]
fn values_without_a_name_are_borrowed_where_a_let_makes_them_last() {
    check_all(&[
        &[("let list = &vec![1, 2];", ""), ("list.len()", "2")],
        &[
            ("let s: &str = &String::from(\"hey\");", ""),
            ("s.len()", "3"),
        ],
        &[
            (
                "struct P<'a> { name: &'a str, all: &'a [String] } let p = P { name: &format!(\"x{}\", 1), all: &[String::new()] };",
                "",
            ),
            ("(p.name, p.all.len())", r#"("x1", 1)"#),
        ],
        &[
            ("let (a, b) = (&String::from(\"a\"), &vec![0; 3][1..]);", ""),
            ("(a, b)", r#"("a", [0, 0])"#),
        ],
        &[
            ("let f: &dyn Fn(i32) -> i32 = &|x| x + 1;", ""),
            ("f(1)", "2"),
        ],
    ]);
    check_error(
        &[],
        "let words: Vec<&str> = String::from(\"a b\").split(' ').collect();",
        &[
            "temporary value dropped while borrowed",
            "cell [1]:1:24",
            "give that a name first: `let value = …;`",
        ],
    );
}

#[test]
fn a_shared_variable_means_what_it_always_did() {
    let shared = "let r = &v;";
    check(&[
        (
            "let v = vec![1, 2, 3]; let n = 7; let s = String::from(\"s\");",
            "",
        ),
        (shared, ""),
        ("let (rn, rs) = (&n, &s);", ""),
        ("v == [1, 2, 3] && &v == r && *r == v", "true"),
        ("(n + 1, -n, n * n, n as f64, 8 - n)", "(8, -7, 49, 7.0, 1)"),
        ("let mut sum = 0; for x in &v { sum += x; } sum + n", "13"),
        ("match n { 7 => \"seven\", _ => \"other\" }", "\"seven\""),
        ("match v.as_slice() { [first, ..] => *first, _ => 0 }", "1"),
        (
            "if n > 3 && s == \"s\" { s.clone() + \"!\" } else { s.clone() }",
            "\"s!\"",
        ),
        (
            "format!(\"{n:>3}|{s}|{v:?}|{}|{0}\", s)",
            "\"  7|s|[1, 2, 3]|s|s\"",
        ),
        (
            "assert_eq!(v, [1, 2, 3]); assert!(n == 7, \"{n}\"); vec![n; 2]",
            "[7, 7]",
        ),
        (
            "fn len(v: &Vec<i32>) -> usize { v.len() } fn by_copy(n: i32) -> i32 { n } len(&v) + by_copy(n) as usize",
            "10",
        ),
        (
            "struct S<'a> { v: &'a Vec<i32>, n: i32 } let made = S { v: &v, n }; made.v.len() as i32 + made.n",
            "10",
        ),
        (
            "let v2 = { let v = 1; v + n }; v2 + { let f = |n: i32| n + 1; f(1) }",
            "10",
        ),
        (
            "let [a, .., z] = v[..] else { panic!() }; a + z + v[1]",
            "6",
        ),
        ("async { v.len() }.await", "3"),
        (
            "std::thread::scope(|scope| scope.spawn(|| v.len()).join().unwrap())",
            "3",
        ),
        ("v", "[1, 2, 3]"),
        (
            "(matches!(n, 7), v.iter().map(|x| x + n).collect::<Vec<_>>())",
            "(true, [8, 9, 10])",
        ),
        (
            "macro_rules! length { ($e:expr) => { $e.len() } } length!(v) + length!(s)",
            "4",
        ),
        ("let copy = v.clone(); let v = copy; v.len() + r.len()", "6"),
    ]);
}

#[test]
fn a_shared_variable_is_not_changed_moved_or_dropped() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut v = vec![1]; let mut n = 1;");
    notebook.ok("let first = &v[0]; let at = &n;");
    for cell in [
        "v.push(2);",
        "v = vec![];",
        "drop(v);",
        "let w = v;",
        "v[0] = 2;",
    ] {
        let error = notebook.err(cell);
        for part in [
            "cell [",
            "`first` borrows from `v` since cell [2], so `v` can be read, but not changed or moved",
            "`let mut v = v.clone();`",
        ] {
            assert!(error.contains(part), "{part}\n{error}");
        }
        assert!(!error.contains("`*v") && !error.contains("(*v)"), "{error}");
    }
    let error = notebook.err("n += 1;");
    assert!(
        error.contains("`at` borrows from `n` since cell [2]"),
        "{error}"
    );
    assert_eq!(notebook.ok("(v.len(), *first, n)"), "(1, 1, 1)");
    notebook.ok(":vars");
    let vars = notebook.printed();
    assert!(
        vars.contains("mut v    : Vec<i32>  (`first` borrows from `v` since cell [2]; 28 bytes, kept until `:clear`)"),
        "{vars}"
    );
    // As a function would have it: the old one lives on for those that borrow.
    notebook.ok("let mut v = v.clone(); v.push(2);");
    assert_eq!(notebook.ok("v.push(3); (v.len(), *first)"), "(3, 1)");
    notebook.ok("let first = 0;");
    assert_eq!(notebook.ok("first + n"), "1");
}

#[test]
fn the_size_of_what_stays_is_told() {
    let mut notebook = Conversation::new();
    notebook.ok("let text = \"a \".repeat(1000); let names = vec![String::from(\"a\")]; let one = std::rc::Rc::new(1);");
    notebook.ok("let list = vec![1u8, 2]; let words: Vec<&str> = text.split(' ').collect(); let part = &list[1..]; let n = &names[0]; let o = &*one;");
    // Later cells use them without another word about that, and a cell that fails has shared all the same.
    notebook.ok("(words.len(), part.len(), n.len(), o)");
    notebook.err("let three = 3; let t = &three; let of_text = &text[1..]; panic!()");
    notebook.ok(":vars");
    let vars = notebook.printed();
    for (name, size) in [
        ("text ", "2.0 kB"),
        ("list ", "26 bytes"),
        ("names", "at least 48 bytes"),
        ("one  ", "at least 8 bytes"),
    ] {
        let mut lines = vars.lines();
        let line = lines.find(|line| line.trim_start().starts_with(&format!("{name}:")));
        let line = line.unwrap_or_else(|| panic!("{name}: {vars}"));
        assert!(
            line.contains(&format!("; {size}, kept until `:clear`)")),
            "{line}"
        );
    }
}

#[test]
fn what_a_function_refuses_is_refused() {
    for (earlier, last, expected) in [
        (
            "let mut v = vec![1];",
            "let r = &v[0]; v.push(2); println!(\"{r}\");",
            &[
                "cannot borrow `v` as mutable because it is also borrowed as immutable",
                "cell [2]:1:16",
                "`r` is kept for later cells",
            ][..],
        ),
        (
            "",
            "let s = String::new(); let r = &s; drop(s); r.len();",
            &[
                "cannot move out of `s` because it is borrowed",
                "cell [2]:1:41",
            ],
        ),
        (
            "let mut v = vec![1];",
            "let r = &mut v;",
            &[
                "`v` does not live long enough",
                "`r` borrows mutably, and so cannot be kept",
            ],
        ),
        (
            "let v: &'static mut Vec<i32> = Box::leak(Box::new(vec![1]));",
            "let r = &mut *v; r.push(2);",
            &[
                "cannot move out of `v` because it is borrowed",
                "`r` borrows mutably, and so cannot be kept",
            ],
        ),
        (
            "",
            "let mut b = [1, 2]; let (l, r) = b.split_at_mut(1);",
            &[
                "`l` borrows mutably, and so cannot be kept",
                "cell [2]:1:34",
            ],
        ),
        (
            "",
            "let x = { let t = String::from(\"q\"); &t[..] };",
            &[
                "`t` does not live long enough",
                "cell [2]:1:39",
                "`x` is kept for later cells",
            ],
        ),
        (
            "let v = vec![1];",
            "let h = std::thread::spawn(|| v.len());",
            &[
                "`v` does not live long enough",
                "argument requires that `v` is borrowed for `'static`",
            ],
        ),
        (
            "let v = vec![1];",
            "std::thread::spawn(|| println!(\"{v:?}\"));",
            &["closure may outlive the current function", "cell [2]:1:20"],
        ),
        (
            "fn f() -> &'static str { \"\" }",
            "fn g<'a>() -> &'a str { let s = String::new(); &s }",
            &["cannot return reference to local variable `s`"],
        ),
        (
            "let mut n = 1;",
            "let mut add = |x: i32| n += x;",
            &[
                "the closure `add` is kept for later cells",
                "`let add = move |…| …`",
            ],
        ),
        (
            "let mut list: Vec<&String> = vec![];",
            "{ let s = String::new(); list.push(&s); }",
            &["`s` does not live long enough"],
        ),
    ] {
        check_error(&[earlier], last, expected);
    }
    // What surrounds a cell is not spoken of.
    let mut notebook = Conversation::new();
    notebook.ok("let v: &'static mut Vec<i32> = Box::leak(Box::new(vec![1]));");
    let error = notebook.err("let r = &mut *v;");
    assert!(!error.contains("FnMut"), "{error}");
    // What was refused has shared nothing.
    let mut notebook = Conversation::new();
    notebook.ok("let mut v = vec![1];");
    notebook.err("let r = &v[0]; v.push(2);");
    notebook.err("let r = &v[0]; let n: u8 = \"no\";");
    assert_eq!(notebook.ok("v.push(5); v.len()"), "2");
}

#[test]
fn what_a_cell_has_borrowed_stays_borrowed_if_it_fails() {
    let mut notebook = Conversation::new();
    notebook.ok("let text = String::from(\"ab\"); let mut v = vec![1];");
    notebook.ok("use std::sync::Mutex; static OUT: Mutex<Vec<&str>> = Mutex::new(Vec::new());");
    let error = notebook.err("let part = &text[1..]; OUT.lock().unwrap().push(part); if text.len() == 2 { panic!(\"late\"); }");
    assert!(error.contains("late"), "{error}");
    let error = notebook.err("drop(text);");
    assert!(
        error.contains("`text` can be read, but not changed or moved"),
        "{error}"
    );
    assert_eq!(
        notebook.ok("(text.len(), OUT.lock().unwrap()[0])"),
        "(2, \"b\")"
    );
    // One that the cell has changed before belonged to the cell.
    notebook.err("v.push(2); let first = &v[0]; if v.len() == 2 { panic!(\"late\"); }");
    let error = notebook.err("v.len()");
    assert!(
        error.contains("the variable `v` is gone: cell [6] had moved it when it failed"),
        "{error}"
    );
}

#[test]
fn what_borrows_may_get_anywhere() {
    check_all(WAYS_OUT);
    check(&[
        // A task of a runtime.
        ("let s = String::from(\"task\"); let r = &s;", ""),
        (
            "let task = tokio::spawn(async move { tokio::time::sleep(std::time::Duration::from_millis(1)).await; r.len() }); async {}.await",
            "",
        ),
        ("let s = 0; let r = 0;", ""),
        ("task.await?", "4"),
    ]);
}

#[test]
fn a_new_definition_takes_what_borrows_with_it() {
    let mut notebook = Conversation::new();
    notebook.ok("struct P { x: i32 } let p = P { x: 1 }; let other = 5;");
    notebook.ok("let x = &p.x; let o = &other;");
    notebook.ok("let xs = vec![x]; let twice = (&xs, 1);");
    notebook.ok("struct P { x: i32, y: i32 }");
    for name in ["p", "x"] {
        let error = notebook.err(&format!("&{name};"));
        assert!(
            error.contains(&format!(
                "the variable `{name}` is gone: its type was defined anew by cell [4]"
            )),
            "{error}"
        );
    }
    assert_eq!(notebook.ok("*o + other"), "10");
}

#[test]
fn shared_variables_outlive_a_crash_and_a_forced_stop() {
    let mut notebook = Conversation::new();
    notebook
        .ok("let text = String::from(\"a b\"); let words: Vec<&str> = text.split(' ').collect();");
    notebook.ok("let other = String::from(\"later\");");
    let error = notebook.err("let part = &other[..2]; std::process::abort();");
    assert!(
        error.contains("everything is as it was before cell [3]"),
        "{error}"
    );
    assert_eq!(notebook.ok("(words[1], text.len())"), "(\"b\", 3)");
    // The copy knows nothing of what the lost cell has borrowed.
    assert_eq!(
        notebook.ok("let mut other = other; other.push('!'); other"),
        "\"later!\""
    );
    let error = notebook.err("drop(text);");
    assert!(
        error.contains("`words` borrows from `text` since cell [1]"),
        "{error}"
    );
}

#[test]
fn directives_ask_without_borrowing() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut text = String::from(\"a b\");");
    notebook.ok(":type text.split(' ').next()");
    assert_eq!(notebook.printed(), "text.split(' ').next(): Option<&str>\n");
    assert_eq!(notebook.ok("text.push('c'); text.len()"), "4");
    notebook.ok(":opt 2");
    notebook.events.try_iter().for_each(drop);
    notebook.ok("let words: Vec<&str> = text.split(' ').collect();");
    assert_eq!(notebook.ok("(words.len(), text.len())"), "(2, 4)");
    notebook.ok(":clear");
    notebook.events.try_iter().for_each(drop);
    let error = notebook.err("words.len()");
    assert!(error.contains("cannot find value `words`"), "{error}");
}

#[test]
fn views_of_crates_are_kept() {
    check_all(&[
        &[
            (
                ":dep regex = { version = \"1\", default-features = false, features = [\"std\"] }\n\
                 let text = String::from(\"on 2024-05-06\"); let date = regex::Regex::new(r\"([0-9]+)-([0-9]+)\")?;",
                "",
            ),
            (
                "let found = date.captures(&text).unwrap(); let first = date.find(&text);",
                "",
            ),
            (
                "(&found[1], found.get(2).map(|m| m.as_str()), first.map(|m| m.start()), text.len())",
                "(\"2024\", Some(\"05\"), Some(3), 13)",
            ),
        ],
        &[
            (
                ":dep itertools = \"0.14\"\nuse itertools::Itertools; let v = vec![3, 1, 2];",
                "",
            ),
            (
                "let sorted = v.iter().sorted().collect_vec(); let (small, big): (Vec<&i32>, Vec<&i32>) = v.iter().partition(|n| **n < 3);",
                "",
            ),
            (
                "(sorted, small.len(), big, v.iter().join(\"-\"))",
                "([1, 2, 3], 2, [3], \"3-1-2\")",
            ),
        ],
        &[
            (
                ":dep csv = \"1\"\nlet data = String::from(\"a,b\\n1,2\\n3,4\\n\"); let mut reader = csv::Reader::from_reader(data.as_bytes());",
                "",
            ),
            (
                "let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;",
                "",
            ),
            (
                "let column: Vec<&str> = records.iter().map(|record| &record[1]).collect();",
                "",
            ),
            (
                "(column, records.len(), data.len())",
                "([\"2\", \"4\"], 2, 12)",
            ),
        ],
        &[
            (
                ":dep serde_json = \"1\"\n:dep serde = { version = \"1\", features = [\"derive\"] }\n\
                 #[derive(serde::Deserialize)] struct Row<'a> { name: &'a str } let json = String::from(r#\"{\"name\": \"x\", \"n\": [1, 2]}\"#);",
                "",
            ),
            (
                "let row: Row = serde_json::from_str(&json)?; let value: serde_json::Value = serde_json::from_str(&json)?; let list = value[\"n\"].as_array().unwrap();",
                "",
            ),
            (
                "(row.name, list.len(), value[\"n\"][0].as_i64(), json.len())",
                "(\"x\", 2, Some(1), 26)",
            ),
        ],
        &[
            (
                ":dep ndarray = { version = \"0.16\", default-features = false, features = [\"std\"] }\nuse ndarray::{array, s}; let a = array![[1, 2], [3, 4]];",
                "",
            ),
            (
                "let row = a.row(1); let corner = a.slice(s![..1, 1..]); let t = a.t();",
                "",
            ),
            (
                "(row.sum(), corner[[0, 0]], t[[0, 1]], a.sum())",
                "(7, 2, 3, 10)",
            ),
        ],
    ]);
}
