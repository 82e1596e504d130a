//! Cells that bring their process down, through a real session: the notebook goes on, with the variables that there were.

mod conversation;

use conversation::Conversation;
use ferrocell_engine::Event;

/// A cell, and what its error must name.
const CRASHES: &[(&str, &str)] = &[
    (
        "unsafe { std::ptr::null_mut::<u8>().wrapping_add(1).write_volatile(1) }",
        "segmentation fault: invalid memory access (SIGSEGV)",
    ),
    ("std::process::abort();", "the program aborted (SIGABRT)"),
    ("std::process::exit(3);", "the program exited with code 3"),
    (
        "fn deep(n: u64) -> u64 { let page = [n; 512]; if n == u64::MAX { 0 } else { deep(n + 1) + page[7] } }\ndeep(0)",
        "stack overflow",
    ),
    (
        "fn deep(n: u64) -> u64 { let page = [n; 512]; if n == u64::MAX { 0 } else { deep(n + 1) + page[7] } }\n\
         std::thread::spawn(|| deep(0)).join().unwrap()",
        "stack overflow",
    ),
    (
        "struct Twice;\nimpl Drop for Twice { fn drop(&mut self) { panic!(\"second\") } }\nlet _twice = Twice;\npanic!(\"first\");",
        "the program aborted (SIGABRT)",
    ),
    (
        "std::process::Command::new(\"kill\").args([\"-9\", &std::process::id().to_string()]).status().unwrap();\nloop {}",
        "the program was killed (SIGKILL)",
    ),
];

#[test]
fn every_crash_names_its_cause_and_costs_only_its_own_cell() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut list = vec![1, 2, 3];\nlet name = String::from(\"Ada\");");
    notebook
        .ok("static COUNTER: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);");
    notebook.ok("COUNTER.store(7, std::sync::atomic::Ordering::SeqCst);");
    for (index, (cell, cause)) in CRASHES.iter().enumerate() {
        let error = notebook.err(&format!("list.clear(); let list = 0;\n{cell}"));
        assert!(error.starts_with(&format!("Crash: {cause}")), "{error}");
        assert!(
            error.contains("everything is as it was before cell ["),
            "{error}"
        );
        assert!(error.contains("(variables list, name)"), "{error}");
        notebook.ok(&format!("list.push({index});"));
        assert_eq!(
            notebook.ok("(name.len(), list.len())"),
            format!("(3, {})", index + 4)
        );
        assert_eq!(
            notebook.ok("COUNTER.load(std::sync::atomic::Ordering::SeqCst)"),
            "7"
        );
    }
    // The promoted process is a whole one: it prints, and starts threads.
    while notebook.events.try_recv().is_ok() {}
    notebook
        .ok("let thread = std::thread::spawn(|| println!(\"again\"));\nthread.join().unwrap();");
    assert_eq!(notebook.printed(), "again\n");
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
    // The snapshot before this one has `x`, whenever the thread goes on.
    assert_eq!(notebook.ok("x"), "7");
    notebook
        .session
        .controls()
        .reply_input(request, Some("go".to_owned()));
    // A cell may still run in the old program, be hit by its end, or find that it has ended.
    let told = loop {
        let outcome = notebook.execute("x");
        match notebook.events.try_recv() {
            Ok(Event::Stderr { text, .. }) => break text,
            Ok(Event::Withdrawn { .. } | Event::Input { .. }) => {}
            Ok(other) => panic!("{other:?}"),
            Err(_) if outcome.is_ok() => {}
            Err(_) => break conversation::shown(&outcome),
        }
    };
    assert!(told.contains("the program exited with code 4"), "{told}");
    // The connection of its question is not the user's.
    assert!(!told.contains("connection"), "{told}");
    assert_eq!(notebook.ok("x"), "7");
}

#[test]
fn a_first_cell_that_crashes_leaves_nothing_behind() {
    let mut notebook = Conversation::new();
    let error = notebook.err("let x = 1;\nstd::process::abort()");
    assert!(error.contains("there were no variables"), "{error}");
    assert!(notebook.err("x").contains("cannot find value `x`"));
    assert_eq!(notebook.ok("let x = 2;\nx"), "2");
}

#[test]
fn without_snapshots_a_crash_costs_the_variables() {
    let mut notebook = Conversation::new();
    notebook.ok(":snapshots off");
    notebook.ok("let x = 1;\nfn double(n: i32) -> i32 { 2 * n }");
    let error = notebook.err("std::process::abort()");
    assert!(
        error.contains("variables, threads and the values of statics are lost"),
        "{error}"
    );
    assert!(notebook.err("x").contains("the variable `x` is gone"));
    assert_eq!(notebook.ok("double(4)"), "8");
    notebook.ok(":snapshots on");
    notebook.ok("let y = 3;");
    notebook.err("std::process::abort()");
    assert_eq!(notebook.ok("y"), "3");
}

#[test]
fn without_snapshots_every_crash_costs_the_variables() {
    let mut notebook = Conversation::new();
    notebook.ok(":snapshots off\n:memory 300M");
    let greedy = (
        "std::hint::black_box(Vec::<u8>::with_capacity(1 << 40))",
        "out of memory",
    );
    for (cell, cause) in CRASHES.iter().chain([&greedy]) {
        notebook.ok("let list = vec![1, 2, 3];");
        let error = notebook.err(cell);
        assert!(error.starts_with(&format!("Crash: {cause}")), "{error}");
        assert!(
            error.contains("variables, threads and the values of statics are lost"),
            "{error}"
        );
        let error = notebook.err("list");
        assert!(error.contains("the variable `list` is gone"), "{error}");
    }
}

#[test]
fn memory_ends_where_the_user_says() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 1;");
    notebook.ok(":memory 300M");
    let greedy = "let mut all = Vec::new();\nloop { all.push(vec![1u8; 10 << 20]); }";
    for _ in 0..2 {
        let error = notebook.err(greedy);
        assert!(error.starts_with("Crash: out of memory"), "{error}");
        assert_eq!(notebook.ok("x"), "1");
    }
    assert_eq!(
        notebook.ok(":memory off\nvec![1u8; 400 << 20].len()"),
        "419430400"
    );
}

#[test]
fn words_about_a_failed_allocation_are_no_failed_allocation() {
    let mut notebook = Conversation::new();
    let words = "eprintln!(\"memory allocation of 5 bytes failed\");";
    let error = notebook.err(&format!("{words}\nstd::process::abort();"));
    assert!(
        error.starts_with("Crash: the program aborted (SIGABRT)"),
        "{error}"
    );
    notebook.ok(words);
    let error = notebook.err("std::process::abort();");
    assert!(
        error.starts_with("Crash: the program aborted (SIGABRT)"),
        "{error}"
    );
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
    // Nobody at the other end waits for what the copy has closed, and what has both ends here goes on.
    notebook.ok(
        "let (left, right) = std::os::unix::net::UnixStream::pair()?;\n\
         let mut child = Command::new(\"cat\").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;",
    );
    let error = notebook.err("std::process::abort()");
    assert!(
        error.contains("; the pipe to a child process is gone"),
        "{error}"
    );
    assert_eq!(
        notebook.ok(
            "use std::io::{Read, Write}; (&left).write_all(b\"on\")?; (&right).read(&mut [0; 4])?"
        ),
        "2"
    );
    assert_eq!(
        notebook.ok("child.stdin.as_mut().unwrap().write(b\"x\").is_err()"),
        "true"
    );
}
