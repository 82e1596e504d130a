//! A language whose programs are lists of simple commands, one a line:
//!
//! | command | what it does |
//! |---|---|
//! | `say TEXT`, `warn TEXT` | prints TEXT and a newline, to standard output or standard error |
//! | `put TEXT` | prints TEXT alone |
//! | `flood N LENGTH` | prints N lines of LENGTH characters |
//! | `show MIME TEXT` | displays TEXT as MIME |
//! | `update ID TEXT` | displays plain TEXT under the name ID |
//! | `clear` | clears the cell's output |
//! | `ask PROMPT`, `secret PROMPT` | asks, and says the answer |
//! | `lose` | loses all questions that are open, as a program does that crashes |
//! | `after GATE COMMAND` | starts a thread that waits for the gate and then does the command |
//! | `go GATE` | opens a gate |
//! | `wait` | waits until it is interrupted |
//! | `fail NAME VALUE` | fails |
//! | anything else | is the cell's value |

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use ferrocell_kernel::LanguageInfo;
use ferrocell_kernel::language::{
    CellId, Completeness, Completions, Controls, Display, Edit, Event, Events, Failure, Fix, Info,
    Inspection, Language, MimeBundle, NoAnswer, Outcome, Pending, Position, Queries, Remark,
    RequestId, Session, Severity, Stream,
};

const COMMANDS: [&str; 13] = [
    "after", "ask", "clear", "fail", "flood", "go", "lose", "put", "say", "secret", "show",
    "update", "wait",
];

/// The language itself, which needs nothing.
pub(crate) struct Echo;

/// A session. Clones share its state; the threads of `after` each hold one.
#[derive(Clone)]
pub(crate) struct EchoSession {
    events: Events,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    gates: HashSet<String>,
    open: HashSet<RequestId>,
    answers: HashMap<RequestId, Result<String, NoAnswer>>,
    questions: u64,
    /// The cell that was interrupted last.
    interrupted: Option<CellId>,
    is_over: bool,
}

impl Language for Echo {
    type Session = EchoSession;

    fn info(&self) -> Info {
        Info {
            implementation: "echo".into(),
            implementation_version: env!("CARGO_PKG_VERSION").into(),
            banner: "echo: says what it is told".into(),
            language: LanguageInfo {
                name: "echo".into(),
                version: "1".into(),
                mimetype: Some("text/plain".into()),
                file_extension: Some(".txt".into()),
                pygments_lexer: None,
                codemirror_mode: None,
                nbconvert_exporter: None,
            },
            help_links: Vec::new(),
        }
    }

    fn start(self, events: Events) -> Result<EchoSession, Box<dyn Error + Send + Sync>> {
        Ok(EchoSession {
            events,
            shared: Arc::default(),
        })
    }
}

impl Session for EchoSession {
    type Controls = EchoSession;
    type Queries = EchoSession;

    fn execute(&mut self, cell: CellId, code: &str) -> Outcome {
        let result = code
            .lines()
            .try_fold(None, |_, line| self.command(cell, line));
        match result {
            Ok(value) => Outcome::Ok {
                result: value.map(plain),
            },
            Err(failure) => Outcome::Error(failure),
        }
    }

    fn controls(&self) -> EchoSession {
        self.clone()
    }

    fn queries(&self) -> EchoSession {
        self.clone()
    }
}

