//! Cells as users write them, through a real session: real compiler, real process.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::{CellId, Event, Outcome};

#[test]
fn a_variable_is_there_in_the_next_cell() {
    let mut notebook = Conversation::new();
    assert_eq!(notebook.ok("let x = 1;"), "");
    assert_eq!(notebook.ok("x + 1"), "2");
    notebook.ok("println!(\"x is {x}\");");
    assert_eq!(notebook.printed(), "x is 1\n");
}

#[test]
fn functions_and_statics_of_earlier_cells_are_linked() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::sync::atomic::{AtomicI32, Ordering};\nstatic COUNTER: AtomicI32 = AtomicI32::new(0);");
    notebook.ok("fn increment(by: i32) -> i32 { COUNTER.fetch_add(by, Ordering::SeqCst) + by }");
    assert_eq!(notebook.ok("increment(2)"), "2");
    assert_eq!(
        notebook.ok("increment(3); COUNTER.load(Ordering::SeqCst)"),
        "5"
    );
}

#[test]
fn a_thread_prints_under_the_cell_that_started_it() {
    let mut notebook = Conversation::new();
    notebook.ok("let (go, wait) = std::sync::mpsc::channel::<()>();\n\
         let thread = std::thread::spawn(move || { wait.recv().unwrap(); println!(\"late\"); });");
    assert_eq!(notebook.printed(), "");
    notebook.ok("go.send(()).unwrap(); thread.join().unwrap();");
    assert_eq!(
        notebook.event(),
        Event::Stdout {
            cell: CellId(1),
            text: "late\n".to_owned()
        }
    );
}

#[test]
fn a_compile_error_is_shown_on_the_users_own_line() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 1;");
    let error = notebook.err("let y = 2;\nlet z: String = x + y;");
    expect_test::expect![[r#"
        CompileError: mismatched types [E0308]
        error[E0308]: mismatched types
         --> cell [2]:2:17
          |
        2 | let z: String = x + y;
          |        ------   ^^^^^ expected `String`, found `i32`
          |        |
          |        expected due to this
          |
        help: try using a conversion method
          |
        2 | let z: String = (x + y).to_string();
          |                 +     +++++++++++++"#]]
    .assert_eq(&error);
    assert_eq!(notebook.ok("x"), "1");
}

#[test]
fn a_panic_is_an_error_and_variables_stay() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut list = vec![1, 2, 3];");
    notebook.ok("fn pick(list: &[i32], index: usize) -> i32 {\n    list[index]\n}");
    let outcome = notebook.execute("list.push(4);\npick(&list, 7)");
    let Outcome::Error { name, value, .. } = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (name.as_str(), value.as_str()),
        (
            "Panic",
            "index out of bounds: the len is 4 but the index is 7"
        )
    );
    expect_test::expect![[r#"
        Panic: index out of bounds: the len is 4 but the index is 7
        panicked at cell [2], line 2, column 5:
        index out of bounds: the len is 4 but the index is 7
        called from, innermost first:
          cell [2], line 2: list[index]
          cell [3], line 2: pick(&list, 7)"#]]
    .assert_eq(&conversation::shown(&outcome));
    assert_eq!(notebook.ok("list"), "[1, 2, 3, 4]");
}
