//! Cells that bring their process down tell where in the user's code that was.

mod conversation;

use conversation::{Conversation, plain, shown};
use ferrocell_engine::Event;

/// An earlier cell, a cell that crashes, and what its error says of the stack.
const CRASHES: &[(&str, &str, &[&str])] = &[
    (
        "fn poke(address: *mut u8) {\n    unsafe { address.write_volatile(1) };\n}",
        "let address = std::ptr::null_mut::<u8>();\npoke(address.wrapping_add(1));",
        &[
            "cell [1], line 2: unsafe { address.write_volatile(1) };",
            "cell [2], line 2: poke(address.wrapping_add(1));",
        ],
    ),
    (
        "fn outer<T>(value: T) -> T {\n    inner();\n    value\n}\nfn inner() {\n    std::process::abort()\n}",
        "let n = 1;\nouter(n);",
        &[
            "cell [1], line 6: std::process::abort()",
            "cell [1], line 2: inner();",
            "cell [2], line 2: outer(n);",
        ],
    ),
    (
        "unsafe extern \"C\" { fn strlen(text: *const u8) -> usize; }",
        "let text = std::ptr::null();\nunsafe { strlen(text) }",
        &["cell [2], line 2: unsafe { strlen(text) }"],
    ),
    (
        "fn call(function: extern \"C\" fn()) {\n    function();\n}",
        "call(unsafe { std::mem::transmute(8usize) })",
        &[
            "cell [1], line 2: function();",
            "cell [2], line 1: call(unsafe { std::mem::transmute(8usize) })",
        ],
    ),
    (
        ":memory 300M\nfn eat() -> usize {\n    let mut all = Vec::new();\n    loop { all.push(vec![1u8; 10 << 20]) }\n}",
        "eat()",
        &[
            "cell [1], line 4: loop { all.push(vec![1u8; 10 << 20]) }",
            "cell [2], line 1: eat()",
        ],
    ),
    (
        "fn divide(n: i32) -> i32 {\n    let result: i32;\n    \
         unsafe { std::arch::asm!(\"ud2\", out(\"eax\") result, in(\"ecx\") n) };\n    result\n}",
        "divide(0)",
        &[
            "cell [1], line 3: unsafe { std::arch::asm!(\"ud2\", out(\"eax\") result, in(\"ecx\") n) };",
            "cell [2], line 1: divide(0)",
        ],
    ),
];

/// The same for stacks that overflow.
const OVERFLOWS: &[(&str, &str, &[&str])] = &[
    (
        "fn deep(n: u64) -> u64 {\n    let page = [n; 512];\n    if n == u64::MAX { 0 } else { deep(n + 1) + page[7] }\n}",
        "// It is deep.\ndeep(0)",
        &[
            "cell [1], line 3: if n == u64::MAX { 0 } else { deep(n + 1) + page[7] }  … repeated",
            "cell [2], line 2: deep(0)",
        ],
    ),
    (
        "fn even(n: u64) -> u64 {\n    odd(n + 1) + 1\n}\nfn odd(n: u64) -> u64 {\n    even(n + 1) + 1\n}",
        "std::thread::spawn(|| {\n    even(0)\n}).join().unwrap()",
        &[
            "cell [1], line 2: odd(n + 1) + 1  … repeated",
            "cell [1], line 5: even(n + 1) + 1  … repeated",
            "cell [2], line 2: even(0)",
        ],
    ),
];

/// Executes both cells; what is said of the stack.
fn frames(earlier: &str, cell: &str) -> Vec<String> {
    let mut notebook = Conversation::new();
    notebook.ok(earlier);
    let error = notebook.err(cell);
    let (_, frames) = error
        .split_once("\nwhere it was, innermost first:\n")
        .unwrap_or_else(|| panic!("{cell}: {error}"));
    let lines = frames.lines().map(|line| line.trim_start().to_owned());
    lines.collect()
}

#[test]
fn a_crash_names_the_users_own_lines() {
    for (earlier, cell, expected) in CRASHES {
        if cfg!(target_arch = "x86_64") || !earlier.contains("ud2") {
            assert_eq!(frames(earlier, cell), *expected);
        }
    }
}

#[test]
fn a_stack_overflow_shows_once_what_repeats() {
    for (earlier, cell, expected) in OVERFLOWS {
        let mut frames = frames(earlier, cell);
        // Where in the cycle the stack ends is chance; it may also be at the start of a function.
        frames.retain(|frame| !frame.contains(": fn "));
        frames.sort();
        assert_eq!(frames, *expected);
    }
}

