//! Lines for the engine.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::Event;

#[test]
fn each_directive_answers() {
    let mut notebook = Conversation::new();
    let mut check = |cell: &str, expected: &str| {
        notebook.ok(cell);
        let printed = notebook.printed();
        assert!(printed.contains(expected), "{cell} answered {printed}");
    };
    check(":vars", "there are no variables\n");
    check("let mut list = vec![1u8];\nlet n = 3;", "");
    check(":vars", "mut list: Vec<u8>\n    n   : i32\n");
    check(":type list", "list: Vec<u8>\n");
    check(":t n", "n: i32\n");
    check(
        ":version",
        concat!("ferrocell ", env!("CARGO_PKG_VERSION"), ", rustc 1."),
    );
    check(":help", ":dep NAME");
    check(":show_deps", "there are no dependencies\n");
    check(":explain E0382", "A variable was used after");
    check(":fmt {:02x}", "values are shown with {:02x}\n");
    check(":fmt", "values are shown with {:?}\n");
    check(":opt 2", "cells are compiled with -Copt-level=2\n");
    check(":opt", "cells are compiled with -Copt-level=0\n");
    check(":type n + 1", "n + 1: i32\n");
    check(":type Some(\"text\")", "Some(\"text\"): Option<&str>\n");
    check(":efmt {:#?}", "errors of `?` are shown with {:#?}\n");
    check(":efmt", "errors of `?` are shown with {:?}\n");
    check(":edition", "cells are compiled in edition 2024\n");
    check(":help", "\n:edition 2015|…|2024");
    check(
        ":help :timing",
        ":timing                  show how long cells take",
    );
    check(
        ":env FERROCELL_TEST=some value\nprintln!(\"{}\", std::env::var(\"FERROCELL_TEST\")?);",
        "some value\n",
    );
    check("!echo $((6 * 7))", "42\n");
    for sensible_elsewhere in [
        "cache 100",
        "sccache 1",
        "linker lld",
        "quit",
        "internal_debug 1",
    ] {
        notebook.ok(&format!(":{sensible_elsewhere}"));
        assert!(
            notebook.printed().len() > 20,
            ":{sensible_elsewhere} says why it makes no sense"
        );
    }
}

/// All that evcxr 0.22 has. Each does something here, or says in one line what does it.
#[test]
fn each_directive_of_evcxr_is_known() {
    let mut notebook = Conversation::new();
    for name in [
        "allow_static_linking",
        "build_env",
        "cache",
        "clear",
        "clear_cache",
        "codegen_backend",
        "dep",
        "doc",
        "efmt",
        "env",
        "explain",
        "fmt",
        "help",
        "internal_debug",
        "last_compile_dir",
        "last_error_json",
        "linker",
        "load_config",
        "offline",
        "opt",
        "preserve_vars_on_panic",
        "quit",
        "sccache",
        "show_deps",
        "t",
        "timing",
        "toolchain",
        "type",
        "types",
        "vars",
        "version",
    ] {
        notebook.ok(&format!(":help {name}"));
        let line = notebook.printed();
        assert!(
            line.starts_with(&format!(":{name}")) && line.lines().count() == 1,
            "{line}"
        );
    }
}

#[test]
fn a_wrong_directive_is_an_error() {
    let mut notebook = Conversation::new();
    let mut check = |cell: &str, expected: &str| {
        let error = notebook.err(cell);
        assert!(error.starts_with(expected), "{error}");
    };
    check(
        ":bogus",
        "DirectiveError: there is no directive `:bogus`; `:help` lists them",
    );
    check(
        ":type x",
        "DirectiveError: there is no variable `x`; `:vars` lists them",
    );
    check(
        ":opt 9",
        "DirectiveError: `:opt 9`: the level is 0, 1, 2, 3, s or z",
    );
    check(":env X", "DirectiveError: `:env X`: NAME=VALUE is expected");
    check(
        ":type let x",
        "DirectiveError: `:type let x`: a variable or an expression is expected",
    );
    check(":type 1; 2", "DirectiveError: `:type 1; 2`: a variable");
    check(":type", "DirectiveError: `:type` needs a variable");
    check(
        ":fmt {:?",
        "DirectiveError: `:fmt {:?`: each `{` needs its `}`, for example `{:#?}`",
    );
    check(
        ":fmt {x}",
        "DirectiveError: `:fmt {x}`: a placeholder without a name is expected",
    );
    check(
        ":efmt {:x}",
        "DirectiveError: `:efmt {:x}`: the format is {}, {:?} or {:#?}",
    );
    check(
        ":help bogus",
        "DirectiveError: there is no directive `:bogus`",
    );
    check(
        ":explain",
        "DirectiveError: `:explain` explains the last error, and there was none",
    );
}

