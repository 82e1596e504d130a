//! Dependencies: built once, shared by sessions, built again when their sources change.

mod conversation;

use std::fs;
use std::path::Path;

use conversation::Conversation;
use ferrocell_engine::Event;

/// A notebook's folder with a crate beside it.
fn write_crate(folder: &Path, body: &str) {
    fs::create_dir_all(folder.join("counter/src")).unwrap();
    let manifest = "[package]\nname = \"hit-counter\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    fs::write(folder.join("counter/Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("counter/src/lib.rs"), body).unwrap();
}

fn notebook(folder: &Path) -> Conversation {
    Conversation::with(|options| {
        options.working_dir = folder.to_owned();
        options.cache_dir = folder.join("cache");
    })
}

/// The messages about progress so far; nothing else may have happened.
fn progress(notebook: &Conversation) -> Vec<String> {
    notebook
        .events
        .try_iter()
        .map(|event| match event {
            Event::Progress { message, .. } => message,
            other => panic!("only progress was expected, not {other:?}"),
        })
        .collect()
}

const COUNTER: &str = "\
use std::sync::atomic::{AtomicUsize, Ordering};
static HITS: AtomicUsize = AtomicUsize::new(0);
pub fn hit() -> usize { HITS.fetch_add(1, Ordering::SeqCst) + STEP }
pub struct Ticket(pub usize);
impl Ticket { pub fn new() -> Self { Ticket(hit()) } }
const STEP: usize = 1;
";

#[test]
fn a_crate_exists_once_and_is_built_once() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), COUNTER);
    let mut first = notebook(folder.path());
    assert_eq!(
        first.ok(":dep hit-counter = { path = \"counter\" }\nhit_counter::hit()"),
        "1"
    );
    assert!(
        progress(&first)
            .iter()
            .any(|message| message == "compiled hit_counter (1 of 1)")
    );
    first.ok("use hit_counter::Ticket;\nlet ticket = Ticket::new();");
    assert_eq!(first.ok("(ticket.0, hit_counter::hit())"), "(2, 3)");

    let mut second = notebook(folder.path());
    assert_eq!(second.ok(":dep ./counter\nhit_counter::hit()"), "1");
    assert_eq!(progress(&second), [""], "nothing was to be done");
    assert_eq!(
        second.ok(":dep hit = { path = \"counter\", package = \"hit-counter\" }\nhit::hit()"),
        "2"
    );

    write_crate(
        folder.path(),
        &COUNTER.replace("STEP: usize = 1", "STEP: usize = 100"),
    );
    let mut third = notebook(folder.path());
    assert_eq!(third.ok(":dep ./counter\nhit_counter::hit()"), "100");
    assert_eq!(first.ok("hit_counter::hit()"), "4", "what is loaded stays");
    progress(&first);
    assert_eq!(first.ok(":dep ./counter\nhit_counter::hit()"), "100");
    assert!(first.events.try_iter().any(|event| {
        matches!(event, Event::Stderr { text, .. } if text.starts_with("the sources of dependencies changed after"))
    }));
    assert!(
        first
            .err("ticket.0")
            .contains("the variable `ticket` is gone")
    );
}

#[test]
fn a_crate_that_does_not_build_leaves_the_others_alone() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), COUNTER);
    let mut notebook = notebook(folder.path());
    assert_eq!(
        notebook.ok(":offline 1\n:dep ./counter\nhit_counter::hit()"),
        "1"
    );
    fs::create_dir_all(folder.path().join("broken/src")).unwrap();
    fs::write(
        folder.path().join("broken/Cargo.toml"),
        "[package]\nname = \"broken\"\nedition = \"2024\"\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("broken/src/lib.rs"),
        "pub fn f() -> i32 { \"\" }\n",
    )
    .unwrap();
    let error = notebook.err(":dep ./broken\nbroken::f()");
    assert!(
        error.starts_with("DependencyError: ") && error.contains("mismatched types"),
        "{error}"
    );
    assert_eq!(notebook.ok("hit_counter::hit()"), "2");
    let error = notebook.err(":dep no-such-crate-anywhere = \"1\"");
    assert!(error.contains("no-such-crate-anywhere"), "{error}");
    let error = notebook.err(":dep ./nowhere");
    assert!(
        error.contains("cannot read the package in ./nowhere"),
        "{error}"
    );
}

#[test]
fn the_documentation_of_a_crate_is_found() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(
        folder.path(),
        "/// Something that counts.\npub struct Counter;\nimpl Counter {\n    /// Counts a hit.\n    pub fn hit(&self) {}\n}\n",
    );
    let mut notebook = notebook(folder.path());
    notebook.ok(":dep ./counter\nuse hit_counter::Counter;");
    notebook.events.try_iter().for_each(drop);
    for (name, expected) in [
        ("hit_counter::Counter", "Something that counts."),
        ("Counter", "Something that counts."),
        ("Counter::hit", "Counts a hit."),
    ] {
        notebook.ok(&format!(":doc {name}"));
        let Event::Display { data, .. } = notebook.event() else {
            panic!("`{name}` shows no documentation");
        };
        assert!(data.text().unwrap().contains(expected), "{name}: {data:?}");
    }
}
