//! Questions to the user, from the cell itself and from threads, while the cell runs and after.

mod conversation;

use std::collections::HashMap;
use std::thread;

use conversation::Conversation;
use ferrocell_engine::{CellId, Event, RequestId};

/// The next question, which must come next.
fn question(notebook: &Conversation) -> (CellId, RequestId, String, bool) {
    match notebook.event() {
        Event::Input {
            cell,
            request,
            prompt,
            password,
        } => (cell, request, prompt, password),
        other => panic!("a question was expected, not {other:?}"),
    }
}

#[test]
fn a_line_is_read_from_standard_input() {
    let mut notebook = Conversation::new();
    let controls = notebook.session.controls();
    let events = std::mem::replace(&mut notebook.events, std::sync::mpsc::channel().1);
    let answering = thread::spawn(move || {
        let mut seen = Vec::new();
        for event in events {
            if let Event::Input { request, .. } = event {
                controls.reply_input(request, Some("Ada é".to_owned()));
            } else {
                seen.push(event);
            }
        }
        seen
    });
    let greeting = notebook.ok("let mut name = String::new();\n\
         print!(\"Name: \");\n\
         std::io::stdin().read_line(&mut name)?;\n\
         format!(\"Hello, {}\", name.trim_end())");
    assert_eq!(greeting, "\"Hello, Ada é\"");
    drop(notebook);
    assert_eq!(
        answering.join().unwrap(),
        [Event::Stdout {
            cell: CellId(1),
            text: "Name: ".to_owned()
        }]
    );
}

/// The seam through which the `nogil` crate asks.
const ASK: &str = r#"
fn ask(prompt: &str) -> Option<String> {
    use std::ffi::c_void;
    type Sink = unsafe extern "C" fn(*mut c_void, *const u8, usize);
    unsafe extern "C" {
        fn ferrocell_input(prompt: *const u8, len: usize, password: bool, sink: Sink, context: *mut c_void) -> i32;
    }
    unsafe extern "C" fn sink(context: *mut c_void, line: *const u8, len: usize) {
        let line = unsafe { std::slice::from_raw_parts(line, len) };
        unsafe { *context.cast::<String>() = String::from_utf8_lossy(line).into_owned() };
    }
    let mut line = String::new();
    let context = (&raw mut line).cast();
    (unsafe { ferrocell_input(prompt.as_ptr(), prompt.len(), false, sink, context) } == 0).then_some(line)
}
"#;

#[test]
fn threads_ask_at_once_under_their_own_cells_and_each_gets_its_answer() {
    let mut notebook = Conversation::new();
    notebook.ok(ASK);
    notebook.ok("let first = std::thread::spawn(|| ask(\"first: \"));");
    notebook.ok("let second = std::thread::spawn(|| ask(\"second: \"));");
    let questions: HashMap<_, _> = (0..2)
        .map(|_| question(&notebook))
        .map(|(cell, request, prompt, _)| (prompt, (cell, request)))
        .collect();
    assert_eq!(questions["first: "].0, CellId(2));
    assert_eq!(questions["second: "].0, CellId(3));
    let controls = notebook.session.controls();
    controls.reply_input(questions["second: "].1, Some("two".to_owned()));
    assert_eq!(notebook.ok("second.join().unwrap()"), "Some(\"two\")");
    controls.reply_input(questions["first: "].1, None);
    assert_eq!(notebook.ok("first.join().unwrap()"), "None");
}

#[test]
fn evcxr_inputs_convention_becomes_a_prompt() {
    let mut notebook = Conversation::new();
    notebook.ok("let asking = std::thread::spawn(|| {\n    \
             println!(\"EVCXR_INPUT_REQUEST_PASSWORD:Key: of 3\");\n    \
             let mut line = String::new();\n    \
             std::io::stdin().read_line(&mut line).map(|_| line)\n\
         });");
    let (cell, request, prompt, password) = question(&notebook);
    assert_eq!(
        (cell, prompt.as_str(), password),
        (CellId(1), "Key: of 3", true)
    );
    notebook
        .session
        .controls()
        .reply_input(request, Some("s3cret".to_owned()));
    assert_eq!(notebook.ok("asking.join().unwrap()?"), "\"s3cret\\n\"");
}

/// Whoever asks is interrupted, or its process has ended: the front end is told, and a late answer goes nowhere.
#[test]
fn a_question_that_nobody_asks_any_more_is_withdrawn() {
    let mut notebook = Conversation::new();
    notebook.ok(ASK);
    notebook.ok("let asking = std::thread::spawn(|| ask(\"first: \"));");
    let (cell, request, ..) = question(&notebook);
    let error = notebook.err("std::process::abort();");
    assert!(error.contains("1 thread goes on"), "{error}");
    assert_eq!(notebook.event(), Event::Withdrawn { cell, request });
    // In the process that goes on, the thread asks again.
    let (_, again, prompt, _) = question(&notebook);
    assert_eq!(prompt, "first: ");
    let controls = notebook.session.controls();
    controls.reply_input(request, Some("late".to_owned()));
    controls.reply_input(again, Some("in time".to_owned()));
    assert_eq!(
        notebook.ok("asking.join().unwrap().unwrap()"),
        "\"in time\""
    );

    let events = std::mem::replace(&mut notebook.events, std::sync::mpsc::channel().1);
    let interrupting = thread::spawn(move || {
        let Ok(Event::Input { cell, request, .. }) = events.recv() else {
            panic!("the cell asks")
        };
        controls.interrupt(cell);
        (events.recv(), Event::Withdrawn { cell, request })
    });
    let error = notebook.err("ask(\"second: \").ok_or(\"no answer\")?;");
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    let (told, expected) = interrupting.join().expect("no panic");
    assert_eq!(told, Ok(expected));
}
