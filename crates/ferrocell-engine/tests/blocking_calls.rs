//! Cells that are asked to stop while they wait for something.
//!
//! The sessions never lose patience, so a call that did not wake up would wait for ever.

mod conversation;

use conversation::{Conversation, interrupt, patient};

const STOPPED: &str =
    "KeyboardInterrupt: the cell was interrupted; variables and threads are still there";

const STOPPED_WITH_THREADS: &str = "KeyboardInterrupt: the cell was interrupted; variables and threads are still \
                                    there, but those that this cell has started were asked to stop, too";

/// A notebook with the `nogil` crate, a count and a thread that answers.
fn notebook() -> Conversation {
    let mut notebook = patient();
    let nogil = concat!(env!("CARGO_MANIFEST_DIR"), "/../nogil");
    notebook.ok(&format!(":dep nogil = {{ path = {nogil:?} }}"));
    notebook.ok(SETTING);
    notebook.events.try_iter().for_each(drop);
    notebook
}

const SETTING: &str = r#"
use nogil::{Barrier, Condition, Event, Fuzz, Process, Queue, ReturnWhen, Semaphore, SimpleQueue, Thread};
use nogil::{ThreadPoolExecutor, Timer, as_completed, coroutine, generator, input, wait};
use std::time::Duration;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

let mut count = 0;
let questions: Queue<i32> = Queue::new();
let answers: Queue<i32> = Queue::new();
let answering = {
    let (questions, answers) = (questions.clone(), answers.clone());
    Thread::new(move || for n in &questions { answers.put(-n).unwrap() })
};
answering.start()?;
"#;

/// Interrupts cells that wait by one of `calls` each.
fn stop(notebook: &mut Conversation, calls: &[&str]) {
    for call in calls {
        stop_with(notebook, STOPPED, &format!("println!(\"begun\"); {call}"));
    }
}

/// Interrupts a cell with this in it, all in one statement, so that nothing but a call in it notices the interrupt.
/// A variable that the cell has changed must have kept the change, and the thread must answer.
fn stop_with(notebook: &mut Conversation, message: &str, call: &str) {
    let before: i32 = notebook.ok("count").parse().expect("a number");
    let error = interrupt(
        notebook,
        &format!("count += 1;\n{{ {call} }};\ncount += 100;"),
    );
    assert!(error.starts_with(message), "{call}: {error}");
    notebook.events.try_iter().for_each(drop);
    let after = before + 1;
    assert_eq!(
        notebook.ok("questions.put(count)?; (count, answers.get()?)"),
        format!("({after}, {})", -after),
        "{call}"
    );
}

#[test]
fn calls_of_nogil_wake_up() {
    let mut notebook = notebook();
    notebook.ok("let never = Event::new();\n\
         let full = Queue::with_maxsize(1);\nfull.put(1)?;\n\
         let unlocked = Condition::new(false);\n\
         let pool = ThreadPoolExecutor::with_max_workers(1)?;\n\
         let stuck = { let never = never.clone(); pool.submit(move || never.wait())? };\n\
         let sleeper = { let never = never.clone(); Thread::new(move || never.wait()) };\n\
         sleeper.start()?;\n\
         let timer = Timer::new(YEAR, || ());\ntimer.start()?;\n\
         fn nap(_: ()) { nogil::sleep(YEAR) }\n\
         let process = Process::new(nap, ());\nprocess.set_daemon(true)?;\nprocess.start()?;");
    stop(
        &mut notebook,
        &[
            "nogil::sleep(YEAR)",
            "Fuzz::new().up_to(YEAR * 1000).sleep()",
            "sleeper.join()?",
            "sleeper.join_timeout(YEAR)?",
            "timer.join()?",
            "Queue::<i32>::new().get()?",
            "Queue::<i32>::new().get_timeout(YEAR)?",
            "for _ in &Queue::<i32>::new() {}",
            "SimpleQueue::<i32>::new().get()",
            "full.put(2)?",
            "full.join()",
            "never.wait()",
            "never.wait_timeout(YEAR)",
            "drop(unlocked.acquire().wait())",
            "drop(unlocked.acquire().wait_for(|unlocked| *unlocked))",
            "drop(Semaphore::new(0).acquire())",
            "Barrier::new(2).wait()?",
            "stuck.clone().result()?",
            "stuck.exception()?",
            "as_completed([stuck.clone()]).count()",
            "wait([stuck.clone()], ReturnWhen::FirstCompleted)",
            "pool.map([1], |n: i32| n).next()",
            "process.join()?",
            "process.join_timeout(YEAR)?",
            "pool.shutdown()",
            // Schedules, whose members go on for ever or cannot.
            "nogil::replay(1, || loop { nogil::sleep(YEAR) })",
            "nogil::explore(|| loop { nogil::sleep(YEAR) })",
            "nogil::timeline(|| nogil::sleep(YEAR))",
        ],
    );
    // The recording that was left is over.
    let picture =
        notebook.ok("nogil::timeline(|| nogil::sleep(Duration::from_millis(1))).to_string()");
    assert!(picture.contains("waits for the time"), "{picture}");
    assert_eq!(
        notebook.ok(
            "never.set(); process.kill()?; process.join()?; stuck.result()?; sleeper.join()?; \
                     (full.get()?, full.qsize(), process.exitcode())"
        ),
        "(1, 0, Some(-9))"
    );
}

