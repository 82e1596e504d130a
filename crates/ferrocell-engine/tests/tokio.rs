//! Cells of a notebook with tokio run inside its runtime.

mod conversation;

use conversation::{Conversation, interrupt, patient};
use ferrocell_engine::Event;

const DEP: &str = ":dep tokio = { version = \"1\", features = [\"full\"] }\n\
                   :dep futures = \"0.3\"\n\
                   use std::time::Duration;\n\
                   async fn nap(ms: u64) -> u64 { tokio::time::sleep(Duration::from_millis(ms)).await; ms }";

fn notebook() -> Conversation {
    let mut notebook = patient();
    notebook.ok(DEP);
    notebook
}

#[test]
fn each_cell_is_inside_the_runtime() {
    let mut notebook = notebook();
    for (cell, expected) in [
        ("let job = tokio::spawn(nap(5));", ""),
        ("job.await?", "5"),
        (
            "let again = { let here = tokio::runtime::Handle::current(); here.spawn(nap(1)) };",
            "",
        ),
        ("again.await?", "1"),
        ("let blocking = tokio::task::spawn_blocking(|| 7);", ""),
        ("blocking.await?", "7"),
        (
            "let pause = tokio::time::sleep(Duration::from_millis(1));",
            "",
        ),
        (
            "let listener = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlistener.set_nonblocking(true)?;\n\
          let listener = tokio::net::TcpListener::from_std(listener)?;",
            "",
        ),
        (
            "let address = listener.local_addr()?;\n\
          let server = tokio::spawn(async move { listener.accept().await.map(|_| \"came\").unwrap() });",
            "",
        ),
        (
            "tokio::net::TcpStream::connect(address).await?;\nserver.await?",
            "\"came\"",
        ),
        // A function that spawns, without a word of tokio in the cell.
        (
            "fn start() -> tokio::task::JoinHandle<u64> { tokio::spawn(nap(2)) }",
            "",
        ),
        ("let started = start();", ""),
        ("started.await?", "2"),
        ("tokio::task::block_in_place(|| 3)", "3"),
        // In the arguments of a macro, but not in its async block.
        ("format!(\"{}\", nap(4).await)", "\"4\""),
        (
            "vec![(tokio::spawn(async move { nap(5).await }), 1)].len()",
            "1",
        ),
        (
            "let mut sum = 0;\nlet jobs: Vec<_> = (0..4).map(|i| tokio::spawn(nap(i))).collect();\n\
          for job in jobs { sum += job.await?; }\nsum",
            "6",
        ),
        (
            "let cancelled = tokio::spawn(nap(60_000));\ncancelled.abort();",
            "",
        ),
    ] {
        assert_eq!(notebook.ok(cell), expected, "{cell}");
    }
    let error = notebook.err("cancelled.await?");
    assert!(error.starts_with("Error: JoinError::Cancelled"), "{error}");
}

#[test]
fn macros_await_at_top_level() {
    let mut notebook = notebook();
    for (cell, expected) in [
        ("let (a, b) = tokio::join!(nap(1), nap(2));\na + b", "3"),
        (
            "tokio::try_join!(async { Ok::<_, ()>(nap(1).await) }, async { Err::<(), _>(()) })",
            "Err(())",
        ),
        (
            "tokio::select! { n = nap(1) => n, n = nap(60_000) => n }",
            "1",
        ),
        ("futures::join!(nap(1), async { 5 })", "(1, 5)"),
        // Of which rustc has to tell.
        (
            "use tokio::join;\nlet pair = join!(nap(1), nap(2));\npair",
            "(1, 2)",
        ),
        (
            "macro_rules! soon { ($n:expr) => { nap($n).await } }\nsoon!(3) + 1",
            "4",
        ),
        ("let late = soon!(2);", ""),
        ("late", "2"),
    ] {
        assert_eq!(notebook.ok(cell), expected, "{cell}");
    }
    // Functions still have to say that they await.
    for cell in [
        "fn f() -> u64 { nap(1).await }",
        "let f = || tokio::join!(nap(1), nap(2));",
    ] {
        let error = notebook.err(cell);
        assert!(error.contains("[E0728]"), "{cell}: {error}");
    }
}