#[test]
fn the_type_of_an_expression_costs_nothing() {
    let mut notebook = Conversation::new();
    notebook.ok("let list = vec![1u8];\nfn f() -> u64 { panic!(\"not called\") }");
    notebook.ok(":type f()");
    assert_eq!(notebook.printed(), "f(): u64\n");
    notebook.ok(":type list.into_iter().map(u32::from).collect::<Vec<_>>()");
    assert!(notebook.printed().ends_with("Vec<u32>\n"));
    assert_eq!(notebook.ok("list"), "[1]");
    assert!(
        notebook
            .err(":type nothing")
            .contains("there is no variable `nothing`")
    );
    assert!(
        notebook
            .err(":type 1 + true")
            .contains("cannot add `bool` to")
    );
    assert_eq!(notebook.ok("list"), "[1]");
}

#[test]
fn errors_are_shown_in_their_format() {
    let mut notebook = Conversation::new();
    let cell = "\"x\".parse::<i32>()?;";
    assert!(
        notebook
            .err(cell)
            .starts_with("Error: ParseIntError { kind: InvalidDigit }")
    );
    notebook.ok(":efmt {}");
    assert!(
        notebook
            .err(cell)
            .starts_with("Error: invalid digit found in string")
    );
    notebook.ok(":efmt {:#?}");
    assert!(
        notebook
            .err(cell)
            .starts_with("Error: ParseIntError {\n    kind: InvalidDigit,\n}")
    );
    notebook.ok(":efmt");
    assert!(
        notebook
            .err(cell)
            .starts_with("Error: ParseIntError { kind")
    );
}

#[test]
fn optimisation_above_code_is_for_that_cell() {
    let mut notebook = Conversation::new();
    let is_debug = "cfg!(debug_assertions)";
    assert_eq!(notebook.ok(&format!(":opt 3\n{is_debug}")), "false");
    assert_eq!(notebook.ok(is_debug), "true");
    notebook.ok(":opt 1");
    assert_eq!(notebook.ok(is_debug), "false");
    notebook.ok(":fmt {:#?}");
    assert_eq!(notebook.ok("(1,)"), "(\n    1,\n)");
    notebook.ok(":clear");
    notebook.printed();
}

#[test]
fn clear_forgets_everything() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 1; fn f() {}");
    notebook.ok(":clear");
    assert!(notebook.err("x").contains("cannot find value `x`"));
    assert!(notebook.err("f()").contains("cannot find function `f`"));
}

#[test]
fn a_command_that_cannot_start_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    std::fs::create_dir(&gone).unwrap();
    let mut notebook = Conversation::with(|options| options.working_dir.clone_from(&gone));
    std::fs::remove_dir(&gone).unwrap();
    let error = notebook.err("!echo");
    let expected = format!(
        "DirectiveError: cannot start `sh` in {} for `!echo`: No such file",
        gone.display()
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn a_variable_is_set_while_threads_read_them() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use std::sync::{Arc, atomic::{AtomicBool, Ordering}};\n\
         let stop = Arc::new(AtomicBool::new(false));\n\
         let readers: Vec<std::thread::JoinHandle<bool>> = (0..3).map(|_| { let stop = stop.clone(); std::thread::spawn(move || { \
            let mut all = true; while !stop.load(Ordering::SeqCst) { \
               all &= std::env::vars_os().all(|(name, value)| !name.is_empty() && value.len() < 1_000_000) } all }) }).collect();",
    );
    for index in 0..40 {
        let value = "x".repeat(64 * index);
        notebook.ok(&format!(":env FERROCELL_{index}={value}"));
    }
    assert_eq!(
        notebook.ok("std::env::var(\"FERROCELL_39\")?.len()"),
        (64 * 39).to_string()
    );
    notebook.ok("stop.store(true, Ordering::SeqCst);");
    assert_eq!(
        notebook.ok("readers.into_iter().all(|reader| reader.join().unwrap())"),
        "true"
    );
}

