//! Output: in order, whole, under the right cell, whatever wrote it.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::{CellId, Event, MimeBundle};

#[test]
fn child_processes_and_c_code_keep_their_place() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::process::Command;\n\
         unsafe extern \"C\" { fn puts(text: *const std::ffi::c_char) -> i32; }\n\
         println!(\"a\");\n\
         Command::new(\"echo\").arg(\"b\").status()?;\n\
         print!(\"c\");\n\
         unsafe { puts(c\"d\".as_ptr()) };\n\
         println!(\"e\");");
    assert_eq!(notebook.printed(), "a\nb\ncd\ne\n");
}

#[test]
fn a_child_process_prints_under_the_cell_that_runs() {
    let mut notebook = Conversation::new();
    notebook.ok("let before = 1;");
    notebook.ok("std::process::Command::new(\"echo\").arg(\"child\").status()?;");
    assert_eq!(
        notebook.event(),
        Event::Stdout {
            cell: CellId(2),
            text: "child\n".to_owned()
        }
    );
}

#[test]
fn an_unfinished_line_is_shown_at_once() {
    let mut notebook = Conversation::new();
    notebook.ok("let (go, wait) = std::sync::mpsc::channel::<()>();\nlet bar = std::thread::spawn(move || { print!(\"50%\\r\"); wait.recv() });");
    assert_eq!(
        notebook.event(),
        Event::Stdout {
            cell: CellId(1),
            text: "50%\r".to_owned()
        }
    );
    notebook.ok("go.send(())?; bar.join().unwrap()?;");
    notebook.ok("use std::io::Write;\nwrite!(std::io::stdout(), \"end\")?;");
    assert_eq!(notebook.printed(), "end");
}

#[test]
fn a_flood_arrives_whole_and_in_order() {
    let mut notebook = Conversation::new();
    notebook.ok("for n in 0..20_000 { println!(\"line {n}\"); }");
    let printed = notebook.printed();
    let expected: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
    assert!(
        printed == expected,
        "{} bytes of {}",
        printed.len(),
        expected.len()
    );
}

#[test]
fn rich_values_are_shown_where_they_were_printed() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "struct Plot;\n\
         impl Plot { fn evcxr_display(&self) { println!(\"EVCXR_BEGIN_CONTENT text/html\\n<b>plot</b>\\nEVCXR_END_CONTENT\"); } }\n\
         println!(\"before\");\n\
         Plot.evcxr_display();\n\
         println!(\"between\");\n\
         Plot.evcxr_display();",
    );
    let cell = CellId(1);
    let mut html = MimeBundle::default();
    html.insert("text/html", "<b>plot</b>".to_owned());
    let shown = |data: &MimeBundle| Event::Display {
        cell,
        data: data.clone(),
        metadata: MimeBundle::default(),
        display_id: None,
        update: false,
    };
    let printed = |text: &str| Event::Stdout {
        cell,
        text: text.to_owned(),
    };
    let events: Vec<Event> = (0..4).map(|_| notebook.event()).collect();
    assert_eq!(
        events,
        [
            printed("before\n"),
            shown(&html),
            printed("between\n"),
            shown(&html)
        ]
    );
}

#[test]
fn standard_error_and_threads_panics_are_told_apart() {
    let mut notebook = Conversation::new();
    notebook
        .ok("eprintln!(\"careful\");\nstd::thread::spawn(|| panic!(\"no\")).join().unwrap_err();");
    let events: Vec<Event> = notebook.events.try_iter().collect();
    let text: String = events
        .iter()
        .map(|event| match event {
            Event::Stderr { text, .. } => text.as_str(),
            other => panic!("only standard error was expected, not {other:?}"),
        })
        .collect();
    assert_eq!(
        text,
        "careful\nthread '<unnamed>' panicked at cell [1], line 2, column 23:\nno\n"
    );
}

#[test]
fn cells_run_while_threads_print_without_a_pause() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::sync::atomic::{AtomicBool, Ordering};\nstatic DONE: AtomicBool = AtomicBool::new(false);");
    notebook.ok("fn print() { while !DONE.load(Ordering::Relaxed) { println!(\"still here\") } }");
    notebook.ok("let printers = [std::thread::spawn(print), std::thread::spawn(print)];");
    // Each of these cells is preceded by a snapshot, which may not wait for a lock in the opposite order.
    for number in 0..20 {
        assert_eq!(notebook.ok(&format!("{number}")), number.to_string());
    }
    notebook.ok(
        "DONE.store(true, Ordering::Relaxed);\nprinters.map(|printer| printer.join().unwrap());",
    );
}
