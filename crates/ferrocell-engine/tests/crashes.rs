//! Cells that bring their process down, through a real session: the notebook goes on, with the variables that there were.

mod conversation;

use conversation::Conversation;

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
        "stack overflow; 1 thread is gone",
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
            error.contains("everything is as it was before this cell (variables list, name)"),
            "{error}"
        );
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