#[test]
fn documentation_is_found_for_all_kinds_of_names() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::collections::BTreeMap;\n\
         /// A place on a map.\n\
         struct Place { x: f64 }\n\
         impl Place { fn origin() -> Self { Place { x: 0.0 } } }\n\
         /// Doubles.\n\
         fn twice(n: u32) -> u32 { n * 2 }\n\
         let place = Place::origin();");
    for (name, expected) in [
        // The notebook's own.
        (
            "twice",
            &[
                "fn twice(n: u32) -> u32",
                "Doubles.",
                "A function of cell [1]",
            ][..],
        ),
        ("Place", &["struct Place", "A place on a map."]),
        ("Place::origin", &["fn origin() -> Self"]),
        ("place", &["let place: Place"]),
        // std's, by path, by the prelude, by an import, by name alone, and what belongs to a type.
        (
            "std::sync::Arc",
            &[
                "pub struct Arc<",
                "A thread-safe reference-counting pointer",
                "```rust\n",
            ],
        ),
        (
            "Vec",
            &[
                "pub struct Vec<T",
                "A contiguous growable array type, written as `Vec<T>`",
            ],
        ),
        ("BTreeMap", &["pub struct BTreeMap<", "An ordered map"]),
        ("HashSet", &["pub struct HashSet<", "set"]),
        (
            "Vec::push",
            &[
                "pub fn push(&mut self, value: T)",
                "Appends an element to the back",
            ],
        ),
        (
            "BTreeMap::entry",
            &["pub fn entry(", "in-place manipulation"],
        ),
        ("Option::Some", &["Some(T)", "Some value of type `T`."]),
        (
            "Iterator::map",
            &["fn map<B, F>(self, f: F) -> Map<Self, F>"],
        ),
        (
            "std::thread::spawn",
            &["pub fn spawn<F, T>", "Spawns a new thread"],
        ),
        (
            "println!",
            &["macro_rules! println", "Prints to the standard output"],
        ),
        ("std::mem", &["mod std::mem", "dealing with memory"]),
    ] {
        notebook.ok(&format!(":doc {name}"));
        let Event::Display { data, .. } = notebook.event() else {
            panic!("`{name}` shows no documentation");
        };
        let markdown = data.0["text/markdown"].as_str().unwrap();
        let plain = data.text().unwrap();
        for part in expected {
            assert!(markdown.contains(part), "{name}: {markdown}");
        }
        assert!(
            plain.starts_with(expected[0]) || plain.contains(expected[0]),
            "{name}: {plain}"
        );
        assert!(!plain.contains("](http"), "{name}: {plain}");
    }
    let error = notebook.err(":doc NothingOfThatName");
    assert!(
        error.contains("there is no documentation of `NothingOfThatName`"),
        "{error}"
    );
    assert!(notebook.err(":doc").contains("`:doc` needs a name"));
}

/// Their pages are in a component that need not be installed.
#[test]
fn documentation_of_keywords_and_primitive_types_is_shown_or_its_component_named() {
    let mut notebook = Conversation::new();
    for (name, expected) in [
        ("i32", "The 32-bit signed integer type"),
        ("str::len", "Returns the length of `self`"),
        ("match", "Control flow based on pattern matching"),
    ] {
        match notebook.execute(&format!(":doc {name}")) {
            ferrocell_engine::Outcome::Ok { .. } => {
                let Event::Display { data, .. } = notebook.event() else {
                    panic!("`{name}` shows no documentation");
                };
                let plain = data.text().unwrap();
                assert!(plain.contains(expected), "{name}: {plain}");
            }
            error => {
                let error = conversation::shown(&error);
                assert!(
                    error.contains("`rustup component add rust-docs` brings it"),
                    "{error}"
                );
            }
        }
    }
}
