//! What is shown: cells' output, results and errors, above what is being typed.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ferrocell_engine::{CellId, MimeBundle, Outcome};

use crate::text::without_ansi;

/// Prints a text above the line that is being typed.
type Above = Box<dyn FnMut(String) + Send>;

pub(super) struct Screen {
    is_terminal: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    above: Option<Above>,
    is_editing: bool,
    /// Whether what was printed last did not end its line.
    mid_line: bool,
    /// The display at the end of what was printed, and its number of lines: it can be written anew.
    last_display: Option<(String, usize)>,
    has_progress: bool,
}

impl Screen {
    pub(super) fn new(is_terminal: bool) -> Self {
        Self {
            is_terminal,
            state: Mutex::default(),
        }
    }

    /// From now on, what is printed while a line is typed goes here.
    pub(super) fn print_above(&self, above: impl FnMut(String) + Send + 'static) {
        self.state().above = Some(Box::new(above));
    }

    /// Reads a line, from the beginning of one.
    pub(super) fn while_editing<R>(&self, read: impl FnOnce() -> R) -> R {
        let mut state = self.state();
        state.end_line();
        state.is_editing = true;
        drop(state);
        let line = read();
        let mut state = self.state();
        (state.is_editing, state.mid_line, state.last_display) = (false, false, None);
        line
    }

    pub(super) fn print(&self, text: &str) {
        self.state().print(text);
    }

    /// Prints an error or a note; apart from output where that is no terminal.
    pub(super) fn print_error(&self, text: &str) {
        if self.is_terminal {
            return self.state().print(text);
        }
        // If nobody reads it, there is nobody to tell.
        let _ = io::stderr().write_all(without_ansi(text).as_bytes());
    }

    /// Shows how far the engine is, in a line that goes.
    pub(super) fn progress(&self, message: &str) {
        if self.is_terminal {
            let mut state = self.state();
            if !message.is_empty() || state.has_progress {
                state.write(&format!("\r\x1b[K{message}"));
            }
            state.has_progress = !message.is_empty();
        }
    }

    /// Shows a rich value as its text; in the place of what is shown under its name, if that is the last line there.
    pub(super) fn display(&self, data: &MimeBundle, name: Option<String>, is_update: bool) {
        let text = plain(data);
        let mut state = self.state();
        let last = state.last_display.take();
        let place = last.filter(|(last, _)| Some(last) == name.as_ref());
        match place {
            Some((_, lines)) if self.is_terminal && !state.is_editing => {
                state.write(&format!("\x1b[{lines}A\x1b[J"));
            }
            // A bar that is somewhere above moves on in silence.
            _ if is_update && !self.is_terminal => return,
            _ => {}
        }
        state.print(&format!("{text}\n"));
        state.last_display = name.map(|name| (name, text.lines().count()));
    }

    /// Says that a cell asks something, if a line is being typed.
    pub(super) fn announce(&self, cell: CellId, prompt: &str) {
        let mut state = self.state();
        if state.is_editing {
            state.print(&format!(
                "[{}] asks: {prompt} (the next line answers)\n",
                cell.0
            ));
        }
    }

    /// Shows how a cell has ended, and gives the text of its result.
    pub(super) fn outcome(&self, outcome: &Outcome, cell: u64) -> Option<String> {
        match outcome {
            Outcome::Ok { result, notes } => {
                notes
                    .iter()
                    .for_each(|note| self.print_error(&format!("{}\n", note.trim_end())));
                let text = result.as_ref().map(plain)?;
                let mut state = self.state();
                state.end_line();
                let label = if self.is_terminal {
                    format!("\x1b[1;31m[{cell}]\x1b[0m= ")
                } else {
                    String::new()
                };
                state.print(&format!("{label}{text}\n"));
                Some(text)
            }
            Outcome::Error { traceback, .. } => {
                self.state().end_line();
                self.print_error(&format!("{}\n", traceback.join("\n").trim_end()));
                None
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn print(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.last_display = None;
        self.mid_line = !text.ends_with('\n');
        self.write(text);
    }

    /// Begins a line, if the last one was not ended.
    fn end_line(&mut self) {
        if self.mid_line {
            self.print("\n");
        }
    }

    fn write(&mut self, text: &str) {
        match &mut self.above {
            Some(above) if self.is_editing => above(text.to_owned()),
            _ => {
                let mut stdout = io::stdout().lock();
                // If nobody reads it, there is nobody to tell.
                let _ = stdout
                    .write_all(text.as_bytes())
                    .and_then(|()| stdout.flush());
            }
        }
    }
}

/// The text of a value, or what there is instead.
fn plain(data: &MimeBundle) -> String {
    match (data.text(), data.0.iter().next()) {
        (Some(text), _) => text.trim_end_matches('\n').to_owned(),
        (None, Some((mime, _))) => format!("<{mime}>"),
        (None, None) => String::new(),
    }
}
