//! Random sequences of operations, on these executors and on CPython's, must have the same results, errors included.
//!
//! Each pool has one worker, which gates keep from running what is behind them, so that every answer is certain. The
//! interpreter is `python3`; `NOGIL_SEED` repeats or varies a run.

use fastrand::Rng;
use nogil::{
    Event, Future, FutureError, ReturnWhen, ThreadPoolExecutor, as_completed_timeout, wait,
    wait_timeout,
};
use std::env;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SEQUENCES: usize = 300;
const LENGTH: usize = 40;

/// One operation as a line for Python, and what came of it here.
struct Step {
    line: String,
    outcome: String,
}

struct Session {
    pool: Arc<ThreadPoolExecutor>,
    futures: Vec<Future<usize>>,
    gates: Vec<Option<Gate>>,
    log: Arc<Mutex<Vec<usize>>>,
    /// How many futures the worker has left behind.
    behind: usize,
    is_open: bool,
    /// Futures whose value was taken, which Python's can give again.
    taken: Vec<usize>,
}

#[derive(Clone, Default)]
struct Gate {
    begun: Event,
    opened: Event,
}

fn divide(number: usize) -> usize {
    match number {
        0 => panic!("failure 0"),
        number => 60 / number,
    }
}

/// The failure in Python's words.
fn words(error: &FutureError) -> String {
    match error {
        FutureError::Cancelled => "CancelledError".to_owned(),
        FutureError::Timeout => "TimeoutError".to_owned(),
        error => error.to_string(),
    }
}

impl Session {
    fn new() -> Self {
        Self {
            pool: Arc::new(ThreadPoolExecutor::with_max_workers(1).unwrap()),
            futures: Vec::new(),
            gates: Vec::new(),
            log: Arc::default(),
            behind: 0,
            is_open: true,
            taken: Vec::new(),
        }
    }

    fn submit(&mut self, kind: &'static str, number: usize) -> String {
        let gate = (kind == "gate").then(Gate::default);
        let passed = gate.clone();
        let submitted = self.pool.submit(move || {
            if let Some(gate) = passed {
                gate.begun.set();
                gate.opened.wait();
            }
            if kind == "fail" {
                std::panic::panic_any(format!("failure {number}"));
            }
            number
        });
        match submitted {
            Ok(future) => {
                self.futures.push(future);
                self.gates.push(gate);
                "done".to_owned()
            }
            Err(error) => error.to_string(),
        }
    }

    /// Waits until the worker stands at a gate or has nothing to do; says whether it stands at one.
    fn settle(&mut self) -> bool {
        while let Some(future) = self.futures.get(self.behind) {
            if let Some(gate) = &self.gates[self.behind]
                && !future.cancelled()
            {
                gate.begun.wait();
                if !gate.opened.is_set() {
                    return true;
                }
            }
            wait([future.clone()], ReturnWhen::AllCompleted);
            self.behind += 1;
        }
        if self.is_open {
            self.pool.submit(|| ()).unwrap().result().unwrap();
        } else {
            self.pool.shutdown();
        }
        false
    }

    fn run(&mut self, operation: &'static str, numbers: &[usize]) -> String {
        let first = numbers.first().copied().unwrap_or_default();
        let chosen = || numbers.iter().map(|number| self.futures[*number].clone());
        let number = |flag| i32::from(flag);
        match operation {
            "value" | "fail" | "gate" => return self.submit(operation, first),
            "open" => self.gates[self.behind].as_ref().unwrap().opened.set(),
            "cancel" => return number(self.futures[first].cancel()).to_string(),
            "state" => {
                let future = &self.futures[first];
                let state = [future.running(), future.done(), future.cancelled()];
                return format!("{:?}", state.map(number));
            }
            "result" => {
                return match self.futures[first].result_timeout(Duration::ZERO) {
                    Ok(value) => {
                        self.taken.push(first);
                        value.to_string()
                    }
                    Err(error) => words(&error),
                };
            }
            "exception" => {
                return match self.futures[first].exception_timeout(Duration::ZERO) {
                    Ok(None) => "none".to_owned(),
                    Ok(Some(panicked)) => panicked.to_string(),
                    Err(error) => words(&error),
                };
            }
            "callback" => {
                let log = Arc::clone(&self.log);
                self.futures[first].add_done_callback(move |_| log.lock().unwrap().push(first));
            }
            "log" => return format!("{:?}", self.log.lock().unwrap()),
            "FirstCompleted" | "FirstException" | "AllCompleted" => {
                let when = match operation {
                    "FirstCompleted" => ReturnWhen::FirstCompleted,
                    "FirstException" => ReturnWhen::FirstException,
                    _ => ReturnWhen::AllCompleted,
                };
                let found = wait_timeout(chosen(), Duration::ZERO, when);
                return format!("[{}, {}]", found.done.len(), found.not_done.len());
            }
            "as_completed" => {
                let mut seen = 0;
                for completed in as_completed_timeout(chosen(), Duration::ZERO) {
                    match completed {
                        Ok(_) => seen += 1,
                        Err(error) => return format!("{seen} {error}"),
                    }
                }
                return seen.to_string();
            }
            "map" => {
                let mut results = Vec::new();
                for result in self.pool.map(numbers.to_vec(), divide) {
                    match result {
                        Ok(result) => results.push(result),
                        Err(error) => return format!("{results:?} {error}"),
                    }
                }
                return format!("{results:?}");
            }
            "shutdown" | "shutdown_now" => {
                self.is_open = false;
                self.pool.shutdown_nowait();
                if operation == "shutdown_now" {
                    self.cancel_queued();
                }
            }
            other => unreachable!("no operation {other}"),
        }
        "done".to_owned()
    }

