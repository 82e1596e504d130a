//! What is compiled before it is executed: drafts, and cells that wait.

mod conversation;

use std::fs;
use std::sync::mpsc::RecvError;

use conversation::{Conversation, interrupt};
use ferrocell_engine::{Fix, Position, Remark, Severity};

/// Compiles for as long as nobody stops it.
const ENDLESS: &str = "#[allow(long_running_const_eval)]\nconst N: u64 = { let mut i = 0u64; while i < u64::MAX { i += 1 } i };\nN";

/// Executes a cell that must succeed, and tells whether it was found compiled.
fn is_found(notebook: &mut Conversation, source: &str) -> bool {
    !notebook.ok_timed(source).1
}

/// Waits for what there is to say of a draft.
fn draft(notebook: &Conversation, text: &str) -> Result<Vec<Remark>, RecvError> {
    notebook.session.queries().draft(text).recv()
}

#[test]
fn a_draft_is_compiled_before_it_is_executed() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("let mut words = vec![\"a\"]; fn twice(n: usize) -> usize { 2 * n }");
    for text in [
        "words.push(\"b\");\ntwice(words.len())",
        "let longest = words.iter().max_by_key(|word| word.len());",
        "use std::fmt;\nstruct P(u8);\nimpl fmt::Display for P { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, \"{}\", self.0) } }",
        "println!(\"{} {longest:?}\", P(3));",
        ":opt 2\n(0..10).sum::<i32>()",
        "std::thread::spawn(move || words.len()).join().unwrap()",
    ] {
        assert_eq!(draft(&notebook, text), Ok(vec![]), "{text}");
        assert!(is_found(&mut notebook, text), "{text}");
    }
    assert!(!is_found(&mut notebook, "twice(3)"));
    // What was a draft did not run.
    assert_eq!(draft(&notebook, "panic!(\"{}\", twice(7))"), Ok(vec![]));
    assert_eq!(notebook.ok("twice(4)"), "8");
}

#[test]
fn the_first_cell_can_be_a_draft() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::with(|options| {
        options.cache_dir = cache.path().to_owned();
        options.cell_cache = 1_000_000_000;
    });
    assert_eq!(draft(&notebook, "let n = 6;\nn * 7"), Ok(vec![]));
    let cells = cache.path().join("cells");
    let count = || fs::read_dir(&cells).unwrap().count();
    let before = count();
    assert_eq!(notebook.ok("let n = 6;\nn * 7"), "42");
    assert_eq!(count(), before);
}

/// A text after an edit.
fn edited(text: &str, fix: &Fix) -> String {
    let byte = |position: Position| {
        let before = text.split_inclusive('\n').take(position.line - 1);
        let line_start: usize = before.map(str::len).sum();
        let columns = text[line_start..].chars().take(position.column - 1);
        line_start + columns.map(char::len_utf8).sum::<usize>()
    };
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(byte(edit.start)..byte(edit.end), &edit.text);
    }
    text
}

#[test]
fn what_the_compiler_would_change_is_offered() {
    let mut notebook = Conversation::new();
    notebook.ok("let words = vec![String::from(\"a\")];\n\
         fn count(words: &[String]) -> usize { words.len() }");
    for (text, changed) in [
        ("// 𝒳\ncount(words)", "// 𝒳\ncount(&words)"),
        ("printn!(\"ü\");", "print!(\"ü\");"),
        (
            "let v = vec![1]; v.push(2);",
            "let mut v = vec![1]; v.push(2);",
        ),
        ("x = 1; x + 1", "let x = 1; x + 1"),
        (
            "let name: String = \"ü\";",
            "let name: String = \"ü\".to_string();",
        ),
        (
            "let a = BTreeMap::<u8, u8>::new();",
            "use std::collections::BTreeMap;\nlet a = BTreeMap::<u8, u8>::new();",
        ),
        (
            ":opt 1\nlet a = HashSet::<u8>::new();",
            ":opt 1\nuse std::collections::HashSet;\nlet a = HashSet::<u8>::new();",
        ),
        (":opt 1\nlet a: f64 = 1;", ":opt 1\nlet a: f64 = 1.0;"),
        ("let n = wrods.len();", "let n = words.len();"),
        ("let n = cuont(&words);", "let n = count(&words);"),
        (
            "let f = || words.len(); if f() = 1 { 2 } else { 3 }",
            "let f = || words.len(); if f() == 1 { 2 } else { 3 }",
        ),
    ] {
        let remarks = draft(&notebook, text).unwrap();
        let fixes = remarks.iter().flat_map(|remark| &remark.fixes);
        let offered: Vec<String> = fixes.map(|fix| edited(text, fix)).collect();
        assert!(
            offered.iter().any(|offer| offer == changed),
            "{text}: {remarks:#?}"
        );
    }
    // What is to be filled in, and what stands in another cell, is not.
    for text in [
        "fn f(v: &[u8]) -> u8 { v.get(0) }\nlet n: u32 = 5u8 + words;",
        "words.push(String::new());",
    ] {
        let remarks = draft(&notebook, text).unwrap();
        for fix in remarks.iter().flat_map(|remark| &remark.fixes) {
            assert!(!edited(text, fix).contains("/*"), "{fix:?}");
        }
    }
}

