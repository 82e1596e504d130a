//! Reading lines: with completion, colours, and inputs of several lines.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ferrocell_engine::{Completeness, Queries};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, ExternalPrinter as _, Helper};

use super::colours::Colours;
use super::screen::Screen;

/// What was typed.
pub(super) enum Line {
    Text(String),
    /// Ctrl-C.
    Cancelled,
    /// Ctrl-D.
    End,
}

pub(super) struct Editor {
    editor: rustyline::Editor<Assistant, MemHistory>,
    screen: Arc<Screen>,
}

impl Editor {
    /// An editor, above which the screen prints from now on.
    pub(super) fn new(queries: Queries, screen: &Arc<Screen>) -> Result<Self> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .build();
        let history = MemHistory::with_config(&config);
        let mut editor = rustyline::Editor::with_history(config, history)
            .context("the terminal cannot be used")?;
        editor.set_helper(Some(Assistant {
            queries,
            colours: Colours::new(),
            reads: Reads::Code,
        }));
        let mut printer = editor
            .create_external_printer()
            .context("the terminal cannot be used")?;
        // What cannot be printed because the terminal is gone is not missed.
        screen.print_above(move |text| drop(printer.print(text)));
        Ok(Self {
            editor,
            screen: Arc::clone(screen),
        })
    }

    /// Lets an input be recalled.
    pub(super) fn remember(&mut self, input: &str) {
        // It fails only where files are written.
        let _ = self.editor.add_history_entry(input.trim_end());
    }

    /// Reads an input, which may have several lines.
    pub(super) fn read(&mut self, prompt: &str) -> Result<Line> {
        self.read_as(Reads::Code, prompt)
    }

    /// Reads the answer to a question.
    pub(super) fn ask(&mut self, prompt: &str, is_secret: bool) -> Result<Line> {
        let reads = if is_secret {
            Reads::Secret
        } else {
            Reads::Answer
        };
        self.read_as(reads, prompt)
    }

    fn read_as(&mut self, reads: Reads, prompt: &str) -> Result<Line> {
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.reads = reads;
        }
        let line = self.screen.while_editing(|| self.editor.readline(prompt));
        match line {
            Ok(text) => Ok(Line::Text(text)),
            Err(ReadlineError::Interrupted) => Ok(Line::Cancelled),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(error).context("the terminal cannot be read"),
        }
    }
}

/// What is being read.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    Code,
    Answer,
    Secret,
}

/// What the editor asks while a line is typed.
struct Assistant {
    queries: Queries,
    colours: Option<Colours>,
    reads: Reads,
}

impl Helper for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if self.reads != Reads::Code {
            return Ok((at, Vec::new()));
        }
        // The engine counts characters, the editor bytes.
        let cursor = line[..at].chars().count();
        let completions = self.queries.complete(line, cursor);
        let begin = line.char_indices().nth(completions.cursor_start);
        let begin = begin.map_or(line.len(), |(begin, _)| begin);
        let candidates = completions.matches.into_iter().map(|completion| Pair {
            display: completion.text.clone(),
            replacement: completion.text,
        });
        Ok((begin, candidates.collect()))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_open = self.reads == Reads::Code
            && matches!(
                self.queries.is_complete(context.input()),
                Completeness::Incomplete { .. }
            );
        Ok(if is_open {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let painted = match self.reads {
            Reads::Code => self
                .colours
                .as_ref()
                .and_then(|colours| colours.paint(line)),
            Reads::Answer => None,
            Reads::Secret => Some("*".repeat(line.chars().count())),
        };
        painted.map_or(Cow::Borrowed(line), Cow::Owned)
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        match self.reads {
            Reads::Code => Cow::Owned(format!("\x1b[1;34m{prompt}\x1b[0m")),
            Reads::Answer | Reads::Secret => Cow::Borrowed(prompt),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        !matches!(kind, CmdKind::MoveCursor)
    }
}
