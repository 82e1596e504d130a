//! What was compiled once is not compiled again, and nothing else shows it.

mod conversation;

use std::fs;
use std::path::{Path, PathBuf};

use conversation::{Conversation, plain, shown};
use ferrocell_engine::Outcome;

fn compiled(result: &str) -> (String, bool) {
    (result.to_owned(), true)
}

fn found(result: &str) -> (String, bool) {
    (result.to_owned(), false)
}

/// The files of all compiled cells.
fn files(cache: &Path) -> Vec<PathBuf> {
    let groups = fs::read_dir(cache.join("cells")).into_iter().flatten();
    let folders = groups.map(|group| group.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[test]
fn a_cell_again_is_not_compiled_again() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let mut run = |source| notebook.ok_timed(source);
    assert_eq!(run("let mut n = 1; let v = vec![n; 3];"), compiled(""));
    assert_eq!(run("n += 1; n"), compiled("2"));
    assert_eq!(run("n += 1; n"), found("3"));
    assert_eq!(run("let mut n = 1; let v = vec![n; 3];"), found(""));
    assert_eq!(run("n += 1; n"), found("2"));
    // A thread that takes a variable along needs a second attempt, which is kept as well.
    let moves = "std::thread::spawn(move || v.len()).join().unwrap()";
    assert_eq!(run(moves), compiled("3"));
    assert_eq!(run("let v = vec![n; 4];"), compiled(""));
    assert_eq!(run(moves), found("4"));
    // A type is another one if it stands for something else.
    assert_eq!(run("let n = 1u8;"), compiled(""));
    assert_eq!(run("n.to_string()"), compiled("\"1\""));
    assert_eq!(run("let n = 'c';"), compiled(""));
    assert_eq!(run("n.to_string()"), compiled("\"c\""));
}

#[test]
fn another_session_finds_what_one_has_compiled() {
    let cache = tempfile::tempdir().unwrap();
    let cells = [
        (
            "use std::collections::HashMap;\nstatic N: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);",
            "",
        ),
        (
            "struct P { x: i32 }\nimpl P { fn twice(&self) -> i32 { self.x * 2 } }",
            "",
        ),
        (
            "fn next() -> u32 { N.fetch_add(1, std::sync::atomic::Ordering::SeqCst) }",
            "",
        ),
        (
            "let mut map = HashMap::from([(\"p\", P { x: 21 })]); let count = |by: u32| next() + by;",
            "",
        ),
        (
            "map.insert(\"q\", P { x: 4 });\n(map[\"p\"].twice(), map.len())",
            "(42, 2)",
        ),
        ("(count(10), next())", "(11, 2)"),
        (
            "thread_local! { static T: i32 = const { 5 }; }\nT.with(|t| *t)",
            "5",
        ),
        (
            "std::panic::catch_unwind(|| T.with(|t| assert_eq!(*t, 6))).is_err()",
            "true",
        ),
    ];
    let mut first = Conversation::keeping_cells(cache.path());
    for (source, result) in cells {
        assert_eq!(first.ok_timed(source), compiled(result));
    }
    // In the second one all stands a cell further down, and the first one still runs.
    let mut second = Conversation::keeping_cells(cache.path());
    second.ok(":vars");
    second.printed();
    for (source, result) in cells {
        assert_eq!(second.ok_timed(source), found(result), "{source}");
    }
    assert_eq!(first.ok_timed("next()").0, "3");
    assert_eq!(second.ok_timed("next()").0, "3");
}

#[test]
fn cells_know_their_own_numbers() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    notebook.ok("fn fail(n: usize) -> usize {\n    [1, 2][n]\n}");
    let place = |notebook: &mut Conversation, cell: &str| {
        let error = notebook.err(cell);
        let line = error
            .lines()
            .find(|line| line.contains("cell ["))
            .map(str::to_owned);
        line.unwrap_or_else(|| panic!("{error}"))
    };
    let errors = [(); 2].map(|()| place(&mut notebook, "\nlet one = 1;\nfail(one + 3)"));
    assert!(
        errors.iter().all(|error| error.contains("cell [2]")),
        "{errors:?}"
    );
    for number in [5, 6] {
        let error = place(&mut notebook, "\npanic!(\"here\")");
        assert!(
            error.contains(&format!("cell [{number}]")) && error.contains("2"),
            "{error}"
        );
    }
    let wrong = [(); 2].map(|()| notebook.err("let x: u8 =\n    \"text\";"));
    assert!(
        wrong[0].contains("cell [7]") && wrong[1].contains("cell [8]"),
        "{wrong:?}"
    );
    assert_eq!(wrong[0].replace("[7]", "[8]"), wrong[1]);
    // A cell that was run again has the number of that time.
    notebook.ok("fn fail(n: usize) -> usize {\n    [1, 2][n]\n}");
    let error = place(&mut notebook, "fail(7)");
    assert!(error.contains("cell [9]"), "{error}");
}