#[test]
fn remarks_stand_at_the_users_own_places() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("let words = vec![String::from(\"a\")]; let mut n = 1;");
    let remark =
        |severity, message: &str, code: &str, start: (usize, usize), end: (usize, usize)| {
            let position = |(line, column)| Position { line, column };
            (
                severity,
                message.to_owned(),
                code.to_owned(),
                position(start),
                position(end),
            )
        };
    let all = |text: &str| {
        let remarks = draft(&notebook, text).unwrap();
        let parts = |remark: Remark| {
            (
                remark.severity,
                remark.message,
                remark.code,
                remark.start,
                remark.end,
            )
        };
        remarks.into_iter().map(parts).collect::<Vec<_>>()
    };
    assert_eq!(
        all("// 𝒳\nlet ü = 1; let missing = wrods;"),
        [remark(
            Severity::Error,
            "cannot find value `wrods` in this scope",
            "E0425",
            (2, 26),
            (2, 31)
        )]
    );
    assert_eq!(
        all(":opt 1\nlet x: u8 =\n    n;"),
        [remark(
            Severity::Error,
            "mismatched types",
            "E0308",
            (3, 5),
            (3, 6)
        )]
    );
    assert_eq!(
        all("#[deprecated] fn old() {}\nold();"),
        [remark(
            Severity::Warning,
            "use of deprecated function `old`",
            "deprecated",
            (2, 1),
            (2, 4)
        )]
    );
    let [unfinished] = &all("let v = vec![1, 2;\nv.len(")[..] else {
        panic!("there is one");
    };
    assert_eq!((unfinished.0, unfinished.2.as_str()), (Severity::Error, ""));
    // What Python's users expect is explained there too.
    let remarks = draft(&notebook, "fn count() -> usize { words.len() }").unwrap();
    assert!(
        remarks[0]
            .notes
            .iter()
            .any(|note| note.contains("pass it as an argument")),
        "{remarks:?}"
    );
    // The cell says the same.
    assert!(
        notebook
            .err("let x: u8 =\n    n;")
            .contains("mismatched types")
    );
}

#[test]
fn a_newer_draft_ends_an_older_one() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("let n = 1;");
    let queries = notebook.session.queries();
    let older = queries.draft(ENDLESS);
    assert_eq!(draft(&notebook, "n + 1"), Ok(vec![]));
    assert_eq!(older.recv(), Err(RecvError));
    // So does a cell that is executed, which does not wait for it.
    let older = queries.draft(ENDLESS);
    assert_eq!(notebook.ok("n + 2"), "3");
    assert_eq!(draft(&notebook, "n + 3"), Ok(vec![]));
    assert_eq!(older.recv(), Err(RecvError));
    // Questions about code do not, while somebody waits for an answer.
    let older = queries.draft("n + 4");
    queries.complete("n + 5", 1);
    assert_eq!(older.recv(), Ok(vec![]));
    let last = queries.draft(ENDLESS);
    drop(notebook);
    assert_eq!(last.recv(), Err(RecvError));
}

