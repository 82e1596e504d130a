//! `ferrocell repl`: the engine in a terminal.
//!
//! Three threads: this one reads what is typed and answers questions, one runs cells, and one waits for Ctrl-C while a
//! cell runs. What cells print goes through the [`Screen`], which keeps it above what is being typed.

mod colours;
mod editor;
mod screen;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result};
use ferrocell_engine::{
    CellId, Completeness, Controls, Event, Outcome, Queries, RequestId, Session, SessionOptions,
};
use ferrocell_kernel::{History, history_file};
use tokio::signal::unix::{SignalKind, signal};

use editor::{Editor, Line};
use screen::Screen;

/// Write and run Rust in the terminal, as in a notebook
///
/// Everything that a notebook on ferrocell has is there: directives (`:help` lists them), variables, threads that print
/// and ask above what you type, Ctrl-C that stops a cell and keeps variables, and the history of all notebooks. An input
/// goes on over several lines until it is complete. Ctrl-D or `:quit` ends, `:load FILE` runs a file as one input.
///
/// Where standard input is no terminal, it is a script: its inputs run one after the other until one fails.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Keep no inputs, and recall none
    #[arg(long)]
    no_history: bool,
}

/// How many inputs of earlier sessions can be recalled.
const RECALLED: usize = 1000;

/// What happens while a cell runs.
enum Happening {
    Ended(Outcome),
    Asked(Question),
}

/// A question that a cell asks.
struct Question {
    cell: CellId,
    request: RequestId,
    prompt: String,
    is_secret: bool,
}

struct Repl {
    screen: Arc<Screen>,
    /// Where cells go to be run.
    cells: Sender<(CellId, String)>,
    happenings: Receiver<Happening>,
    controls: Controls,
    queries: Queries,
    history: History,
    /// The number of the latest cell.
    latest: u64,
    /// That of the running one, or zero.
    running: Arc<AtomicU64>,
}

/// Runs what is typed, or the script that standard input is.
pub(crate) fn repl(args: Args) -> Result<ExitCode> {
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let screen = Arc::new(Screen::new(is_terminal));
    let (happened, happenings) = channel();
    let events = {
        let (screen, happened) = (Arc::clone(&screen), Mutex::new(happened.clone()));
        move |event| show(event, &screen, &happened)
    };
    let mut session = Session::start(SessionOptions::new(folder), Arc::new(events))?;
    let (controls, queries) = (session.controls(), session.queries());
    let (cells, to_run) = channel::<(CellId, String)>();
    let runner = thread::spawn(move || {
        for (cell, code) in to_run {
            let outcome = session.execute(cell, &code);
            if happened.send(Happening::Ended(outcome)).is_err() {
                break;
            }
        }
    });
    let history = if args.no_history {
        None
    } else {
        history_file()
    };
    let mut repl = Repl {
        screen,
        cells,
        happenings,
        controls,
        queries,
        history: History::new(history),
        latest: 0,
        running: Arc::default(),
    };
    let code = if is_terminal {
        repl.converse()?;
        ExitCode::SUCCESS
    } else {
        repl.run_script()?
    };
    // The session ends with its thread, and takes the program with it that runs cells.
    repl.controls.shutdown();
    drop(repl);
    let _ = runner.join();
    Ok(code)
}

/// Shows what cells do, and passes their questions on.
fn show(event: Event, screen: &Screen, happened: &Mutex<Sender<Happening>>) {
    let question = match event {
        Event::Stdout { text, .. } => return screen.print(&text),
        Event::Stderr { text, .. } => return screen.print_error(&text),
        Event::Progress { message, .. } => return screen.progress(&message),
        Event::Display {
            data,
            display_id,
            update,
            ..
        } => return screen.display(&data, display_id, update),
        // What a terminal has shown stays.
        Event::ClearOutput { .. } | Event::Withdrawn { .. } => return,
        Event::Input {
            cell,
            request,
            prompt,
            password,
        } => Question {
            cell,
            request,
            prompt,
            is_secret: password,
        },
    };
    screen.announce(question.cell, &question.prompt);
    let happened = happened.lock().expect("nothing panics with it");
    // If nobody listens any more, the program is about to end.
    let _ = happened.send(Happening::Asked(question));
}

/// Whether an input is there to end the session.
fn is_quit(input: &str) -> bool {
    matches!(input.trim(), ":quit" | ":q")
}

