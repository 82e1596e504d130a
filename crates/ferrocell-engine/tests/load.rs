//! Much of everything at once: lines, threads, timers, generators, cells.

mod conversation;

use std::collections::BTreeMap;
use std::path::Path;

use conversation::{Conversation, interrupt};
use ferrocell_engine::{CellId, Event};

/// A notebook that uses `nogil`, from this repository; built once for all tests.
fn with_nogil() -> Conversation {
    let nogil = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("nogil");
    let mut notebook = Conversation::with(|options| {
        options.cache_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    });
    notebook.ok(&format!(":dep nogil = {{ path = {nogil:?} }}"));
    while notebook.events.try_recv().is_ok() {}
    notebook
}

#[test]
fn lines_of_a_hundred_threads_are_whole_and_in_order() {
    const THREADS: usize = 100;
    const LINES: usize = 1_000;
    let mut notebook = Conversation::new();
    notebook.ok(&format!(
        "let threads: Vec<_> = (0..{THREADS}).map(|t| std::thread::spawn(move || for n in 0..{LINES} {{ \
         println!(\"thread {{t}} says {{n}}\") }})).collect();"
    ));
    // These cells, and the snapshots before them, are in the way.
    for number in 0..5 {
        assert_eq!(notebook.ok(&number.to_string()), number.to_string());
    }
    notebook.ok("for thread in threads { thread.join().unwrap() }");
    let mut printed = String::new();
    for event in notebook.events.try_iter() {
        match event {
            Event::Stdout {
                cell: CellId(1),
                text,
            } => printed.push_str(&text),
            other => panic!("only the first cell prints, not {other:?}"),
        }
    }
    let mut said = BTreeMap::<usize, usize>::new();
    for line in printed.lines() {
        let words = line
            .strip_prefix("thread ")
            .and_then(|rest| rest.split_once(" says "));
        let (thread, number) = words.unwrap_or_else(|| panic!("a torn line: {line:?}"));
        let said = said.entry(thread.parse().expect("a number")).or_default();
        assert_eq!(number, said.to_string(), "the next line of thread {thread}");
        *said += 1;
    }
    assert_eq!(said, (0..THREADS).map(|thread| (thread, LINES)).collect());
}

#[test]
fn a_thousand_threads_neither_hinder_cells_nor_are_lost() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut n = 0;\nlet threads: Vec<_> = (0..1_000).map(|n| std::thread::spawn(move || { std::thread::park(); n })).collect();");
    let error = interrupt(&mut notebook, "n += 1; println!(\"begun\"); loop {}");
    assert!(
        error.contains("variables and threads are still there"),
        "{error}"
    );
    assert_eq!(
        notebook.ok("(n, threads.iter().filter(|thread| !thread.is_finished()).count())"),
        "(1, 1000)"
    );
    let error = notebook.err("n += 1; std::process::abort()");
    assert!(
        error.contains("(variables n, threads), and 1000 threads go on"),
        "{error}"
    );
    notebook.ok("for thread in &threads { thread.thread().unpark() }");
    assert_eq!(
        notebook.ok("threads.into_iter().map(|thread| thread.join().unwrap()).sum::<i32>()"),
        "499500"
    );
    assert_eq!(notebook.ok("n"), "1");
}

#[test]
fn ten_thousand_timers_wait_and_new_ones_fire_after_a_crash() {
    let mut notebook = with_nogil();
    notebook.ok("use nogil::Timer; use std::time::Duration;\nlet kept = 5;");
    // It fires, so that there is a thread that has run a function and waits for the next.
    notebook.ok("let first = Timer::new(Duration::from_millis(1), || println!(\"fired\")); first.start()?; first.join()?;");
    assert_eq!(notebook.printed(), "fired\n");
    let timers = "let timers: Vec<_> = (0..10_000).map(|_| Timer::new(Duration::from_secs(1_000), || ())).collect();\n\
                  for timer in &timers { timer.start()?; }";
    notebook.ok(timers);
    assert_eq!(
        notebook.ok("timers.iter().filter(|timer| timer.is_alive()).count()"),
        "10000"
    );
    let error = interrupt(&mut notebook, "println!(\"begun\"); loop {}");
    assert!(
        error.contains("variables and threads are still there"),
        "{error}"
    );
    assert_eq!(notebook.printed(), "begun\n");
    let error = notebook.err("std::process::abort()");
    assert!(error.contains("(variables first, kept, timers)"), "{error}");
    notebook.ok("for timer in &timers { timer.cancel(); }");
    notebook.ok("let soon = Timer::new(Duration::from_millis(1), || println!(\"fired again\")); soon.start()?; soon.join()?;");
    assert_eq!(notebook.printed(), "fired again\n");
    notebook.ok(timers);
    assert_eq!(notebook.ok("(kept, timers.len())"), "(5, 10000)");
}

#[test]
fn thirty_thousand_generators_go_on_after_a_crash() {
    let mut notebook = with_nogil();
    notebook.ok(
        "use nogil::{Generator, generator};\n\
         let mut generators: Vec<Generator<u64>> = (0..30_000).map(|n| generator(move |mut y| async move { for i in 0.. { y.yield_(n + i).await; } })).collect();",
    );
    let next = "generators.iter_mut().map(|g| g.next().unwrap()).sum::<u64>()";
    let sum: u64 = (0..30_000).sum();
    assert_eq!(notebook.ok(next), sum.to_string());
    notebook.err(&format!("{next};\nstd::process::abort()"));
    assert_eq!(notebook.ok(next), (sum + 30_000).to_string());
    let error = interrupt(
        &mut notebook,
        &format!("{next};\nprintln!(\"begun\"); loop {{}}"),
    );
    assert!(error.starts_with("KeyboardInterrupt: "), "{error}");
    assert_eq!(notebook.ok(next), (sum + 90_000).to_string());
}

#[test]
fn a_thousand_cells_in_a_row_hold_no_descriptors() {
    let mut notebook = Conversation::new();
    notebook.ok("let mut n = 0;");
    // The objects of all cells stay loaded, because any of their functions may still be called; that takes memory, but
    // no descriptors.
    let count = "(std::fs::read_dir(\"/proc/self/fd\")?.count(), std::fs::read_dir(\"/proc/self/task\")?.count())";
    let before = notebook.ok(count);
    for number in 1..=1_000 {
        assert_eq!(notebook.ok("n += 1; n"), number.to_string());
    }
    assert_eq!(notebook.ok(count), before, "descriptors and threads");
}

#[test]
fn a_crash_in_a_flood_costs_no_line_before_it() {
    let mut notebook = Conversation::new();
    notebook.err("for n in 0..100_000 { println!(\"line {n}\"); }\nstd::process::abort()");
    let expected: String = (0..100_000).map(|n| format!("line {n}\n")).collect();
    assert!(notebook.printed() == expected);
}
