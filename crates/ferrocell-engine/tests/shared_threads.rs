//! Threads that work for one cell after the other: what they do belongs to the cell that has handed the work over.

mod conversation;

use conversation::{Conversation, interrupt, patient};
use ferrocell_engine::{CellId, Event};

/// A notebook with the `nogil` crate, whose threads have all worked for cell 2 already.
fn notebook() -> Conversation {
    let mut notebook = patient();
    let nogil = concat!(env!("CARGO_MANIFEST_DIR"), "/../nogil");
    notebook.ok(&format!(
        ":dep nogil = {{ path = {nogil:?} }}\nuse nogil::{{Event, Queue, Thread, ThreadPoolExecutor, Timer, Yielder, generator, input}};\n\
         use std::time::Duration;"
    ));
    notebook.ok("let pool = ThreadPoolExecutor::with_max_workers(1)?;\n\
         pool.submit(|| ())?.result()?;\n\
         let timer = Timer::new(Duration::ZERO, || ());\ntimer.start()?;\ntimer.join()?;");
    notebook.events.try_iter().for_each(drop);
    notebook
}

/// What each cell has shown so far, in order: without the places of panics, which are the generated code's.
fn shown(notebook: &Conversation) -> Vec<(u64, String)> {
    let mut shown: Vec<(u64, String)> = Vec::new();
    for event in notebook.events.try_iter() {
        let (cell, text) = match event {
            Event::Stdout { cell, text } | Event::Stderr { cell, text } => (cell, text),
            other => panic!("only text was expected, not {other:?}"),
        };
        match shown.last_mut() {
            Some((last, before)) if *last == cell.0 => before.push_str(&text),
            _ => shown.push((cell.0, text)),
        }
    }
    for (_, text) in &mut shown {
        if let Some((panic, _)) = text.split_once(" (cell_") {
            *text = format!("{panic}\n");
        }
    }
    shown
}