impl EchoSession {
    /// Does one line and returns its value, if it has one.
    fn command(&self, cell: CellId, line: &str) -> Result<Option<String>, Failure> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        match command {
            "" => return Ok(None),
            "say" => self.print(cell, Stream::Stdout, format!("{rest}\n")),
            "warn" => self.print(cell, Stream::Stderr, format!("{rest}\n")),
            "put" => self.print(cell, Stream::Stdout, rest.replace("\\r", "\r")),
            "flood" => self.flood(cell, rest)?,
            "show" => {
                let (mime, text) = rest.split_once(' ').unwrap_or((rest, ""));
                let data = MimeBundle::from_iter([(mime.into(), text.into())]);
                self.events.send(Event::Display {
                    cell,
                    display: Display {
                        data,
                        ..Display::default()
                    },
                });
            }
            "update" => {
                let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
                let display = Display {
                    data: plain(text.into()),
                    display_id: Some(id.into()),
                    update: true,
                    ..Display::default()
                };
                self.events.send(Event::Display { cell, display });
            }
            "clear" => self.events.send(Event::ClearOutput { cell, wait: false }),
            "ask" | "secret" => {
                let answer = self
                    .ask(cell, rest, command == "secret")
                    .map_err(|error| failure("EOFError", error))?;
                self.print(cell, Stream::Stdout, format!("{answer}\n"));
            }
            "lose" => self.lose(),
            "after" => self.after(cell, rest),
            "go" => {
                self.lock().gates.insert(rest.into());
                self.shared.changed.notify_all();
            }
            "wait" => {
                drop(self.until(self.lock(), |state| {
                    state.is_over || state.interrupted == Some(cell)
                }));
                return Err(failure("KeyboardInterrupt", "interrupted"));
            }
            "fail" => {
                let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
                return Err(failure(name, value));
            }
            _ => return Ok(Some(line.into())),
        }
        Ok(None)
    }

    fn print(&self, cell: CellId, stream: Stream, text: String) {
        self.events.send(Event::Text { cell, stream, text });
    }

    fn flood(&self, cell: CellId, arguments: &str) -> Result<(), Failure> {
        let numbers: Vec<usize> = arguments
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        let &[lines, length] = numbers.as_slice() else {
            return Err(failure("ValueError", "flood takes two numbers"));
        };
        let line = format!("{}\n", "x".repeat(length));
        for _ in 0..lines {
            self.print(cell, Stream::Stdout, line.clone());
        }
        Ok(())
    }

    fn after(&self, cell: CellId, rest: &str) {
        let (gate, line) = rest.split_once(' ').unwrap_or((rest, ""));
        let (gate, line, session) = (gate.to_owned(), line.to_owned(), self.clone());
        thread::spawn(move || {
            drop(session.until(session.lock(), |state| state.gates.contains(&gate)));
            if let Err(failure) = session.command(cell, &line) {
                session.print(
                    cell,
                    Stream::Stderr,
                    format!("{}: {}\n", failure.name, failure.value),
                );
            }
        });
    }

    fn lose(&self) {
        let lost = std::mem::take(&mut self.lock().open);
        for request in lost {
            self.events.send(Event::Withdrawn { request });
            self.reply_input(request, Err(NoAnswer::Closed));
        }
    }

    fn ask(&self, cell: CellId, prompt: &str, password: bool) -> Result<String, NoAnswer> {
        let mut state = self.lock();
        state.questions += 1;
        let request = RequestId(state.questions);
        state.open.insert(request);
        drop(state);
        self.events.send(Event::Input {
            cell,
            request,
            prompt: prompt.into(),
            password,
        });
        let mut state = self.until(self.lock(), |state| state.answers.contains_key(&request));
        state
            .answers
            .remove(&request)
            .unwrap_or(Err(NoAnswer::Closed))
    }

    fn until<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        ready: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.shared
            .changed
            .wait_while(state, |state| !ready(state))
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Controls for EchoSession {
    fn interrupt(&self, cell: CellId) {
        self.lock().interrupted = Some(cell);
        self.shared.changed.notify_all();
    }

    fn reply_input(&self, request: RequestId, answer: Result<String, NoAnswer>) {
        let mut state = self.lock();
        state.open.remove(&request);
        state.answers.insert(request, answer);
        self.shared.changed.notify_all();
    }

    fn shutdown(&self) {
        self.lock().is_over = true;
        self.shared.changed.notify_all();
    }
}

impl Queries for EchoSession {
    fn complete(&self, code: &str, cursor: usize) -> Completions {
        let before: Vec<char> = code.chars().take(cursor).collect();
        let start = before
            .iter()
            .rposition(|character| character.is_whitespace())
            .map_or(0, |space| space + 1);
        let word: String = before[start..].iter().collect();
        let matches = COMMANDS
            .iter()
            .filter(|command| command.starts_with(&word))
            .map(ToString::to_string)
            .collect();
        Completions {
            matches,
            cursor_start: start,
            cursor_end: cursor,
            metadata: MimeBundle::new(),
        }
    }

    fn inspect(&self, code: &str, _cursor: usize, _detail_level: u8) -> Option<Inspection> {
        let command = code
            .split(' ')
            .next()
            .filter(|command| COMMANDS.contains(command))?;
        Some(Inspection {
            data: plain(format!("{command}: a command")),
            metadata: MimeBundle::new(),
        })
    }

    fn is_complete(&self, code: &str) -> Completeness {
        match code.ends_with('\\') {
            true => Completeness::Incomplete {
                indent: "  ".into(),
            },
            false => Completeness::Complete,
        }
    }

    fn draft(&self, code: &str) -> Pending {
        let fails = |(line, text): (usize, &str)| {
            let name = text.strip_prefix("fail ")?;
            Some(Remark {
                severity: Severity::Warning,
                message: format!("this fails with {name}"),
                code: "fails".into(),
                notes: Vec::new(),
                fixes: vec![Fix {
                    title: "say it".into(),
                    edits: vec![Edit {
                        start: Position { line, column: 1 },
                        end: Position { line, column: 5 },
                        text: "say".into(),
                    }],
                }],
                start: Position { line, column: 1 },
                end: Position {
                    line,
                    column: 1 + text.chars().count(),
                },
            })
        };
        let remarks = (1..).zip(code.lines()).filter_map(fails).collect();
        Box::new(|| Some(remarks))
    }
}

fn plain(text: String) -> MimeBundle {
    MimeBundle::from_iter([("text/plain".into(), text.into())])
}

fn failure(name: &str, value: impl ToString) -> Failure {
    let value = value.to_string();
    Failure {
        name: name.into(),
        traceback: vec![format!("{name}: {value}")],
        value,
    }
}
