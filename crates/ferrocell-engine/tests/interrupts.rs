//! Cells that are asked to stop.

mod conversation;

use conversation::{Conversation, interrupt, patient};
use ferrocell_engine::{CellId, Event};

#[test]
fn a_loop_stops_politely_and_everything_survives() {
    let mut notebook = patient();
    notebook
        .ok("let mut n = 0u64; let thread = std::thread::spawn(|| loop { std::thread::park() });");
    let error = interrupt(
        &mut notebook,
        "n += 1;\nprintln!(\"begun\");\nloop { n += 1; }",
    );
    assert_eq!(
        error,
        "KeyboardInterrupt: the cell was interrupted; variables and threads are still there\n\
         KeyboardInterrupt: the cell was interrupted; variables and threads are still there"
    );
    assert_eq!(
        notebook.ok("(n > 0, thread.is_finished())"),
        "(true, false)"
    );
}

#[test]
fn a_question_stops() {
    let mut notebook = patient();
    let error = interrupt(
        &mut notebook,
        "std::io::stdin().read_line(&mut String::new())?;",
    );
    assert!(error.starts_with("KeyboardInterrupt: "), "{error}");
}

#[test]
fn compiling_stops() {
    let mut notebook = patient();
    // The shell command says when the cell has begun; what is compiled then takes long enough to be met.
    let error = interrupt(
        &mut notebook,
        "!echo begun\nmacro_rules! grow { ($($x:tt)*) => { grow!($($x)* 1) } }\nlet n = { grow!() };",
    );
    assert!(
        error.starts_with("KeyboardInterrupt: ") || error.contains("recursion limit"),
        "{error}"
    );
    assert!(matches!(notebook.event(), Event::Stdout { .. }));
    assert_eq!(notebook.ok("1"), "1");
}

#[test]
fn what_cannot_stop_is_ended_and_variables_are_as_before() {
    let mut notebook = Conversation::new();
    notebook.ok("fn double(n: i32) -> i32 { n * 2 }\nlet mut x = 5;");
    let error = interrupt(
        &mut notebook,
        "x += 1;\nlet (_keep, never) = std::sync::mpsc::channel::<()>(); { println!(\"begun\"); never.recv()? };",
    );
    assert!(
        error.starts_with("KeyboardInterrupt: the cell did not stop in time"),
        "{error}"
    );
    assert!(
        error.contains("everything is as it was before cell [2] (variable x)"),
        "{error}"
    );
    assert_eq!(notebook.ok("double(x)"), "10");
}

/// Whoever presses the button means the cell that the front end shows as running, which the session may not have reached.
#[test]
fn a_cell_that_was_interrupted_before_it_began_does_not_run() {
    let mut notebook = Conversation::new();
    let controls = notebook.session.controls();
    controls.interrupt(CellId(1));
    let error = notebook.err("loop {}");
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    controls.interrupt(CellId(1));
    assert_eq!(notebook.ok("1 + 1"), "2");
}