#[track_caller]
fn check(notebook: &Conversation, expected: &[(u64, &str)]) {
    let shown = shown(notebook);
    let shown: Vec<_> = shown
        .iter()
        .map(|(cell, text)| (*cell, text.as_str()))
        .collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_task_prints_under_the_cell_that_has_submitted_it() {
    let mut notebook = notebook();
    notebook.ok("let gate = Event::new();");
    notebook.ok("let task = { let gate = gate.clone(); pool.submit(move || { gate.wait(); println!(\"task\") })? };");
    notebook.ok("let mapped = pool.map([1, 2], |n| println!(\"mapped {n}\"));");
    notebook.ok(
        "struct Loud;\nimpl Drop for Loud { fn drop(&mut self) { println!(\"dropped\") } }\n\
         drop(pool.submit(|| Loud)?);",
    );
    notebook.ok("drop(pool.submit(|| panic!(\"burnt\"))?); task.add_done_callback(|_| println!(\"called back\"));");
    notebook.ok("task.add_done_callback(|_| panic!(\"no\"));");
    notebook.ok("gate.set(); mapped.for_each(drop); pool.submit(|| ())?.result()?;");
    check(
        &notebook,
        &[
            (4, "task\n"),
            (7, "called back\n"),
            (8, "exception calling callback: no\n"),
            (5, "mapped 1\nmapped 2\n"),
            (6, "dropped\n"),
        ],
    );
    notebook.ok("task.add_done_callback(|_| println!(\"at once\")); println!(\"after\");");
    check(&notebook, &[(10, "at once\nafter\n")]);
}

#[test]
fn a_timer_prints_under_the_cell_that_has_started_it() {
    let mut notebook = notebook();
    notebook.ok("let made = Timer::new(Duration::from_millis(1), || println!(\"rung\"));");
    notebook.ok("made.start()?; made.join()?;");
    check(&notebook, &[(4, "rung\n")]);
    notebook.ok("let gate = Event::new();");
    notebook.ok(
        "let burnt = { let gate = gate.clone(); Timer::new(Duration::ZERO, move || { gate.wait(); panic!(\"burnt\") }) };\n\
         burnt.start()?;",
    );
    notebook.ok(
        "nogil::set_excepthook(|args| println!(\"{} ended\", args.panicked));\ngate.set(); burnt.join()?;",
    );
    check(&notebook, &[(6, "burnt ended\n")]);
}

#[test]
fn a_thread_prints_under_the_cell_that_has_started_it() {
    let mut notebook = notebook();
    notebook.ok("let thread = Thread::new(|| println!(\"begun\"));");
    notebook.ok("thread.start()?; thread.join()?;");
    check(&notebook, &[(4, "begun\n")]);
    // What a worker starts works for the cell of the task.
    notebook.ok(
        "pool.submit(|| { let inner = Thread::new(|| println!(\"inner\")); inner.start().unwrap(); inner.join().unwrap() })?.result()?;",
    );
    check(&notebook, &[(5, "inner\n")]);
}

#[test]
fn an_initializer_belongs_to_the_cell_that_names_it() {
    let mut notebook = notebook();
    notebook.ok(
        "let builder = ThreadPoolExecutor::builder().initializer(|| { println!(\"ready\"); panic!(\"not quite\") });",
    );
    notebook.ok("let broken = builder.build()?;");
    notebook.ok("broken.submit(|| ())?.exception().unwrap_err();");
    check(
        &notebook,
        &[(3, "ready\nException in initializer: not quite\n")],
    );
}

#[test]
fn a_generator_prints_under_the_cell_that_drives_it() {
    let mut notebook = notebook();
    notebook.ok(
        "let numbers = generator(|mut y: Yielder<i32>| async move { for n in 0..3 { println!(\"number {n}\"); y.yield_(n).await; } }).share();",
    );
    notebook.ok("numbers.next();");
    notebook.ok("let handle = numbers.clone(); pool.submit(move || handle.next())?.result()?;");
    notebook.ok("std::thread::spawn(move || numbers.next()).join().unwrap();");
    check(
        &notebook,
        &[(4, "number 0\n"), (5, "number 1\n"), (6, "number 2\n")],
    );
}

#[test]
fn a_task_asks_under_the_cell_that_has_submitted_it() {
    let mut notebook = notebook();
    notebook.ok("let task = pool.submit(|| input(\"name: \"))?;");
    notebook.ok("let timer = Timer::new(Duration::ZERO, || { let _ = input(\"age: \"); });\ntimer.start()?;");
    let mut asked = Vec::new();
    while asked.len() < 2 {
        match notebook.event() {
            Event::Input {
                cell,
                request,
                prompt,
                ..
            } => {
                asked.push((cell, prompt));
                notebook
                    .session
                    .controls()
                    .reply_input(request, Some("Ada".to_owned()));
            }
            other => panic!("only questions were expected, not {other:?}"),
        }
    }
    asked.sort_by_key(|(cell, _)| cell.0);
    assert_eq!(
        asked,
        [
            (CellId(3), "name: ".to_owned()),
            (CellId(4), "age: ".to_owned())
        ]
    );
    assert_eq!(notebook.ok("timer.join()?; task.result()??"), "\"Ada\"");
}

#[test]
fn an_interrupt_reaches_the_tasks_of_its_cell_only() {
    let mut notebook = notebook();
    notebook.ok("let gate = Event::new();\nlet other = ThreadPoolExecutor::with_max_workers(1)?;");
    notebook.ok(
        "let earlier = { let gate = gate.clone(); other.submit(move || { gate.wait(); 1 })? };",
    );
    // std's `join` does not wake up by itself; it ends when the task does, which is asked half a second later.
    let error = interrupt(
        &mut notebook,
        "let forever = pool.submit(|| Event::new().wait())?;\n\
         let waiting = std::thread::spawn(move || { while !forever.done() { std::thread::yield_now() } });\n\
         { println!(\"begun\"); waiting.join().unwrap() };",
    );
    assert!(error.contains("were asked to stop, too"), "{error}");
    notebook.events.try_iter().for_each(drop);
    assert_eq!(notebook.ok("gate.set(); earlier.result()?"), "1");
    assert_eq!(notebook.ok("pool.submit(|| 2)?.result()?"), "2");
}