#[test]
fn what_a_cell_defines_is_fresh_each_time() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let define = "use std::sync::atomic::{AtomicU32, Ordering};\nstatic N: AtomicU32 = AtomicU32::new(0);\n\
                  fn next() -> u32 { N.fetch_add(1, Ordering::SeqCst) }";
    let mut run = |source| notebook.ok_timed(source);
    assert_eq!(run(define), compiled(""));
    assert_eq!(run("next(); next()"), compiled("1"));
    assert_eq!(run("let old: fn() -> u32 = next;"), compiled(""));
    assert_eq!(run(define), found(""));
    assert_eq!(run("next(); next()"), found("1"));
    // What holds on to the old one still counts there.
    assert_eq!(run("(old(), next())"), compiled("(2, 2)"));
}

#[test]
fn warnings_come_each_time() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let mut warnings = || match notebook.execute("#[deprecated]\nfn old() -> i32 { 1 }\nold()") {
        Outcome::Ok { notes, .. } => {
            let warning = notes.iter().map(|note| plain(note));
            warning
                .filter(|note| !note.contains("attempts"))
                .collect::<String>()
        }
        error => panic!("{}", shown(&error)),
    };
    let (first, second) = (warnings(), warnings());
    assert!(
        first.contains("deprecated") && first.contains("cell [2]"),
        "{first}"
    );
    assert_eq!(first.replace("cell [2]", "cell [3]"), second);
}

#[test]
fn what_a_cell_reads_besides_counts() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let data = cache.path().join("some data.txt");
    fs::write(&data, "one").unwrap();
    fs::write(cache.path().join("value.rs"), "6 * 7").unwrap();
    let reads = "(include_str!(\"some data.txt\"), include!(\"value.rs\"))";
    assert_eq!(notebook.ok_timed(reads), compiled("(\"one\", 42)"));
    assert_eq!(notebook.ok_timed(reads), found("(\"one\", 42)"));
    fs::write(&data, "two").unwrap();
    assert_eq!(notebook.ok_timed(reads), compiled("(\"two\", 42)"));
    fs::write(cache.path().join("value.rs"), "6 * 8").unwrap();
    assert_eq!(notebook.ok_timed(reads).0, "(\"two\", 48)");
    // What is not there yet is not remembered as missing.
    let later = "include_str!(\"later.txt\")";
    notebook.err(later);
    fs::write(cache.path().join("later.txt"), "now").unwrap();
    assert_eq!(notebook.ok_timed(later), compiled("\"now\""));

    let asks = "(option_env!(\"FERROCELL_COLOUR\"), option_env!(\"FERROCELL_NONE\"))";
    assert_eq!(notebook.ok_timed(asks), compiled("(None, None)"));
    assert_eq!(notebook.ok_timed(asks), found("(None, None)"));
    for colour in ["red", "a blue = one"] {
        notebook.ok(&format!(":build_env FERROCELL_COLOUR={colour}"));
        let answer = format!("(Some({colour:?}), None)");
        assert_eq!(notebook.ok_timed(asks), compiled(&answer));
        assert_eq!(notebook.ok_timed(asks), found(&answer));
    }
    let needs = "env!(\"FERROCELL_NEEDED\")";
    notebook.err(needs);
    notebook.ok(":build_env FERROCELL_NEEDED=1");
    assert_eq!(notebook.ok_timed(needs), compiled("\"1\""));
    notebook.printed();
    // And how.
    assert_eq!(notebook.ok_timed(":opt 2\n6 * 7"), compiled("42"));
    assert_eq!(notebook.ok_timed("6 * 7"), compiled("42"));
    assert_eq!(notebook.ok_timed(":edition 2018\n6 * 7"), compiled("42"));
}