#[test]
fn a_question_asked_through_nogil_stops() {
    let mut notebook = notebook();
    stop(&mut notebook, &["input(\"Name: \").unwrap_or_default()"]);
}

#[test]
fn an_interrupted_body_is_a_finished_one() {
    let mut notebook = notebook();
    notebook.ok(
        "let mut naps = generator(|mut y| async move { y.yield_(1).await; nogil::sleep(YEAR); y.yield_(2).await; });\n\
         naps.next();\n\
         let mut nap = coroutine::<(), (), _>(async { nogil::sleep(YEAR) });",
    );
    stop(&mut notebook, &["naps.next()", "nap.start().is_ok()"]);
    assert_eq!(
        notebook.ok("(naps, nap)"),
        "(<generator object, closed>, <coroutine object, closed>)"
    );
}

#[test]
fn calls_of_std_wake_up() {
    let mut notebook = notebook();
    stop(
        &mut notebook,
        &[
            "loop { std::thread::sleep(YEAR) }",
            "std::thread::sleep(YEAR)",
            "loop { std::thread::park() }",
            "let (lock, changed) = (std::sync::Mutex::new(()), std::sync::Condvar::new()); \
             let mut guard = lock.lock()?; loop { guard = changed.wait(guard)?; }",
            "std::io::Read::read(&mut std::os::unix::net::UnixStream::pair()?.0, &mut [0])?",
        ],
    );
    // What woke the parked thread is used up.
    notebook.ok("let main = std::thread::current();");
    stop(&mut notebook, &["loop { std::thread::park() }"]);
}

#[test]
fn what_a_cell_ends_with_is_no_result_when_it_was_cut_short() {
    let mut notebook = notebook();
    let error = interrupt(
        &mut notebook,
        "{ println!(\"begun\"); std::thread::sleep(YEAR); 5 }",
    );
    assert!(error.starts_with(STOPPED), "{error}");
}

#[test]
fn a_queue_loses_no_item_and_nobody_a_wake_up() {
    let mut notebook = notebook();
    notebook.ok(
        "let items: Queue<i32> = Queue::new();\n\
         let got: Queue<i32> = Queue::new();\n\
         let consume = { let (items, got) = (items.clone(), got.clone()); move || for n in &items { got.put(n).unwrap() } };\n\
         let consumers = [(); 2].map(|()| Thread::new(consume.clone()));\n\
         for consumer in &consumers { consumer.start()?; }",
    );
    stop(&mut notebook, &["items.get()?"; 3]);
    assert_eq!(
        notebook.ok(
            "for n in 0..100 { items.put(n)?; }\n\
             let mut all: Vec<i32> = (0..100).map(|_| got.get()).collect::<Result<_, _>>()?;\nall.sort();\n\
             (all == (0..100).collect::<Vec<_>>(), items.empty())"
        ),
        "(true, true)"
    );
}

#[test]
fn threads_that_a_cell_waits_for_stop_when_it_cannot() {
    let mut notebook = notebook();
    for wait in [
        "nogil::sleep(YEAR)",
        "Event::new().wait()",
        "loop { std::thread::sleep(YEAR) }",
        "loop { std::thread::park() }",
    ] {
        let join =
            format!("println!(\"begun\"); std::thread::spawn(|| {wait}).join().unwrap_err()");
        let scope = format!(
            "std::thread::scope(|scope| {{ println!(\"begun\"); scope.spawn(|| {wait}); }})"
        );
        stop_with(&mut notebook, STOPPED_WITH_THREADS, &join);
        stop_with(&mut notebook, STOPPED_WITH_THREADS, &scope);
    }
}

