//! Notebooks that wait for each other, or do not.

use std::fs::{self, File};
use std::time::Duration;

use ferrocell_engine::Event;

use crate::conversation::{Conversation, interrupt};
use crate::folder::{builds, notebook, write_crate};

/// What was said of progress so far.
fn progress(notebook: &Conversation) -> Vec<String> {
    let events = notebook.events.try_iter();
    events
        .filter_map(|event| match event {
            Event::Progress { message, .. } => Some(message),
            _ => None,
        })
        .collect()
}

const WAITING: &str = "waiting for another notebook that builds dependencies";

#[test]
fn nobody_waits_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let mut notebook = notebook(folder.path());
    assert_eq!(notebook.ok(":dep ./shared\nshared::answer()"), "42");
    let said = progress(&notebook);
    assert!(
        said.contains(&"compiled shared (1 of 1)".to_owned()),
        "{said:?}"
    );
    assert!(!said.contains(&WAITING.to_owned()), "{said:?}");
}

#[test]
fn the_stop_button_ends_the_wait() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    let cache = folder.path().join("cache");
    fs::create_dir_all(&cache).unwrap();
    let neighbour = File::create(cache.join("deps.lock")).unwrap();
    neighbour.lock().unwrap();
    let mut notebook = notebook(folder.path());
    notebook.ok("let x = 5;");
    for waiting in [":dep ./shared\nshared::answer()", ":clear_cache"] {
        let error = interrupt(&mut notebook, waiting);
        assert!(error.starts_with("KeyboardInterrupt: "), "{error}");
        let Event::Progress { message, .. } = notebook.event() else {
            panic!("it says nothing of a wait");
        };
        assert_eq!(message, WAITING);
    }
    assert_eq!(builds(folder.path()), 0);
    neighbour.unlock().unwrap();
    assert_eq!(
        notebook.ok(":dep ./shared\n(shared::answer(), x)"),
        "(42, 5)"
    );
}

#[test]
fn what_a_neighbour_builds_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    write_crate(folder.path(), "shared");
    // A build that lasts until it is told to go on.
    let gate = folder.path().join("gate");
    let script = format!(
        "fn main() {{ std::fs::write({gate:?}, \"\").unwrap(); while std::path::Path::new({gate:?}).exists() {{ \
         std::thread::sleep(std::time::Duration::from_millis(10)); }} }}\n"
    );
    fs::write(folder.path().join("shared/build.rs"), script).unwrap();
    let mut clearing = notebook(folder.path());
    std::thread::scope(|scope| {
        let building = scope.spawn(|| notebook(folder.path()).ok(":dep ./shared"));
        while !gate.exists() {
            assert!(!building.is_finished(), "the build script runs");
            std::thread::sleep(Duration::from_millis(10));
        }
        let events = std::mem::replace(&mut clearing.events, std::sync::mpsc::channel().1);
        let cleared = scope.spawn(|| clearing.ok(":clear_cache"));
        let first = events.recv().unwrap();
        assert!(
            matches!(&first, Event::Progress { message, .. } if message == WAITING),
            "{first:?}"
        );
        fs::remove_file(&gate).unwrap();
        assert_eq!(building.join().unwrap(), "");
        cleared.join().unwrap();
    });
    assert!(!folder.path().join("cache/deps").exists());
}
