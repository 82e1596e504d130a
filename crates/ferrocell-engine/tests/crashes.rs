//! Cells that end the program: variables are as they were before, and the user is told what happened.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::Event;

#[test]
fn the_program_goes_on_as_it_was_before_the_cell() {
    let mut notebook = Conversation::new();
    notebook.ok("use std::sync::atomic::{AtomicI32, Ordering};\n\
         static COUNTER: AtomicI32 = AtomicI32::new(0);\n\
         let mut list = vec![1];");
    let mut check = |fatal: &str, expected: &str| {
        notebook.ok("list.push(list.len() as i32 + 1); COUNTER.fetch_add(1, Ordering::SeqCst);");
        let before = notebook.ok("(list.clone(), COUNTER.load(Ordering::SeqCst))");
        let change = "list.clear(); COUNTER.store(-1, Ordering::SeqCst); println!(\"last words\");";
        let error = notebook.err(&format!("{change}\n{fatal}"));
        assert!(error.starts_with(&format!("Crash: {expected}")), "{error}");
        assert!(
            error.contains("Variables and statics are as they were before"),
            "{error}"
        );
        assert_eq!(notebook.printed(), "last words\n");
        assert_eq!(
            notebook.ok("(list.clone(), COUNTER.load(Ordering::SeqCst))"),
            before
        );
    };
    check(
        "unsafe { *std::ptr::null_mut::<u8>().wrapping_add(8) = 1; }",
        "invalid memory access",
    );
    check("std::process::abort()", "the program aborted itself");
    check(
        "std::process::exit(3)",
        "the program ended itself with exit code 3",
    );
    check(
        "fn deep(n: u64) -> u64 { if n == 0 { 0 } else { 1 + deep(n - 1) } }\ndeep(1 << 40)",
        "",
    );
}

#[test]
fn threads_that_are_gone_are_counted() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 1;\nstd::thread::spawn(|| loop { std::thread::park() });");
    let error = notebook.err("std::process::abort()");
    assert!(error.contains("1 thread is gone"), "{error}");
    assert_eq!(
        notebook.ok("std::thread::spawn(move || x).join().unwrap()"),
        "1"
    );
}

#[test]
fn a_thread_that_ends_the_program_between_cells_is_noticed() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "let x = 7;\n\
         std::thread::spawn(|| { std::io::stdin().read_line(&mut String::new()).unwrap(); std::process::exit(4) });",
    );
    let Event::Input { request, .. } = notebook.event() else {
        panic!("the thread asks")
    };
    notebook
        .session
        .controls()
        .reply_input(request, Some("go".to_owned()));
    // A cell may still run in the old program, be hit by its end, or find that it has ended.
    let told = loop {
        let outcome = notebook.execute("x");
        match notebook.events.try_recv() {
            Ok(Event::Stderr { text, .. }) => break text,
            Ok(other) => panic!("{other:?}"),
            Err(_) if outcome.is_ok() => {}
            Err(_) => break conversation::shown(&outcome),
        }
    };
    assert!(
        told.contains("the program ended itself with exit code 4"),
        "{told}"
    );
    assert_eq!(notebook.ok("x"), "7");
}

#[test]
fn a_first_cell_that_crashes_leaves_a_fresh_program() {
    let mut notebook = Conversation::new();
    let error = notebook.err("fn f() {}\nstd::process::abort()");
    assert!(
        error.contains("Variables, threads and the values of statics are lost"),
        "{error}"
    );
    assert_eq!(notebook.ok("f(); 1"), "1");
}

#[test]
fn a_connection_closes_when_the_user_closes_it() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "use std::process::{Command, Stdio};\n\
         let mut child = Command::new(\"cat\").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;",
    );
    assert_eq!(
        notebook.ok("drop(child.stdin.take()); child.wait()?.success()"),
        "true"
    );
    notebook.ok("let (left, right) = std::os::unix::net::UnixStream::pair()?;");
    let error = notebook.err("std::process::abort()");
    assert!(error.contains("2 connections are gone"), "{error}");
    assert_eq!(
        notebook.ok("use std::io::Read; (&left).read(&mut [0; 4])?"),
        "0"
    );
}