#[test]
fn a_draft_has_no_effects() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("let n = 1;");
    for text in [
        "!touch drafted\nn",
        ":env DRAFTED=1\nn",
        ":dep rand = \"0.9\"\nn",
        ":vars",
        ":clear",
        "extern crate rand;\nn",
        "std::future::ready(1).await",
        "",
    ] {
        assert_eq!(draft(&notebook, text), Err(RecvError), "{text}");
    }
    assert!(!cache.path().join("drafted").exists());
    assert!(!cache.path().join("deps").exists());
    assert_eq!(notebook.ok("n"), "1");
    assert_eq!(notebook.printed(), "");
}

#[test]
fn cells_that_wait_are_compiled_meanwhile() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    // It ends when all others were compiled; its own file is the first.
    let waits = "let count = |folder: &str| std::fs::read_dir(folder).map_or(0, |groups| groups.flat_map(|group| std::fs::read_dir(group.unwrap().path()).unwrap()).count());\n\
                 while count(\"cells\") < 5 { std::thread::sleep(std::time::Duration::from_millis(5)); }\nlet n = 20;";
    let others = [
        "struct P { x: i32 }",
        "let p = P { x: n }; let add = |by: i32| by + 1;",
        "println!(\"{}\", add(p.x));",
        "add(p.x) * 2",
    ];
    let queries = notebook.session.queries();
    queries.expect(waits);
    others.iter().for_each(|text| queries.expect(text));
    assert!(!is_found(&mut notebook, waits));
    for text in others {
        assert!(is_found(&mut notebook, text), "{text}");
    }
    assert_eq!(notebook.printed(), "21\n");
}

#[test]
fn what_does_not_come_as_expected_does_no_harm() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let queries = notebook.session.queries();
    let cells = [
        ("let n = 1;", Ok("")),
        ("let n: u8 = 300;\nn", Err("literal out of range")),
        ("n + 1", Ok("2")),
        ("let n = 5; panic!(\"here\");", Err("here")),
        (":opt 2", Ok("")),
        ("n + 1", Ok("2")),
        ("let n = \"text\";", Ok("")),
        ("n.len()", Ok("4")),
    ];
    cells.iter().for_each(|(text, _)| queries.expect(text));
    queries.expect("never");
    for (text, expected) in cells {
        match expected {
            Ok(result) => assert_eq!(notebook.ok(text), result, "{text}"),
            Err(error) => {
                let shown = notebook.err(text);
                assert!(shown.contains(error), "{shown}");
                queries.expect("n + 1");
            }
        }
    }
    queries.expect("n");
    queries.expect("let n = 2;");
    assert_eq!(notebook.ok("let n = 2;"), "");
    assert_eq!(notebook.ok("n"), "2");
    for _ in 0..1000 {
        queries.expect("n");
    }
    assert_eq!(notebook.ok("n"), "2");
    notebook.printed();
}

#[test]
fn an_interrupt_ends_what_is_compiled_ahead() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("let n = 1;");
    let pending = notebook.session.queries().draft(ENDLESS);
    // The cell waits for the draft.
    let controls = notebook.session.controls();
    let number = notebook.next();
    let interrupting = std::thread::spawn(move || controls.interrupt(number));
    let error = notebook.err(ENDLESS);
    interrupting.join().unwrap();
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    assert_eq!(notebook.ok("n"), "1");
    drop(pending);
    // Also what waits.
    notebook.session.queries().expect(ENDLESS);
    let error = interrupt(&mut notebook, "println!(\"begun\");\nloop {}");
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    assert_eq!(notebook.ok("n"), "1");
}

#[test]
fn it_can_be_off() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok(":ahead off");
    assert_eq!(draft(&notebook, "1 + 1"), Err(RecvError));
    assert!(!is_found(&mut notebook, "1 + 1"));
    notebook.ok(":ahead on");
    assert_eq!(draft(&notebook, "1 + 2"), Ok(vec![]));
    assert!(is_found(&mut notebook, "1 + 2"));
    assert_eq!(
        notebook.printed(),
        "cells are compiled when they are executed\ncells are compiled while they wait or are written\n"
    );
}