impl Repl {
    /// Reads and runs inputs until the user has enough.
    fn converse(&mut self) -> Result<()> {
        let mut editor = Editor::new(self.queries.clone(), &self.screen)?;
        for input in self.history.inputs(RECALLED).unwrap_or_default() {
            editor.remember(&input);
        }
        println!(
            "ferrocell {}: Rust, cell by cell. `:help` lists directives, Ctrl-C stops a cell, Ctrl-D ends.",
            env!("CARGO_PKG_VERSION")
        );
        self.watch_ctrl_c();
        loop {
            let prompt = format!("[{}]: ", self.latest + 1);
            let line = editor.read(&prompt)?;
            // A thread of an earlier cell may have asked meanwhile, and said so above the prompt.
            if let Some(question) = self.late_question() {
                self.answer(&question, line);
                continue;
            }
            match line {
                Line::Text(text) if is_quit(&text) => return Ok(()),
                Line::Text(text) if text.trim().is_empty() => {}
                Line::Text(text) => {
                    editor.remember(&text);
                    self.run(&text, Some(&mut editor))?;
                }
                Line::Cancelled => {}
                Line::End => return Ok(()),
            }
        }
    }

    /// Runs the inputs of standard input until one fails.
    fn run_script(&mut self) -> Result<ExitCode> {
        let script = io::read_to_string(io::stdin()).context("standard input cannot be read")?;
        let mut input = String::new();
        let mut lines = script.lines().peekable();
        while let Some(line) = lines.next() {
            input += line;
            input.push('\n');
            let is_open = matches!(
                self.queries.is_complete(&input),
                Completeness::Incomplete { .. }
            );
            if is_open && lines.peek().is_some() {
                continue;
            }
            let input = std::mem::take(&mut input);
            if is_quit(&input) {
                break;
            }
            if !input.trim().is_empty() && !self.run(&input, None)? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Runs one input and shows what comes of it; says whether it has succeeded.
    fn run(&mut self, input: &str, mut editor: Option<&mut Editor>) -> Result<bool> {
        let code = match input.trim().strip_prefix(":load ") {
            None => input.to_owned(),
            Some(file) => match std::fs::read_to_string(file.trim()) {
                Ok(code) => code,
                Err(error) => {
                    let file = file.trim();
                    self.screen
                        .print_error(&format!("{file} cannot be read: {error}\n"));
                    return Ok(false);
                }
            },
        };
        self.latest += 1;
        self.running.store(self.latest, Ordering::Relaxed);
        self.cells
            .send((CellId(self.latest), code))
            .context("the thread that runs cells has ended")?;
        let outcome = loop {
            match self
                .happenings
                .recv()
                .context("the thread that runs cells has ended")?
            {
                Happening::Ended(outcome) => break outcome,
                Happening::Asked(question) => {
                    let line = match &mut editor {
                        Some(editor) => editor.ask(&question.prompt, question.is_secret)?,
                        // The script has no line for it.
                        None => Line::End,
                    };
                    self.answer(&question, line);
                }
            }
        };
        self.running.store(0, Ordering::Relaxed);
        let text = self.screen.outcome(&outcome, self.latest);
        let line = usize::try_from(self.latest).unwrap_or(usize::MAX);
        self.history.append(line, input.trim_end().to_owned(), text);
        Ok(outcome.is_ok())
    }

    fn answer(&self, question: &Question, line: Line) {
        match line {
            Line::Text(text) => self.controls.reply_input(question.request, Some(text)),
            Line::End => self.controls.reply_input(question.request, None),
            Line::Cancelled => {
                self.controls.withdraw_input(question.request);
                self.controls.interrupt(question.cell);
            }
        }
    }

    /// A question that was asked while no cell ran.
    fn late_question(&self) -> Option<Question> {
        self.happenings
            .try_iter()
            .find_map(|happening| match happening {
                Happening::Asked(question) => Some(question),
                Happening::Ended(_) => None,
            })
    }

    /// Stops the running cell whenever the user presses Ctrl-C. While a line is read, that is a key like others: the
    /// editor has a handler of its own meanwhile, and afterwards puts back what it has found. So it must find this one.
    fn watch_ctrl_c(&self) {
        let (controls, running) = (self.controls.clone(), Arc::clone(&self.running));
        let (ready, is_ready) = channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            // Without one, Ctrl-C ends the program, as it does everywhere.
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(mut presses) = signal(SignalKind::interrupt()) else {
                    return;
                };
                // Whoever waits for it is there.
                let _ = ready.send(());
                while presses.recv().await.is_some() {
                    if let running @ 1.. = running.load(Ordering::Relaxed) {
                        controls.interrupt(CellId(running));
                    }
                }
            });
        });
        // It fails if there is no handler.
        let _ = is_ready.recv();
    }
}
