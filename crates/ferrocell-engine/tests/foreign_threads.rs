//! Threads that dependencies have made: what they do for a cell belongs to that cell.

mod conversation;

use std::collections::BTreeMap;

use conversation::{Conversation, interrupt, patient};
use ferrocell_engine::Event;

/// A notebook with rayon, tokio, and a crate with a thread to which closures are sent. Each has its threads since cell 1.
fn notebook() -> Conversation {
    let mut notebook = patient();
    notebook.ok(
        ":dep rayon = \"1\"\n:dep tokio = { version = \"1\", features = [\"rt-multi-thread\", \"time\", \"sync\"] }\n\
         use rayon::prelude::*;\nuse std::sync::mpsc;\nuse std::time::Duration;\n\
         (0..64).into_par_iter().for_each(|_| ());\n\
         let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;\n\
         runtime.block_on(runtime.spawn(async {}))?;",
    );
    notebook.events.try_iter().for_each(drop);
    notebook
}

/// What each cell has shown so far, its lines in alphabetical order.
fn shown(notebook: &Conversation) -> BTreeMap<u64, Vec<String>> {
    let mut shown: BTreeMap<u64, String> = BTreeMap::new();
    for event in notebook.events.try_iter() {
        match event {
            Event::Stdout { cell, text } | Event::Stderr { cell, text } => {
                shown.entry(cell.0).or_default().push_str(&text);
            }
            Event::Progress { .. } => {}
            other => panic!("only text was expected, not {other:?}"),
        }
    }
    shown
        .into_iter()
        .map(|(cell, text)| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            (cell, lines)
        })
        .collect()
}

#[track_caller]
fn check(notebook: &Conversation, expected: &[(u64, &[&str])]) {
    let expected = expected
        .iter()
        .map(|(cell, lines)| (*cell, lines.iter().map(|&line| line.to_owned()).collect()));
    assert_eq!(shown(notebook), expected.collect());
}

#[test]
fn a_job_of_rayon_prints_under_the_cell_that_has_handed_it_over() {
    let mut notebook = notebook();
    notebook.ok("(0..4).into_par_iter().for_each(|n| println!(\"job {n}\"));");
    check(&notebook, &[(2, &["job 0", "job 1", "job 2", "job 3"])]);
    notebook.ok("fn say(n: i32) { println!(\"said {n}\") }\n\
         fn say_all() { (0..2).into_par_iter().for_each(|n| println!(\"all {n}\")) }\n\
         fn say_both() { rayon::join(|| println!(\"left\"), || println!(\"right\")); }\n\
         fn spawn() { rayon::spawn(|| println!(\"spawned\")) }");
    notebook.ok("(0..2).into_par_iter().for_each(say);");
    check(&notebook, &[(4, &["said 0", "said 1"])]);
    notebook.ok("say_all();");
    check(&notebook, &[(5, &["all 0", "all 1"])]);
    notebook.ok("say_both();");
    check(&notebook, &[(6, &["left", "right"])]);
    notebook.ok("std::thread::spawn(say_all).join().unwrap();");
    check(&notebook, &[(7, &["all 0", "all 1"])]);
    notebook.ok("spawn();\nlet (done, is_done) = mpsc::channel();\nrayon::spawn(move || done.send(()).unwrap());");
    notebook.ok("is_done.recv()?;");
    check(&notebook, &[(8, &["spawned"])]);
    // The same stack as in cell 4, but for the cell.
    notebook.ok("(0..2).into_par_iter().for_each(say);");
    check(&notebook, &[(10, &["said 0", "said 1"])]);
}

#[test]
fn a_task_of_tokio_prints_under_the_cell_that_has_spawned_it() {
    let mut notebook = notebook();
    notebook.ok("async fn greet(name: &str) { tokio::time::sleep(Duration::from_millis(1)).await; println!(\"hello {name}\") }");
    notebook.ok("let (open, opened) = tokio::sync::oneshot::channel::<()>();\n\
                 let waiting = runtime.spawn(async { opened.await.unwrap(); println!(\"waited\"); greet(\"Ada\").await });");
    notebook.ok("let task = runtime.spawn(greet(\"Bob\"));");
    notebook.ok("runtime.block_on(task)?; open.send(()).unwrap(); runtime.block_on(waiting)?;");
    check(
        &notebook,
        &[(3, &["hello Ada", "waited"]), (4, &["hello Bob"])],
    );
    notebook.ok("runtime.block_on(runtime.spawn_blocking(|| println!(\"blocking\")))?;");
    check(&notebook, &[(6, &["blocking"])]);
}

