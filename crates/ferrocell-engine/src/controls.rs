//! What can be done to a session while a cell runs.

use std::sync::{Arc, Mutex, PoisonError};

use crate::interrupts::Interrupts;
use crate::program::{Answer, HostProcess, Questions, Supervision};
use crate::{CellId, RequestId};

/// A handle to a session for other threads: nothing here waits for a running cell.
#[derive(Clone, Debug)]
pub struct Controls(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    interrupts: Interrupts,
    host: Mutex<Option<Host>>,
}

#[derive(Debug)]
struct Host {
    supervision: Supervision,
    questions: Questions,
}

impl Controls {
    pub(crate) fn new(interrupts: Interrupts) -> Self {
        Self(Arc::new(Shared {
            interrupts,
            host: Mutex::new(None),
        }))
    }

    /// From now on, this process is meant; `None` while there is none.
    pub(crate) fn attach(&self, process: Option<&HostProcess>) {
        let supervision = process.map(HostProcess::supervision);
        self.0.interrupts.attach(supervision);
        *self.host() = process.map(|process| Host {
            supervision: process.supervision(),
            questions: process.questions(),
        });
    }

    /// Asks a cell to stop, which runs or is about to be executed: its compilation, its loops and blocking calls that can.
    /// A cell that goes on is ended by force after a moment, see [`Session::execute`](crate::Session::execute). When the
    /// cell has ended, nothing happens.
    pub fn interrupt(&self, cell: CellId) {
        let interrupts = &self.0.interrupts;
        interrupts.request(cell);
        if let Some(running) = interrupts.running().filter(|_| interrupts.is_requested()) {
            self.ask_to_stop(running);
        }
    }

    /// Asks the program only.
    pub(crate) fn ask_to_stop(&self, cell: CellId) {
        if let Some(host) = &*self.host() {
            host.supervision.interrupt(cell);
        }
    }

    /// Answers a question with a line (without its end), or with the end of the input. Answers to questions that
    /// nobody asks any more are ignored.
    pub fn reply_input(&self, request: RequestId, line: Option<String>) {
        self.answer(request, line.map_or(Answer::EndOfInput, Answer::Line));
    }

    /// Takes a question back because of an interrupt: whoever asks is told that it was interrupted.
    pub fn withdraw_input(&self, request: RequestId) {
        self.answer(request, Answer::Interrupted);
    }

    /// Ends the user's program at once. A running cell ends with an error.
    pub fn shutdown(&self) {
        self.0.interrupts.request_any();
        if let Some(host) = &*self.host() {
            host.supervision.kill();
        }
    }

    fn answer(&self, request: RequestId, answer: Answer) {
        if let Some(host) = &*self.host() {
            host.questions.answer(request, answer);
        }
    }

    fn host(&self) -> std::sync::MutexGuard<'_, Option<Host>> {
        self.0.host.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
