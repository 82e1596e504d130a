//! The same random generators, used in the same random way, here and in CPython: everything that a
//! caller or a body can see must come in the same order and read the same.
//!
//! A body is a random program. Here it is interpreted with a [`Yielder`]; for Python it is written
//! out as source. Set `NOGIL_SEED` to try other programs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use fastrand::Rng;
use nogil::{Exception, Generator, GeneratorError, SharedGenerator, Yielder, generator};

const SCENARIOS: usize = 3000;

/// What Python calls `None` is sent by `next`, so it must be sendable here.
type Sent = Option<i32>;
type Shared = SharedGenerator<i32, Sent, Option<i32>>;

/// One statement of a body.
enum Statement {
    Yield(i32),
    TryYield(i32),
    /// `try: … finally: …`, or a local with a destructor.
    Finally(i32, Program),
    YieldFrom(Program),
    TryYieldFrom(Program),
    YieldAll(Vec<i32>),
    Raise(i32),
    Return(i32),
    /// Uses the generator that is running this.
    Reenter,
}

type Program = Arc<Vec<Statement>>;

/// One call of the user.
enum Call {
    Next,
    Send(i32),
    Throw(i32),
    ThrowExit,
    Close,
}

struct Scenario {
    program: Program,
    calls: Vec<Call>,
}

// ---- making one up

fn program(rng: &mut Rng, receives: bool, depth: u32) -> Program {
    let statements = 0..rng.usize(0..5);
    Arc::new(
        statements
            .map(|_| statement(rng, receives, depth))
            .collect(),
    )
}

fn statement(rng: &mut Rng, receives: bool, depth: u32) -> Statement {
    let n = rng.i32(0..100);
    match rng.u32(0..20) {
        0..6 => Statement::Yield(n),
        6..10 => Statement::TryYield(n),
        10 => Statement::Raise(n),
        11 => Statement::Return(n),
        12 => Statement::Reenter,
        // Python's `yield from` a list cannot be sent anything.
        13 if !receives => Statement::YieldAll((0..rng.i32(0..4)).collect()),
        14..16 if depth > 0 => Statement::Finally(n, program(rng, receives, depth - 1)),
        16..18 if depth > 0 => Statement::YieldFrom(program(rng, receives, depth - 1)),
        18.. if depth > 0 => Statement::TryYieldFrom(program(rng, receives, depth - 1)),
        _ => Statement::Yield(n),
    }
}

fn scenario(rng: &mut Rng) -> Scenario {
    let receives = rng.bool();
    let call = |rng: &mut Rng| match rng.u32(0..20) {
        0..8 if receives => Call::Send(rng.i32(0..100)),
        0..14 => Call::Next,
        14..17 => Call::Throw(rng.i32(0..100)),
        17 => Call::ThrowExit,
        _ => Call::Close,
    };
    let calls = (0..rng.usize(1..12)).map(|_| call(rng)).collect();
    Scenario {
        program: program(rng, receives, 3),
        calls,
    }
}

// ---- here

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

struct Finally(Log, i32);

impl Drop for Finally {
    fn drop(&mut self) {
        self.0.add(format!("finally {}", self.1));
    }
}

#[derive(Clone)]
struct Here {
    log: Log,
    own: Arc<OnceLock<Shared>>,
}

/// `Some` when the program has returned.
type Flow<'a> = Pin<Box<dyn Future<Output = Option<i32>> + Send + 'a>>;

impl Here {
    fn generator(&self, program: &Program) -> Generator<i32, Sent, Option<i32>> {
        let (here, program) = (self.clone(), program.clone());
        generator(|mut y| async move { here.run(&program, &mut y).await })
    }

    fn run<'a>(&'a self, program: &'a Program, y: &'a mut Yielder<i32, Sent>) -> Flow<'a> {
        Box::pin(async move {
            for statement in program.iter() {
                match statement {
                    Statement::Yield(n) => {
                        let sent = y.yield_(*n).await;
                        self.log.add(format!("got {}", python(sent)));
                    }
                    Statement::TryYield(n) => match y.try_yield(*n).await {
                        Ok(sent) => self.log.add(format!("got {}", python(sent))),
                        Err(exception) => self.log.add(format!("caught {exception}")),
                    },
                    Statement::Finally(n, program) => {
                        let _finally = Finally(self.log.clone(), *n);
                        if let Some(value) = self.run(program, y).await {
                            return Some(value);
                        }
                    }
                    Statement::YieldFrom(program) => {
                        let value = y.yield_from(self.generator(program)).await;
                        self.log.add(format!("inner returned {}", python(value)));
                    }
                    Statement::TryYieldFrom(program) => {
                        match y.try_yield_from(self.generator(program)).await {
                            Ok(value) => {
                                self.log.add(format!("inner returned {}", python(value)));
                            }
                            Err(exception) => self.log.add(format!("caught {exception}")),
                        }
                    }
                    Statement::YieldAll(items) => y.yield_all(items.iter().copied()).await,
                    Statement::Raise(n) => return y.raise(format!("raised {n}")).await,
                    Statement::Return(n) => return Some(*n),
                    Statement::Reenter => {
                        let own = self
                            .own
                            .get()
                            .expect("the generator is shared before it runs");
                        self.log.add(own.start().unwrap_err().to_string());
                    }
                }
            }
            None
        })
    }
}

fn python(value: Option<i32>) -> String {
    value.map_or_else(|| "None".to_owned(), |n| n.to_string())
}

