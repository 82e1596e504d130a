//! Cells that are asked to stop while they wait for something.
//!
//! The sessions never lose patience, so a call that did not wake up would wait for ever.

mod conversation;

use conversation::{Conversation, interrupt, patient};

const STOPPED: &str =
    "KeyboardInterrupt: the cell was interrupted; variables and threads are still there";

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

/// Interrupts a cell that waits by each of `calls`. Each time a variable that the cell has changed must have kept the
/// change, and the thread must answer.
fn stops(notebook: &mut Conversation, calls: &[&str]) {
    for call in calls {
        let before: i32 = notebook.ok("count").parse().expect("a number");
        // In one block, so that nothing but the call itself can notice the interrupt.
        let cell = format!("count += 1;\n{{ println!(\"begun\"); {call} }};\ncount += 100;");
        let error = interrupt(notebook, &cell);
        assert_eq!(error, format!("{STOPPED}\n{STOPPED}"), "{call}");
        notebook.events.try_iter().for_each(drop);
        let after = before + 1;
        assert_eq!(
            notebook.ok("questions.put(count)?; (count, answers.get()?)"),
            format!("({after}, {})", -after),
            "{call}"
        );
    }
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
    stops(
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
        ],
    );
    assert_eq!(
        notebook.ok(
            "never.set(); process.kill()?; process.join()?; stuck.result()?; sleeper.join()?; \
                     (full.get()?, full.qsize(), process.exitcode())"
        ),
        "(1, 0, Some(-9))"
    );
}
