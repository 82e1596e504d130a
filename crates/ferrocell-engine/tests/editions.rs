//! Cells in each edition of Rust.

mod conversation;

use conversation::Conversation;

/// What every edition can do, with all that is generated around it.
const COMMON: [(&str, &str); 10] = [
    (
        "use std::collections::HashMap;\nstatic COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1);",
        "",
    ),
    (
        "fn twice(n: u32) -> u32 { let mut sum = 0; for _ in 0..2 { sum += n; } sum }\n\
      mod inner { pub fn three() -> u32 { loop { return 3; } } }\n\
      thread_local! { static LOCAL: std::cell::Cell<u32> = std::cell::Cell::new(4); }",
        "",
    ),
    (
        "#[derive(Debug, Clone)]\nstruct Point { x: u32 }\nimpl Point { fn next(&self) -> u32 { static LAST: u32 = 9; self.x + LAST } }",
        "",
    ),
    (
        "let mut point = Point { x: twice(2) };\nlet add = |n: u32| n + 1;\nlet range = (1..4).map(|n| n * 2);",
        "",
    ),
    (
        "point.x += add(inner::three());\npoint.clone()",
        "Point { x: 8 }",
    ),
    (
        "(point.next(), COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst))",
        "(17, 1)",
    ),
    (
        "LOCAL.with(|local| local.get()) + COUNT.load(std::sync::atomic::Ordering::SeqCst) as u32",
        "6",
    ),
    ("print!(\"{}\", point.x); \"7\".parse::<u32>()?", "7"),
    (
        "let map: HashMap<&str, Option<u32>> = HashMap::new();\nmap.get(\"a\")",
        "None",
    ),
    ("range.collect::<Vec<_>>()", "[2, 4, 6]"),
];

#[test]
fn generated_code_is_of_every_edition() {
    for edition in ["2015", "2018", "2021", "2024"] {
        let mut notebook = Conversation::new();
        notebook.ok(&format!(":edition {edition}"));
        for (cell, expected) in COMMON {
            assert_eq!(notebook.ok(cell), expected, "{edition}: {cell}");
        }
        let error = notebook.err("point.y");
        assert!(error.contains("no field `y`"), "{edition}: {error}");
        assert!(
            notebook.err("panic!(\"{}\", 1)").starts_with("Panic: 1"),
            "{edition}"
        );
    }
}

/// Cells that some edition takes and a later one does not, with the latest that does.
const OLDER: [(&str, &str); 9] = [
    (
        "extern \"C\" { fn abs(input: i32) -> i32; }\nunsafe { abs(-3) };",
        "2021",
    ),
    (
        "#[no_mangle] pub extern \"C\" fn exported_by_a_cell() {}",
        "2021",
    ),
    ("let gen = 1;\ngen + 1;", "2021"),
    ("std::env::set_var(\"FERROCELL_EDITION\", \"1\");", "2021"),
    (
        "static mut TOTAL: Vec<i32> = Vec::new();\nunsafe { TOTAL.push(1); }",
        "2021",
    ),
    (
        "trait Shape { fn area(&self) -> f64; }\nlet shape: Option<Box<Shape>> = None;",
        "2018",
    ),
    ("match 3 { 1...5 => 1, _ => 0 };", "2018"),
    ("trait Old { fn f(&self, i32) -> i32; }", "2015"),
    ("let async = 1;\nasync + 1;", "2015"),
];

#[test]
fn an_error_that_an_edition_explains_says_so() {
    for (cell, latest) in OLDER {
        let mut notebook = Conversation::new();
        let error = notebook.err(cell);
        let note = format!(
            "this is Rust up to edition {latest}, and the cell's edition is 2024: put `:edition {latest}` on"
        );
        assert!(error.contains(&note), "{cell}\n{error}");
        notebook.ok(&format!(":edition {latest}\n{cell}"));
    }
}

#[test]
fn an_error_that_a_later_edition_does_not_have_says_so() {
    let mut notebook = Conversation::new();
    notebook.ok(":edition 2015");
    notebook.printed();
    for (cell, first) in [
        ("async fn f() {}", "2018"),
        (
            "let x = Some(1);\nif let Some(y) = x && y > 0 { println!(\"{}\", y); }",
            "2024",
        ),
        ("let text = c\"text\";", "2021"),
    ] {
        let error = notebook.err(cell);
        let note = format!("this is Rust from edition {first}, and the cell's edition is 2015");
        assert!(error.contains(&note), "{cell}\n{error}");
        notebook.ok(&format!(":edition {first}\n{cell}"));
    }
}

#[test]
fn an_edition_above_code_is_for_that_cell() {
    let mut notebook = Conversation::new();
    notebook.ok(":edition 2018\ntrait Shape { fn sides(&self) -> u32; }\n\
                 fn count(shapes: &[Box<Shape>]) -> u32 { shapes.iter().map(|shape| shape.sides()).sum() }\n\
                 fn all<T: Into<u32>>(shapes: &[Box<Shape>], more: T) -> u32 { count(shapes) + more.into() }");
    assert_eq!(notebook.printed(), "");
    // What is linked works in every edition; what is compiled again does not.
    assert!(notebook.err("all(&[], 1u32)").contains(
        "cell [1] was run in edition 2018, and what a cell uses of others is compiled in its own, which is 2024: put \
         `:edition 2018` on this cell's first line"
    ));
    assert_eq!(notebook.ok(":edition 2018\nall(&[], 1u32)"), "1");
    notebook.ok(":edition 2018");
    assert_eq!(notebook.printed(), "cells are compiled in edition 2018\n");
    assert_eq!(notebook.ok("all(&[], 2u32)"), "2");
    notebook.ok(":edition");
    assert_eq!(notebook.printed(), "cells are compiled in edition 2018\n");
    assert!(
        notebook
            .err(":edition 2000")
            .contains("the edition is 2015, 2018, 2021 or 2024")
    );
}