#[test]
fn damaged_files_are_compiled_again() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    let cell = "[3, 1, 2].iter().max()";
    assert_eq!(notebook.ok_timed(cell), compiled("Some(3)"));
    let [file] = &files(cache.path())[..] else {
        panic!("there is one file");
    };
    let whole = fs::read(file).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let header = whole.iter().position(|byte| *byte == b'{').unwrap();
    for damaged in [
        Vec::new(),
        whole[..20].to_vec(),
        whole[..whole.len() / 2].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        flipped(3),
        flipped(header + 30),
        flipped(whole.len() - 2000),
        [&whole[..], b"more"].concat(),
    ] {
        fs::write(file, damaged).unwrap();
        assert_eq!(notebook.ok_timed(cell), compiled("Some(3)"));
        assert_eq!(notebook.ok_timed(cell), found("Some(3)"));
    }
    // Where it cannot be kept, cells run all the same.
    fs::remove_dir_all(cache.path().join("cells")).unwrap();
    fs::write(cache.path().join("cells"), "in the way").unwrap();
    assert_eq!(notebook.ok_timed(cell), compiled("Some(3)"));
    assert_eq!(notebook.ok_timed(cell), compiled("Some(3)"));
}

#[test]
fn there_is_a_limit() {
    let cache = tempfile::tempdir().unwrap();
    let mut notebook = Conversation::keeping_cells(cache.path());
    for number in 0..4 {
        notebook.ok_timed(&format!("{number} + 1"));
    }
    let kept = files(cache.path());
    assert_eq!(kept.len(), 4);
    notebook.ok(":cache");
    let answer = notebook.printed();
    let place = cache.path().join("cells").display().to_string();
    assert!(
        answer.starts_with(&format!("{place} keeps 4 compiled cells in ")),
        "{answer}"
    );
    assert!(answer.ends_with("; the limit is 1000 MB\n"), "{answer}");
    // One that fills the rest; the first cell has been used since.
    assert_eq!(notebook.ok_timed("0 + 1"), found("1"));
    let size: u64 = kept.iter().map(|file| file.metadata().unwrap().len()).sum();
    let group = cache.path().join("cells/zz");
    fs::create_dir(&group).unwrap();
    let room = 1_000_000_u64.saturating_sub(size * 3 / 8);
    fs::write(group.join("large"), vec![0; usize::try_from(room).unwrap()]).unwrap();
    notebook.ok(":cache 1");
    assert!(notebook.printed().ends_with("; the limit is 1 MB\n"));
    assert_eq!(files(cache.path()).len(), 2);
    assert_eq!(notebook.ok_timed("0 + 1"), found("1"));
    assert_eq!(notebook.ok_timed("1 + 1"), compiled("2"));
    notebook.ok(":cache 0");
    assert!(
        notebook
            .printed()
            .ends_with("; this session compiles each cell anew\n")
    );
    assert_eq!(notebook.ok_timed("0 + 1"), compiled("1"));
    assert!(!files(cache.path()).is_empty());
    notebook.ok(":cache 100");
    assert_eq!(notebook.ok_timed("0 + 1"), found("1"));
    notebook.ok(":clear_cache");
    assert!(files(cache.path()).is_empty());
    assert_eq!(notebook.ok_timed("0 + 1"), compiled("1"));
    let error = notebook.err(":cache much");
    assert!(
        error.contains("a number of megabytes is expected"),
        "{error}"
    );
}

#[test]
fn sessions_share_at_the_same_time() {
    let cache = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut notebook = Conversation::keeping_cells(cache.path());
                for number in 0..5 {
                    let source = format!("let n = {number}; n * {number}");
                    let (result, _) = notebook.ok_timed(&source);
                    assert_eq!(result, (number * number).to_string());
                }
            });
        }
    });
    assert_eq!(files(cache.path()).len(), 5);
}