#[test]
fn a_task_runs_on_between_cells() {
    let mut notebook = notebook();
    notebook.ok(
        "let (sender, receiver) = std::sync::mpsc::channel();\n\
         let job = tokio::spawn(async move { nap(1).await; sender.send(1).unwrap(); nap(1).await; sender.send(2).unwrap(); });",
    );
    assert_eq!(
        notebook.ok("(receiver.recv()?, receiver.recv()?)"),
        "(1, 2)"
    );
}

#[test]
fn a_cell_may_have_a_runtime_of_its_own() {
    let mut notebook = notebook();
    for (cell, expected) in [
        ("tokio::runtime::Runtime::new()?.block_on(nap(1))", "1"),
        (
            "{ let own = tokio::runtime::Builder::new_current_thread().enable_all().build()?; own.block_on(nap(2)) }",
            "2",
        ),
        ("tokio::runtime::Handle::current().block_on(nap(3))", "3"),
        ("futures::executor::block_on(nap(4))", "4"),
        (
            "let own = tokio::runtime::Runtime::new()?;\nlet job = own.spawn(nap(5));\nown.block_on(job)?",
            "5",
        ),
        ("own.block_on(nap(6))", "6"),
        ("drop(own);", ""),
        (
            "#[tokio::main]\nasync fn main() { println!(\"{}\", nap(7).await); }\nmain();",
            "",
        ),
        // In the same cell as an `.await`.
        (
            "nap(8).await + tokio::runtime::Runtime::new()?.block_on(nap(1))",
            "9",
        ),
    ] {
        assert_eq!(notebook.ok(cell), expected, "{cell}");
    }
}

#[test]
fn a_panic_and_an_interrupt_leave_the_runtime() {
    let mut notebook = notebook();
    let error = notebook.err("tokio::spawn(async { panic!(\"in a task\") }).await?;");
    assert!(error.contains("in a task"), "{error}");
    notebook.err("nap(1).await;\npanic!(\"in the cell\");");
    let error = interrupt(&mut notebook, "println!(\"waiting\");\nnap(60_000).await");
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    assert_eq!(notebook.ok("tokio::spawn(nap(1)).await?"), "1");
}

#[test]
fn a_task_that_ends_the_program_leaves_later_cells_a_runtime() {
    let mut notebook = notebook();
    notebook.ok("tokio::spawn(async { std::io::stdin().read_line(&mut String::new()).unwrap(); std::process::abort() });");
    let controls = notebook.session.controls();
    let mut told = String::new();
    while !told.contains("which ended the program, is gone") {
        // A cell may be told, or hit by the end and blamed for it, and then the task asks again.
        told = conversation::shown(&notebook.execute("0"));
        for event in notebook.events.try_iter() {
            match event {
                Event::Input { request, .. } => controls.reply_input(request, Some(String::new())),
                Event::Stderr { text, .. } => told += &text,
                _ => {}
            }
        }
    }
    assert!(told.contains("a new runtime of tokio"), "{told}");
    for _ in 0..2 {
        assert_eq!(notebook.ok("nap(1).await"), "1");
        assert_eq!(notebook.ok("tokio::spawn(nap(2)).await?"), "2");
        notebook.err("std::process::abort()");
    }
}

#[test]
fn versions_before_the_first_stable_one_have_a_runtime_too() {
    a_timer_wakes_a_task(
        "tokio = { version = \"0.3\", features = \"time\", default_features = false }",
        "sleep",
    );
}

#[test]
#[ignore = "once in sixty times, a worker of 0.2 parks though its timer has queued the task; see RELIABILITY.md"]
fn so_has_an_early_one() {
    a_timer_wakes_a_task(
        "tokio = { version = \"0.2\", features = [\"time\"] }",
        "delay_for",
    );
}

/// Waits for a task that sleeps, with a version of tokio whose function for that has this name.
fn a_timer_wakes_a_task(dependency: &str, nap: &str) {
    let mut notebook = patient();
    notebook.ok(&format!(
        ":dep {dependency}\nuse tokio::time::{nap};\nuse std::time::Duration;"
    ));
    notebook.ok(&format!(
        "let job = tokio::spawn(async {{ {nap}(Duration::from_millis(1)).await; 7 }});"
    ));
    assert_eq!(notebook.ok("job.await?"), "7", "{dependency}");
    notebook.ok(&format!("{nap}(Duration::from_millis(1)).await;"));
}
