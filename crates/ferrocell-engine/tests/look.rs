//! The variables at a glance, between two cells.

mod conversation;

use conversation::Conversation;
use serde_json::{Value, json};

/// What is seen of a variable.
fn seen(notebook: &mut Conversation, name: &str) -> Value {
    let seen = notebook.session.look().expect("something is seen");
    seen["variables"][name].clone()
}

fn value(items: Option<usize>, value: Option<&str>) -> Value {
    json!({ "items": items, "value": value })
}

#[test]
fn values_are_seen_as_they_are_now() {
    let mut notebook = Conversation::new();
    assert_eq!(notebook.session.look(), None);
    notebook.ok("let mut numbers = vec![1, 2]; let name = String::from(\"größe\");");
    assert_eq!(
        seen(&mut notebook, "numbers"),
        value(Some(2), Some("[1, 2]"))
    );
    assert_eq!(seen(&mut notebook, "name"), value(None, Some("\"größe\"")));
    notebook.ok("numbers.push(3);");
    assert_eq!(
        seen(&mut notebook, "numbers"),
        value(Some(3), Some("[1, 2, 3]"))
    );
    // One of another type by the same name, and one that is gone.
    notebook.ok("let numbers = 7u8; drop(name);");
    assert_eq!(seen(&mut notebook, "numbers"), value(None, Some("7")));
    assert_eq!(seen(&mut notebook, "name"), Value::Null);
    // Nothing has changed by that.
    assert_eq!(notebook.ok("numbers"), "7");
}

#[test]
fn the_code_of_the_notebook_is_not_run() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "struct Job;\nimpl std::fmt::Debug for Job { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { panic!() } }\n\
         let jobs = vec![Job]; let nothing = None::<Job>; let closure = || 1; let boxed: Box<dyn std::fmt::Debug> = Box::new(Job);",
    );
    assert_eq!(seen(&mut notebook, "jobs"), value(Some(1), None));
    for name in ["nothing", "closure", "boxed"] {
        assert_eq!(seen(&mut notebook, name), value(None, None), "{name}");
    }
    // A type of the same name with other fields.
    notebook.ok("#[derive(Debug)] struct Job(u8); let jobs = [Job(1), Job(2)];");
    assert_eq!(seen(&mut notebook, "jobs"), value(Some(2), None));
}

#[test]
fn threads_are_seen_and_a_crash_leaves_what_was() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "let (end, told) = std::sync::mpsc::channel::<()>();\n\
         let worker = std::thread::Builder::new().name(\"worker\".into()).spawn(move || told.recv().is_ok())?;",
    );
    for _ in 0..2 {
        let seen = notebook.session.look().expect("something is seen");
        assert_eq!(
            seen["variables"]["worker"],
            value(None, Some("running (worker)"))
        );
        let threads = seen["threads"].as_array().expect("a list");
        assert!(
            threads.iter().any(|thread| thread["name"] == "worker"),
            "{seen}"
        );
        let _ = notebook.err("let lost = 1; std::process::abort();");
    }
    notebook.ok("end.send(())?; let ended = worker.join().unwrap();");
    assert_eq!(seen(&mut notebook, "ended"), value(None, Some("true")));
    assert_eq!(seen(&mut notebook, "lost"), Value::Null);
}

#[test]
fn what_is_shared_and_what_borrows_from_it_is_seen() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "let text = String::from(\"one two\"); let words: Vec<&str> = text.split(' ').collect();",
    );
    assert_eq!(
        seen(&mut notebook, "text"),
        value(None, Some("\"one two\""))
    );
    assert_eq!(
        seen(&mut notebook, "words"),
        value(Some(2), Some("[\"one\", \"two\"]"))
    );
    notebook.ok("let mut r#type = 1; let numbers = [r#type; 500];");
    assert_eq!(seen(&mut notebook, "numbers")["items"], 500);
    assert_eq!(notebook.ok("r#type += 1; r#type"), "2");
}
