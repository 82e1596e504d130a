//! What is known of each cell while a notebook runs: its outputs, its answers, how it went.
//!
//! Decides which message belongs to which cell. Plain data without any connection; index `i` stands for the notebook's
//! cell `i` throughout.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jupyter_protocol::{
    ExecuteReply, ExecutionState, JupyterMessage, JupyterMessageContent, ReplyStatus,
};
use nbformat::v4::{Cell, Notebook};
use serde_json::Value;

use super::cell_run::{CellRun, Exchange, Outcome};
use super::failure::{Failure, SourceLine};
use super::source_line::source_line;
use crate::notebook::{CellOptions, Outputs};
use crate::text::without_ansi;

/// The record of a run under way.
pub(super) struct Record {
    pub(super) options: Vec<CellOptions>,
    pub(super) cells: Vec<CellRun>,
    answers: Vec<VecDeque<String>>,
    outputs: Vec<Outputs>,
    warnings: Vec<String>,
    /// The cell that each `execute_request` belongs to, by the request's message id.
    requests: HashMap<String, usize>,
    /// The cell that runs, or ran last.
    current: usize,
    /// The current cell was sent and its `idle` has not come.
    busy: bool,
    /// The current cell's reply.
    reply: Option<ExecuteReply>,
}

impl Record {
    pub(super) fn new(options: Vec<CellOptions>) -> Self {
        let answers = options.iter().map(|cell| cell.answers.clone().into());
        Self {
            cells: vec![CellRun::default(); options.len()],
            answers: answers.collect(),
            outputs: options.iter().map(|_| Outputs::default()).collect(),
            warnings: Vec::new(),
            requests: HashMap::new(),
            current: 0,
            busy: false,
            reply: None,
            options,
        }
    }

    /// Turns to the next cell.
    pub(super) fn begin(&mut self, cell: usize) {
        self.current = cell;
    }

    /// Notes that the current cell was sent as `request`.
    pub(super) fn sent(&mut self, request: String) {
        self.requests.insert(request, self.current);
        self.busy = true;
        self.reply = None;
    }

    pub(super) fn current(&self) -> usize {
        self.current
    }

    /// Whether the current cell is still being executed.
    pub(super) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Whether both the current cell's reply and its `idle` have come, in whatever order.
    pub(super) fn is_complete(&self) -> bool {
        !self.busy && self.reply.is_some()
    }

    /// Whether the current cell has printed the text after which it wants to be interrupted.
    pub(super) fn awaits_interrupt(&self) -> bool {
        let text = self.options[self.current].interrupt.as_ref();
        text.is_some_and(|text| self.outputs[self.current].stream("stdout").contains(text))
    }

    /// Takes in an iopub message, under the cell whose request caused it however long ago that was.
    pub(super) fn publish(&mut self, message: JupyterMessage) {
        let asked_by = self.asked_by(&message);
        // A thread without a parent of its own is heard under the cell that runs.
        let cell = asked_by.unwrap_or(self.current);
        if cell >= self.cells.len() {
            // A notebook without code has nobody to hear it.
            return;
        }
        let date = timestamp(&message);
        match message.content {
            JupyterMessageContent::Status(status) => {
                if asked_by.is_some() {
                    self.note_state(cell, &status.execution_state, date);
                }
            }
            JupyterMessageContent::ExecuteInput(input) => {
                self.cells[cell].times.execute_input = date;
                self.note_count(cell, input.execution_count.0);
            }
            JupyterMessageContent::UpdateDisplayData(update) => {
                for outputs in &mut self.outputs {
                    outputs.update(&update);
                }
            }
            content => self.outputs[cell].receive(content),
        }
    }

    /// Takes in a message on shell, of which only the reply to a cell matters.
    pub(super) fn note_reply(&mut self, message: JupyterMessage) {
        let Some(cell) = self.asked_by(&message) else {
            return;
        };
        let date = timestamp(&message);
        let started = message.metadata.get("started").and_then(Value::as_str);
        let started = started.map(str::to_owned);
        let ran = started
            .as_ref()
            .and_then(|started| until_now(&message, started));
        if let JupyterMessageContent::ExecuteReply(reply) = message.content {
            let run = &mut self.cells[cell];
            (run.times.execute_reply, run.times.started, run.ran) = (date, started, ran);
            self.note_count(cell, reply.execution_count.0);
            if cell == self.current {
                self.reply = Some(reply);
            }
        }
    }

    /// Notes something that deserves a look, once.
    pub(super) fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The next answer for a prompt; without one, the cell that asked.
    ///
    /// Kernels differ in whose parent a thread's prompt carries. When the cell that seems to ask has no answer left,
    /// the latest cell before it that has one is taken for the thread's own.
    pub(super) fn answer(
        &mut self,
        request: &JupyterMessage,
        prompt: &str,
    ) -> Result<String, usize> {
        let asker = self.asked_by(request).unwrap_or(self.current);
        let cells = [asker].into_iter().chain((0..=self.current).rev());
        for cell in cells {
            if let Some(answer) = self.answers[cell].pop_front() {
                self.cells[cell].exchanges.push(Exchange {
                    prompt: prompt.into(),
                    answer: answer.clone(),
                });
                return Ok(answer);
            }
        }
        Err(asker)
    }