    /// `shutdown_now` waits for the gate, so another thread calls it. The last callback tells that it has cancelled.
    fn cancel_queued(&self) {
        let cancelled = Event::new();
        match self
            .futures
            .iter()
            .rev()
            .find(|future| !future.done() && !future.running())
        {
            None => cancelled.set(),
            Some(last) => {
                let told = cancelled.clone();
                last.add_done_callback(move |_| told.set());
            }
        }
        let pool = Arc::clone(&self.pool);
        std::thread::spawn(move || pool.shutdown_now());
        cancelled.wait();
    }
}

/// A random sequence of operations on a new pool. One that would block for ever, and one whose answer CPython leaves
/// open, is left out.
fn sequence(random: &mut Rng) -> Vec<Step> {
    let mut session = Session::new();
    let mut steps = vec![Step {
        line: "pool".to_owned(),
        outcome: "done".to_owned(),
    }];
    let mut stands = false;
    while steps.len() < LENGTH {
        let (operation, numbers) = pick(random, &session);
        let possible = match operation {
            "open" => stands,
            // A map waits for its results.
            "map" => !stands,
            "result" => !session.taken.contains(&numbers[0]),
            // CPython's wait counts a cancelled future only when a worker has come across it.
            "FirstCompleted" | "FirstException" | "AllCompleted" | "as_completed" => numbers
                .iter()
                .all(|number| !session.futures[*number].cancelled()),
            _ => true,
        };
        if !possible {
            continue;
        }
        let outcome = session.run(operation, &numbers);
        let numbers: String = numbers.iter().map(|number| format!(" {number}")).collect();
        steps.push(Step {
            line: format!("{operation}{numbers}"),
            outcome,
        });
        stands = session.settle();
    }
    while stands {
        steps.push(Step {
            line: "open".to_owned(),
            outcome: session.run("open", &[]),
        });
        stands = session.settle();
    }
    steps
}

/// An operation and its numbers: a value, or which futures it is about.
fn pick(random: &mut Rng, session: &Session) -> (&'static str, Vec<usize>) {
    const SUBMIT: [&str; 4] = ["value", "fail", "gate", "open"];
    const ONE: [&str; 6] = ["cancel", "state", "result", "exception", "callback", "log"];
    const SEVERAL: [&str; 4] = [
        "FirstCompleted",
        "FirstException",
        "AllCompleted",
        "as_completed",
    ];
    let count = session.futures.len();
    let mut one_of = |choices: &[&'static str]| choices[random.usize(..choices.len())];
    let operation = match one_of(&["s", "s", "s", "o", "o", "o", "o", "w", "w", "m"]) {
        "s" => one_of(&SUBMIT),
        "m" => "map",
        _ if count == 0 => "value",
        "o" => one_of(&ONE),
        _ => one_of(&SEVERAL),
    };
    if random.usize(..3 * LENGTH) == 0 {
        return (["shutdown", "shutdown_now"][random.usize(..2)], Vec::new());
    }
    let numbers = match operation {
        "open" | "log" => Vec::new(),
        "value" | "fail" | "gate" => vec![random.usize(..100)],
        "map" => (0..random.usize(..4)).map(|_| random.usize(..5)).collect(),
        operation if ONE.contains(&operation) => vec![random.usize(..count)],
        _ => (0..random.usize(..4))
            .map(|_| random.usize(..count))
            .collect(),
    };
    (operation, numbers)
}

/// What CPython answers, line by line.
fn python(steps: &[Step]) -> Vec<String> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/differential_executor.py"
    );
    let mut interpreter = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for this comparison");
    let mut stdin = interpreter.stdin.take().unwrap();
    let lines: String = steps
        .iter()
        .map(|step| format!("{}\n", step.line))
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = interpreter.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(str::to_owned).collect()
}

#[test]
fn answers_as_cpython_does() {
    let seed = env::var("NOGIL_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut random = Rng::with_seed(seed);
    let steps: Vec<_> = (0..SEQUENCES).flat_map(|_| sequence(&mut random)).collect();
    let answers = python(&steps);
    assert_eq!(steps.len(), answers.len());
    let mut since_pool = Vec::new();
    for (step, answer) in steps.iter().zip(answers) {
        if step.line == "pool" {
            since_pool.clear();
        }
        since_pool.push(format!("{} -> {}", step.line, step.outcome));
        assert_eq!(
            step.outcome,
            answer,
            "seed {seed}:\n{}",
            since_pool.join("\n")
        );
    }
}
