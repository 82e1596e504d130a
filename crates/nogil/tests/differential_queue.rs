//! Random sequences of operations, on these queues and on CPython's, must have the same results,
//! errors included.
//!
//! The interpreter is `python3`; `shutdown` takes part from Python 3.13 on. `NOGIL_SEED` repeats or
//! varies a run.

use std::env;
use std::fmt::Display;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use fastrand::Rng;
use nogil::{LifoQueue, PriorityQueue, Queue, SimpleQueue};

const SEQUENCES: usize = 400;
const LENGTH: usize = 60;
const SOON: Duration = Duration::from_micros(100);

/// One operation as a line for Python, and what came of it here.
struct Step {
    line: String,
    outcome: String,
}

/// The outcome in Python's words: each of our messages begins with them.
fn outcome<T: Display, E: Display>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string().split(':').next().unwrap().to_owned(),
    }
}

fn done<E>(result: Result<(), E>) -> Result<&'static str, E> {
    result.map(|()| "done")
}

/// Runs `$operation` on any of the three queues that share their methods.
macro_rules! run {
    ($queue:expr, $operation:expr, $item:expr) => {{
        let (queue, item) = (&$queue, $item);
        match $operation {
            "put" => outcome(done(queue.put(item))),
            "put_nowait" => outcome(done(queue.put_nowait(item))),
            "put_timeout" => outcome(done(queue.put_timeout(item, SOON))),
            "get" => outcome(queue.get()),
            "get_nowait" => outcome(queue.get_nowait()),
            "get_timeout" => outcome(queue.get_timeout(SOON)),
            "task_done" => outcome(done(queue.task_done())),
            "join" => {
                queue.join();
                "done".to_owned()
            }
            "shutdown" => {
                queue.shutdown();
                "done".to_owned()
            }
            "shutdown_immediate" => {
                queue.shutdown_immediate();
                "done".to_owned()
            }
            "qsize" => queue.qsize().to_string(),
            "empty" => i32::from(queue.empty()).to_string(),
            "full" => i32::from(queue.full()).to_string(),
            "unfinished_tasks" => queue.unfinished_tasks().to_string(),
            other => unreachable!("no operation {other}"),
        }
    }};
}

/// A random sequence on a new queue of the type `$Queue`. An operation that would block for ever is
/// left out.
macro_rules! sequence {
    ($Queue:ident, $random:expr, $can_shut_down:expr) => {{
        let random: &mut Rng = $random;
        let maxsize = random.usize(0..4);
        let queue: $Queue<i32> = $Queue::with_maxsize(maxsize);
        let mut steps = vec![Step {
            line: format!("{} {maxsize}", stringify!($Queue)),
            outcome: stringify!($Queue).to_owned(),
        }];
        while steps.len() < LENGTH {
            let operation = pick(random, $can_shut_down);
            let blocks = !queue.is_shutdown()
                && match operation {
                    "put" => queue.full(),
                    "get" => queue.empty(),
                    _ => false,
                };
            if blocks || operation == "join" && queue.unfinished_tasks() > 0 {
                continue;
            }
            let item = random.i32(0..10);
            steps.push(Step {
                line: format!("{operation} {item}"),
                outcome: run!(queue, operation, item),
            });
        }
        steps
    }};
}

/// Mostly puts and gets, now and then something else, and seldom the end.
fn pick(random: &mut Rng, can_shut_down: bool) -> &'static str {
    const OFTEN: [&str; 7] = [
        "put",
        "put_nowait",
        "put_timeout",
        "get",
        "get_nowait",
        "get_timeout",
        "task_done",
    ];
    const SOMETIMES: [&str; 5] = ["join", "qsize", "empty", "full", "unfinished_tasks"];
    const SELDOM: [&str; 2] = ["shutdown", "shutdown_immediate"];
    let choices: &[&str] = match random.u32(0..40) {
        0 if can_shut_down => &SELDOM,
        0..10 => &SOMETIMES,
        _ => &OFTEN,
    };
    choices[random.usize(..choices.len())]
}

fn simple_sequence(random: &mut Rng) -> Vec<Step> {
    const OPERATIONS: [&str; 7] = [
        "put",
        "put",
        "get",
        "get_nowait",
        "get_timeout",
        "qsize",
        "empty",
    ];
    let queue = SimpleQueue::new();
    let mut steps = vec![Step {
        line: "SimpleQueue 0".to_owned(),
        outcome: "SimpleQueue".to_owned(),
    }];
    while steps.len() < LENGTH {
        let operation = OPERATIONS[random.usize(..OPERATIONS.len())];
        if operation == "get" && queue.empty() {
            continue;
        }
        let item = random.i32(0..10);
        let outcome = match operation {
            "put" => {
                queue.put(item);
                "done".to_owned()
            }
            "get" => queue.get().to_string(),
            "get_nowait" => outcome(queue.get_nowait()),
            "get_timeout" => outcome(queue.get_timeout(SOON)),
            "qsize" => queue.qsize().to_string(),
            _ => i32::from(queue.empty()).to_string(),
        };
        steps.push(Step {
            line: format!("{operation} {item}"),
            outcome,
        });
    }
    steps
}

/// Runs the Python side on `input` and returns what it prints.
fn python(arguments: &[&str], input: String) -> String {
    let mut python = Command::new("python3")
        .args(["-c", include_str!("differential_queue.py")])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test compares with CPython: install python3");
    let mut stdin = python.stdin.take().unwrap();
    // From its own thread, so that neither side waits for the other to read.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "python3: {}", output.status);
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn results_and_errors_are_cpythons() {
    let seed =
        env::var("NOGIL_SEED").map_or(313, |seed| seed.parse().expect("NOGIL_SEED is a number"));
    let mut random = Rng::with_seed(seed);
    let can_shut_down = python(&["can-shut-down"], String::new()).trim() == "1";
    if !can_shut_down {
        eprintln!("shutdown is left out: python3 is older than 3.13");
    }

    let sequences: Vec<Vec<Step>> = (0..SEQUENCES)
        .map(|number| match number % 4 {
            0 => sequence!(Queue, &mut random, can_shut_down),
            1 => sequence!(LifoQueue, &mut random, can_shut_down),
            2 => sequence!(PriorityQueue, &mut random, can_shut_down),
            _ => simple_sequence(&mut random),
        })
        .collect();
    let input = sequences
        .iter()
        .flatten()
        .map(|step| format!("{}\n", step.line))
        .collect();
    let output = python(&[], input);
    let mut answers = output.lines();
    for steps in &sequences {
        for (number, step) in steps.iter().enumerate() {
            let answer = answers.next().expect("one answer for each operation");
            let so_far: Vec<_> = steps[..=number].iter().map(|step| &*step.line).collect();
            assert_eq!(
                step.outcome, answer,
                "nogil and CPython differ, seed {seed}, after {so_far:#?}"
            );
        }
    }
    assert_eq!(answers.next(), None);
}