#[test]
fn only_the_users_own_code_is_unwound_in_threads() {
    let mut notebook = notebook();
    notebook.ok(r#"
let pool = ThreadPoolExecutor::with_max_workers(1)?;
let futures: Queue<nogil::Future<()>> = Queue::new();
let (held, gone) = std::sync::mpsc::channel::<()>();
let held_too = held.clone();
let thread = Thread::new(move || { nogil::sleep(YEAR); drop(held_too) });
let rung = Event::new();
let alarm = { let rung = rung.clone(); Timer::new(Duration::from_secs(1), move || rung.set()) };
"#);
    // This wait of the main thread cannot end before both ends of the channel are gone.
    let error = interrupt(
        &mut notebook,
        r#"
alarm.start()?;
thread.start()?;
futures.put(pool.submit(move || { nogil::sleep(YEAR); drop(held) })?)?;
{ println!("begun"); gone.recv()? };
"#,
    );
    assert!(error.starts_with(STOPPED_WITH_THREADS), "{error}");
    assert_eq!(
        notebook.ok("let task = futures.get()?.result().unwrap_err();\n\
             format!(\"{task}, {}\", thread.into_result().unwrap_err())"),
        "\"interrupted, interrupted\""
    );
    // The pool's worker and the thread that waits for timers go on.
    assert_eq!(
        notebook.ok("rung.wait(); pool.submit(|| 7)?.result()?"),
        "7"
    );
    // The threads have ended as quietly as the cell.
    assert_eq!(notebook.printed(), "begun\n");
}

#[test]
fn a_pool_that_the_interrupt_drops_goes_on_with_its_tasks() {
    let mut notebook = notebook();
    notebook.ok("let (go, done) = (Event::new(), Event::new());");
    let error = interrupt(
        &mut notebook,
        r#"
let pool = ThreadPoolExecutor::with_max_workers(1)?;
let (begin, end) = (go.clone(), done.clone());
pool.submit(move || begin.wait())?;
pool.submit(move || end.set())?;
println!("begun");
nogil::sleep(YEAR);
"#,
    );
    assert!(error.starts_with(STOPPED), "{error}");
    notebook.ok("go.set(); done.wait();");
}

#[test]
fn an_await_stops() {
    let mut notebook = notebook();
    notebook.ok(":dep tokio = { version = \"1\", features = [\"time\"] }");
    notebook.ok("let task = tokio::spawn(async { tokio::time::sleep(Duration::from_millis(1)).await; 5 });\n\
                 tokio::task::yield_now().await;");
    notebook.events.try_iter().for_each(drop);
    stop(
        &mut notebook,
        &[
            "std::future::pending::<()>().await",
            "tokio::time::sleep(YEAR).await",
        ],
    );
    assert_eq!(notebook.ok("task.await?"), "5");
}

#[test]
fn a_ring_of_threads_is_shown() {
    let mut notebook = notebook();
    notebook.ok(
        "use std::sync::{Arc, atomic::{AtomicU32, Ordering}};\n\
         let locks = [Condition::new(()), Condition::new(())];\n\
         let (both_hold_one, past) = (Barrier::new(2), Arc::new(AtomicU32::new(0)));\n\
         let stuck = [(\"Ada\", 0, 1), (\"Ben\", 1, 0)].map(|(name, first, second)| {\n\
             let (locks, both, past) = (locks.clone(), both_hold_one.clone(), past.clone());\n\
             Thread::builder().name(name).daemon(true).target(move || {\n\
                 let _first = locks[first].acquire();\n\
                 both.wait().ok();\n\
                 past.fetch_add(1, Ordering::SeqCst);\n\
                 let _second = locks[second].acquire();\n\
             })\n\
         });\n\
         stuck.iter().try_for_each(Thread::start)?;\n\
         let are_stuck = || past.load(Ordering::SeqCst) == 2\n\
             && format!(\"{:?}\", ferrocell::glance!()).matches(\": waits for another thread\").count() >= 2;\n\
         while !are_stuck() { std::thread::yield_now(); }",
    );
    let error = interrupt(
        &mut notebook,
        "{ println!(\"on\"); stuck.iter().try_for_each(Thread::join)? };",
    );
    assert!(error.starts_with(STOPPED), "{error}");
    let mut texts = Vec::new();
    while !texts.iter().any(|text: &String| text.contains("<svg")) {
        texts.push(format!("{:?}", notebook.event()));
    }
    let picture = texts.concat();
    for line in [
        "main waits for Ada",
        "Ada waits for a lock that Ben holds",
        "Ben waits for a lock that Ada holds",
    ] {
        assert!(picture.contains(line), "{line}: {picture}");
    }
}