/// What the user sees. `close` gives the return value since Python 3.13 only.
fn play(scenario: &Scenario, close_gives_value: bool) -> Vec<String> {
    let here = Here {
        log: Log::default(),
        own: Arc::default(),
    };
    let g = here
        .own
        .get_or_init(|| here.generator(&scenario.program).share());
    let close = || {
        g.close().map(|value| match value.flatten() {
            value if close_gives_value => format!("closed {}", python(value)),
            _ => "closed".to_owned(),
        })
    };
    let next = || match g.start() {
        Err(GeneratorError::AlreadyStarted) => g.send(None),
        first => first,
    };
    let tell = |result: Result<String, GeneratorError<Option<i32>>>| {
        here.log.add(match result {
            Ok(text) => text,
            Err(GeneratorError::StopIteration(value)) => {
                format!("StopIteration {}", python(value.flatten()))
            }
            Err(error) => error.to_string(),
        });
    };
    for call in &scenario.calls {
        let value = |n: i32| n.to_string();
        tell(match call {
            Call::Next => next().map(value),
            Call::Send(n) => g.send(Some(*n)).map(value),
            Call::Throw(n) => g.throw(format!("thrown {n}")).map(value),
            Call::ThrowExit => g.throw(Exception::GeneratorExit).map(value),
            Call::Close => close(),
        });
    }
    // Also an exception of an inner generator may say so; the outer one is over then.
    let ignored = GeneratorError::<()>::IgnoredExit.to_string();
    let end = loop {
        match close() {
            Err(error) if error.to_string() == ignored => {}
            end => break end,
        }
    };
    tell(end);
    here.log.0.lock().unwrap().clone()
}

// ---- in Python

impl Scenario {
    fn to_json(&self) -> serde_json::Value {
        let calls = self.calls.iter().map(|call| match call {
            Call::Next => ("next", None),
            Call::Send(n) => ("send", Some(n)),
            Call::Throw(n) => ("throw", Some(n)),
            Call::ThrowExit => ("throw exit", None),
            Call::Close => ("close", None),
        });
        serde_json::json!([self.source(), calls.collect::<Vec<_>>()])
    }

    fn source(&self) -> String {
        let mut source = String::new();
        define("body", &self.program, 0, &mut source);
        source
    }
}

fn define(function: &str, program: &Program, indent: usize, source: &mut String) {
    let pad = "    ".repeat(indent);
    writeln!(source, "{pad}def {function}():\n{pad}    if False: yield").unwrap();
    write(program, indent + 1, source);
}

fn write(program: &Program, indent: usize, source: &mut String) {
    let pad = "    ".repeat(indent);
    let mut line = |text: &str| {
        for text in text.lines() {
            writeln!(source, "{pad}{text}").unwrap();
        }
    };
    const CATCH: &str = "except BaseException as error: log(f'caught {name(error)}')";
    line("pass");
    for statement in program.iter() {
        match statement {
            Statement::Yield(n) => line(&format!("sent = yield {n}\nlog(f'got {{sent}}')")),
            Statement::TryYield(n) => line(&format!(
                "try:\n    sent = yield {n}\n    log(f'got {{sent}}')\n{CATCH}"
            )),
            Statement::Finally(n, program) => {
                line("try:");
                let mut inside = String::new();
                write(program, 1, &mut inside);
                line(&inside);
                line(&format!("finally: log('finally {n}')"));
            }
            Statement::YieldFrom(program) | Statement::TryYieldFrom(program) => {
                let mut inner = String::new();
                define("inner", program, 0, &mut inner);
                line(&inner);
                let delegate = "value = yield from inner()\nlog(f'inner returned {value}')";
                if matches!(statement, Statement::YieldFrom(_)) {
                    line(delegate);
                } else {
                    line(&format!(
                        "try:\n    {}\n{CATCH}",
                        delegate.replace('\n', "\n    ")
                    ));
                }
            }
            Statement::YieldAll(items) => line(&format!("yield from {items:?}")),
            Statement::Raise(n) => line(&format!("raise Thrown('raised {n}')")),
            Statement::Return(n) => line(&format!("return {n}")),
            Statement::Reenter => {
                line("try: next(own[0])\nexcept ValueError as error: log(str(error))");
            }
        }
    }
}

/// What Python sees in each scenario, and whether its `close` gives a value.
fn play_in_python(scenarios: &[Scenario]) -> (bool, Vec<Option<Vec<String>>>) {
    let mut python = Command::new("python3")
        .args(["-c", include_str!("differential_generator.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 must be installed: these tests compare with it");
    let request: serde_json::Value = scenarios.iter().map(Scenario::to_json).collect();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(request.to_string().as_bytes())
        .unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 failed: {}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn random_generators_behave_as_in_cpython() {
    let seed = std::env::var("NOGIL_SEED").map_or(2026, |seed| seed.parse().unwrap());
    let mut rng = Rng::with_seed(seed);
    let scenarios: Vec<_> = (0..SCENARIOS).map(|_| scenario(&mut rng)).collect();
    let (close_gives_value, seen) = play_in_python(&scenarios);
    let mut compared = 0;
    for (index, (scenario, there)) in scenarios.iter().zip(seen).enumerate() {
        let Some(there) = there else { continue };
        let here = play(scenario, close_gives_value);
        assert_eq!(
            here,
            there,
            "scenario {index} of seed {seed} (left here, right in Python):\n{}\n{}",
            scenario.source(),
            scenario.to_json()[1],
        );
        compared += 1;
    }
    assert!(
        compared > SCENARIOS * 9 / 10,
        "only {compared} scenarios could be compared"
    );
}