#[test]
fn a_panic_is_told_under_the_cell_that_has_handed_the_work_over() {
    let mut notebook = notebook();
    notebook.ok(
        "let (open, opened) = tokio::sync::oneshot::channel::<()>();\n\
                 let burnt = runtime.spawn(async { opened.await.unwrap(); panic!(\"burnt\") });",
    );
    notebook.ok("open.send(()).unwrap(); runtime.block_on(burnt).unwrap_err();");
    let shown = shown(&notebook);
    assert_eq!(shown.keys().collect::<Vec<_>>(), [&2], "{shown:?}");
    assert!(shown[&2].iter().any(|line| line == "burnt"), "{shown:?}");
    let error =
        notebook.err("(0..2).into_par_iter().for_each(|n| if n == 1 { panic!(\"dropped\") });");
    assert!(error.starts_with("Panic: dropped"), "{error}");
    assert!(
        notebook
            .events
            .try_iter()
            .all(|event| !matches!(event, Event::Stderr { cell, .. } if cell.0 != 4))
    );
}

#[test]
fn a_task_asks_under_the_cell_that_has_spawned_it() {
    let mut notebook = notebook();
    notebook.ok("let asking = runtime.spawn_blocking(|| { let mut line = String::new(); std::io::stdin().read_line(&mut line).map(|_| line) });");
    match notebook.event() {
        Event::Input { cell, request, .. } => {
            assert_eq!(cell.0, 2);
            let controls = notebook.session.controls();
            controls.reply_input(request, Some("Ada".to_owned()));
        }
        other => panic!("only a question was expected, not {other:?}"),
    }
    assert_eq!(notebook.ok("runtime.block_on(asking)??"), "\"Ada\\n\"");
}

#[test]
fn a_thread_of_a_crate_works_for_the_cell_whose_closure_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("office/src")).unwrap();
    std::fs::write(
        folder.path().join("office/Cargo.toml"),
        "[package]\nname = \"office\"\nedition = \"2024\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("office/src/lib.rs"), OFFICE).unwrap();
    let mut notebook =
        Conversation::with(|options| folder.path().clone_into(&mut options.working_dir));
    notebook
        .ok(":offline 1\n:dep ./office\noffice::wait(); office::say(\"hello\"); office::wait();");
    // Text of the dependency alone counts to the cell that has made the thread.
    check(&notebook, &[(1, &["hello"])]);
    notebook.ok("use std::sync::mpsc::channel;\nlet (open, opened) = channel::<()>();");
    notebook.ok("office::give(Box::new(move || { opened.recv().unwrap(); println!(\"opened\"); std::thread::spawn(|| println!(\"inner\")).join().unwrap() }));");
    notebook.ok(
        "fn speak() { println!(\"spoken\") }\nfn speak_later() { office::give(Box::new(speak)) }",
    );
    notebook.ok("office::give(Box::new(speak));");
    notebook.ok("open.send(())?; office::wait();");
    notebook.ok("speak_later(); office::wait();");
    check(
        &notebook,
        &[
            (3, &["inner", "opened"]),
            (5, &["spoken"]),
            (7, &["spoken"]),
        ],
    );
}

/// A crate with one thread for whatever it is given.
const OFFICE: &str = "\
use std::sync::{LazyLock, mpsc};
type Work = Box<dyn FnOnce() + Send>;
static CLERK: LazyLock<mpsc::Sender<Work>> = LazyLock::new(|| {
    let (give, given) = mpsc::channel::<Work>();
    std::thread::spawn(move || given.into_iter().for_each(|work| work()));
    give
});
pub fn give(work: Work) { CLERK.send(work).unwrap() }
pub fn say(text: &'static str) { give(Box::new(move || println!(\"{text}\"))) }
pub fn wait() { let (done, is_done) = mpsc::channel(); give(Box::new(move || done.send(()).unwrap())); is_done.recv().unwrap() }
";

#[test]
fn an_interrupt_reaches_the_jobs_of_its_cell_only() {
    let mut notebook = notebook();
    notebook.ok("let (open, opened) = mpsc::channel::<()>();\nlet earlier = runtime.spawn_blocking(move || { opened.recv().unwrap(); 7 });");
    let error = interrupt(
        &mut notebook,
        "{ (0..2).into_par_iter().for_each(|n| { println!(\"job {n}\"); loop { std::hint::spin_loop() } }) }",
    );
    assert!(error.starts_with("KeyboardInterrupt: the cell was interrupted; variables and threads are still there, but"), "{error}");
    let error = interrupt(
        &mut notebook,
        "{ rayon::scope(|scope| scope.spawn(|_| { println!(\"begun\"); std::thread::sleep(Duration::from_secs(3600)); loop {} })) }",
    );
    assert!(error.starts_with("KeyboardInterrupt"), "{error}");
    notebook.events.try_iter().for_each(drop);
    assert_eq!(
        notebook.ok("open.send(())?; runtime.block_on(earlier)?"),
        "7"
    );
    assert_eq!(notebook.ok("(0..100).into_par_iter().sum::<i32>()"), "4950");
}