#[test]
fn a_thread_that_crashes_names_the_cell_that_it_came_from() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 7;\n\
         std::thread::spawn(|| {\n    \
             std::io::stdin().read_line(&mut String::new()).unwrap();\n    \
             unsafe { std::ptr::null_mut::<u8>().wrapping_add(1).write_volatile(1) };\n\
         });");
    let Event::Input { request, .. } = notebook.event() else {
        panic!("the thread asks")
    };
    // It goes on when the next cell has begun.
    let controls = notebook.session.controls();
    let events = std::mem::replace(&mut notebook.events, std::sync::mpsc::channel().1);
    let answering = std::thread::spawn(move || {
        let begun = events.recv();
        controls.reply_input(request, Some("go".to_owned()));
        begun
    });
    let error = notebook.err("println!(\"on\");\nloop { std::thread::park() }");
    let begun = answering.join().expect("it does not panic");
    assert!(matches!(begun, Ok(Event::Stdout { .. })), "{begun:?}");
    assert!(error.starts_with("Crash: segmentation fault"), "{error}");
    assert!(
        error.contains("cell [1], line 4: unsafe { std::ptr::null_mut::<u8>()"),
        "{error}"
    );
    assert!(!error.contains("cell [2], line"), "{error}");
    assert_eq!(notebook.ok("x"), "7");
}

#[test]
fn a_crash_between_two_cells_names_its_lines_as_well() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 7;\n\
         std::thread::spawn(|| {\n    \
             std::io::stdin().read_line(&mut String::new()).unwrap();\n    \
             std::process::abort();\n\
         });");
    let Event::Input { request, .. } = notebook.event() else {
        panic!("the thread asks")
    };
    let controls = notebook.session.controls();
    controls.reply_input(request, Some("go".to_owned()));
    // A cell may still run in the old program, be hit by its end, or find that it has ended.
    let told = loop {
        let outcome = notebook.execute("x");
        match notebook.events.try_recv() {
            Ok(Event::Stderr { text, .. }) => break plain(&text),
            // In the program that goes on, nobody has answered.
            Ok(Event::Withdrawn { .. } | Event::Input { .. }) | Err(_) if outcome.is_ok() => {}
            Ok(Event::Withdrawn { .. } | Event::Input { .. }) | Err(_) => break shown(&outcome),
            Ok(other) => panic!("{other:?}"),
        }
    };
    assert!(
        told.contains("where it was, innermost first:\n  cell [1], line 4: std::process::abort();"),
        "{told}"
    );
}

#[test]
fn a_stack_in_ruins_keeps_nobody_waiting() {
    let mut notebook = Conversation::new();
    notebook.ok("let x = 7;\n\
         fn ruin() {\n    let mut byte = 0u8;\n    \
             unsafe { std::ptr::write_bytes(std::hint::black_box(&raw mut byte), 0xAA, 2000) };\n\
             unsafe { std::ptr::null_mut::<u8>().wrapping_add(1).write_volatile(1) }\n}");
    let error = notebook.err("ruin()");
    assert!(error.starts_with("Crash: "), "{error}");
    assert_eq!(notebook.ok("x"), "7");
}

#[test]
fn where_no_code_of_the_user_was_at_fault_none_is_named() {
    let mut notebook = Conversation::new();
    for cell in [
        "std::process::exit(3);",
        "std::process::Command::new(\"kill\").args([\"-9\", &std::process::id().to_string()]).status().unwrap();\nloop {}",
    ] {
        let error = notebook.err(cell);
        assert!(error.starts_with("Crash: "), "{error}");
        assert!(!error.contains("where it was"), "{error}");
    }
}

#[test]
fn a_panic_that_cannot_unwind_is_told() {
    let mut notebook = Conversation::new();
    notebook.ok(
        "struct Twice;\nimpl Drop for Twice {\n    fn drop(&mut self) { panic!(\"second\") }\n}",
    );
    let error = notebook.err("let _twice = Twice;\npanic!(\"first\")");
    assert!(
        error.contains("panic in a destructor during cleanup"),
        "{error}"
    );
    let printed: String = notebook
        .events
        .try_iter()
        .map(|event| match event {
            Event::Stderr { text, .. } => text,
            other => panic!("only panics are printed, not {other:?}"),
        })
        .collect();
    for place in [
        "panicked at cell [2], line 2, column 1:\nfirst",
        "panicked at cell [1], line 3, column 26:\nsecond",
    ] {
        assert!(printed.contains(place), "{printed}");
    }
}