    /// Whether a cell that ran has answers that nobody has asked for.
    pub(super) fn awaits_prompts(&self) -> bool {
        let mut cells = self.cells.iter().zip(&self.answers);
        cells.any(|(cell, answers)| cell.duration.is_some() && !answers.is_empty())
    }

    /// Records how the current cell went, once it is complete.
    pub(super) fn conclude(&mut self, source: &str) {
        if let Some(reply) = self.reply.take() {
            self.cells[self.current].outcome = self.outcome(source, &reply);
        }
    }

    pub(super) fn fail(&mut self, cell: usize, failure: Failure) {
        self.cells[cell].outcome = Outcome::Failed(failure);
    }

    /// Whether a failure so far ends the run.
    pub(super) fn must_stop(&self, keep_going: bool) -> bool {
        self.cells.iter().any(|cell| match &cell.outcome {
            Outcome::Failed(failure) => !keep_going || !failure.leaves_kernel_usable(),
            _ => false,
        })
    }

    /// Puts outputs, counts and times into the notebook; returns the record of each cell and the warnings.
    pub(super) fn finish(mut self, notebook: &mut Notebook) -> (Vec<CellRun>, Vec<String>) {
        for (index, cell) in notebook.cells.iter_mut().enumerate() {
            let Cell::Code {
                id,
                metadata,
                execution_count,
                outputs,
                ..
            } = cell
            else {
                continue;
            };
            let run = &self.cells[index];
            *outputs = self.outputs[index].to_vec();
            *execution_count = run.execution_count;
            metadata.execution = run.times.metadata();
            let unused = self.answers[index].len();
            if unused > 0 && run.duration.is_some() {
                let warning = format!("cell `{id}` left {unused} of its answers unused");
                self.warnings.push(warning);
            }
        }
        (self.cells, self.warnings)
    }

    /// What the current cell's reply and outputs say about how it went.
    fn outcome(&self, source: &str, reply: &ExecuteReply) -> Outcome {
        let options = &self.options[self.current];
        let outputs = &self.outputs[self.current];
        let raised = reply.status != ReplyStatus::Ok;
        // Not every kernel repeats the error in its reply.
        let in_reply = reply
            .error
            .as_ref()
            .map(|error| (&error.ename, &error.evalue));
        let in_outputs = || {
            outputs
                .errors()
                .next()
                .map(|error| (&error.ename, &error.evalue))
        };
        let (ename, evalue) = match in_reply.or_else(in_outputs) {
            Some((ename, evalue)) => (ename.clone(), evalue.clone()),
            None => ("Error".into(), "the kernel gave no reason".into()),
        };
        let tracebacks = outputs.errors().flat_map(|error| &error.traceback);
        let traceback: Vec<String> = tracebacks.cloned().collect();

        if let Some(expected) = &options.raises {
            // Some kernels report a panic on standard error alone, and call the cell's status `ok`.
            let traceback = without_ansi(&traceback.join("\n"));
            let stderr = without_ansi(&outputs.stream("stderr"));
            let report = [&ename, &evalue, &traceback, &stderr];
            return if report.iter().any(|text| text.contains(expected)) {
                Outcome::RaisedAsExpected
            } else if raised {
                Outcome::Failed(Failure::WrongError {
                    expected: expected.clone(),
                    raised: format!("{ename}: {evalue}"),
                })
            } else {
                Outcome::Failed(Failure::NoError(expected.clone()))
            };
        }
        match (raised, options.raises_exception) {
            (false, _) => Outcome::Succeeded,
            (true, true) => Outcome::RaisedAsExpected,
            (true, false) => {
                let count = self.cells[self.current].execution_count;
                let number = count.and_then(|count| source_line(&traceback, count));
                Outcome::Failed(Failure::Raised {
                    line: number.map(|number| SourceLine::of(source, number)),
                    ename,
                    evalue,
                    traceback,
                })
            }
        }
    }

    fn asked_by(&self, message: &JupyterMessage) -> Option<usize> {
        let parent = message.parent_header.as_ref()?;
        self.requests.get(&parent.msg_id).copied()
    }

    fn note_state(&mut self, cell: usize, state: &ExecutionState, date: Option<String>) {
        match state {
            ExecutionState::Busy => self.cells[cell].times.busy = date,
            ExecutionState::Idle => {
                self.cells[cell].times.idle = date;
                self.busy &= cell != self.current;
            }
            _ => {}
        }
    }

    fn note_count(&mut self, cell: usize, count: usize) {
        // A reply without a count reads as zero.
        if let Ok(count @ 1..) = i32::try_from(count) {
            self.cells[cell].execution_count = Some(count);
        }
    }
}

/// The date that the kernel gave its message; kernels that give none read as the epoch.
/// The time from a date until a message was sent.
fn until_now(message: &JupyterMessage, date: &str) -> Option<Duration> {
    let now = message.header.date;
    let mut begin = now;
    begin.clone_from(&date.parse().ok()?);
    (now - begin).to_std().ok()
}

fn timestamp(message: &JupyterMessage) -> Option<String> {
    let date = message.header.date;
    (date.timestamp() != 0).then(|| date.to_rfc3339())
}
