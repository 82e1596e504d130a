//! The run itself: one cell after the other, every message put where it belongs.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jupyter_protocol::{
    ExecuteReply, ExecutionState, JupyterMessage, JupyterMessageContent, ReplyStatus,
};
use jupyter_zmq_client::RuntimeError;
use nbformat::v4::{Cell, Notebook};
use tokio::time::{Instant, timeout, timeout_at};

use super::cell_run::{CellRun, Exchange, Outcome};
use super::failure::{Failure, SourceLine};
use super::options::RunOptions;
use super::progress::Progress;
use super::source_line::source_line;
use crate::kernel::{Event, KernelSpec, Session};
use crate::notebook::{CellOptions, Outputs};
use crate::text::without_ansi;

/// Silence on all channels after a cell's `idle` before the next cell is sent: kernels that pass output on from another
/// thread put what is still under way under the cell that runs by then.
const QUIET_AFTER_CELL: Duration = Duration::from_millis(20);
/// The longest that a chatty background thread can hold up the next cell.
const QUIET_AFTER_CELL_LIMIT: Duration = Duration::from_millis(500);
/// How long answers that nobody asked for yet are kept ready after the last cell.
const LATE_PROMPT_LIMIT: Duration = Duration::from_secs(10);
/// The longest that late output is waited for.
const SETTLE_LIMIT: Duration = Duration::from_secs(60);
/// How long an interrupted cell may take to stop, and a kernel to end, before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// Silence after the kernel's end that shows its last messages to be read.
const DRAIN: Duration = Duration::from_millis(200);

/// A run under way. Index `i` stands for the notebook's cell `i` throughout.
pub(super) struct Execution {
    session: Session,
    kernel: KernelSpec,
    progress: Progress,
    options: Vec<CellOptions>,
    answers: Vec<VecDeque<String>>,
    outputs: Vec<Outputs>,
    cells: Vec<CellRun>,
    warnings: Vec<String>,
    /// The cell that each `execute_request` belongs to, by the request's message id.
    requests: HashMap<String, usize>,
    /// The cell that runs, or ran last.
    current: usize,
    kernel_ended: bool,
}

/// What an event meant for the cell that is waited for.
enum Step {
    Replied(usize, ExecuteReply),
    Idle(usize),
    Other,
}

/// A failure after which the kernel cannot go on, and the cell that it belongs to.
struct Fatal {
    cell: usize,
    failure: Failure,
}

impl Execution {
    pub(super) fn new(
        session: Session,
        kernel: KernelSpec,
        options: Vec<CellOptions>,
        progress: Progress,
    ) -> Self {
        let answers = options.iter().map(|cell| cell.answers.clone().into());
        Self {
            session,
            kernel,
            progress,
            answers: answers.collect(),
            outputs: options.iter().map(|_| Outputs::default()).collect(),
            cells: vec![CellRun::default(); options.len()],
            options,
            warnings: Vec::new(),
            requests: HashMap::new(),
            current: 0,
            kernel_ended: false,
        }
    }

    /// Runs the code cells in order, waits for what comes late, and ends the kernel.
    pub(super) async fn run(&mut self, cells: &[Cell], options: &RunOptions, keep_going: bool) {
        let mut position = 0;
        for (index, cell) in cells.iter().enumerate() {
            let Cell::Code { id, source, .. } = cell else {
                continue;
            };
            position += 1;
            self.current = index;
            self.progress.cell_started(id.as_str());
            if let Err(fatal) = self.run_cell(&source.concat(), options.timeout).await {
                self.fail(fatal);
            }
            self.progress
                .cell_ended(position, id.as_str(), &self.cells[index]);
            if self.must_stop(keep_going) {
                break;
            }
        }
        if !self.must_stop(true) {
            self.progress.waiting("late output");
            if let Err(fatal) = self.settle(options.settle).await {
                self.fail(fatal);
            }
        }
        self.shut_down().await;
    }

    /// Ends a run that the user interrupted: first the cell, then the kernel.
    pub(super) async fn abandon(&mut self) {
        self.fail(Fatal {
            cell: self.current,
            failure: Failure::Interrupted,
        });
        self.stop_cell().await;
        self.shut_down().await;
    }

    /// Puts outputs, counts and times into the notebook. Nothing of the kernel is left afterwards.
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
                let warning = format!("cell `{id}` asked for {unused} answers fewer than it has");
                self.warnings.push(warning);
            }
        }
        (self.cells, self.warnings)
    }

    /// Runs the current cell, unless its metadata says otherwise, and records how it went.
    async fn run_cell(&mut self, source: &str, limit: Option<Duration>) -> Result<(), Fatal> {
        let cell = self.current;
        let skip_reason =
            self.options[cell].skip_reason(self.kernel.name(), &self.kernel.language());
        if let Some(reason) = skip_reason {
            self.cells[cell].outcome = Outcome::Skipped(reason.into());
            return Ok(());
        }
        if source.trim().is_empty() {
            return Ok(());
        }

        let started = Instant::now();
        let request = self.session.execute(source.into()).await;
        let request = request.map_err(|error| self.disconnected(error))?;
        self.requests.insert(request, cell);
        let (mut reply, mut idle) = (None, false);
        while reply.is_none() || !idle {
            let event = match limit {
                None => self.session.next_event().await,
                Some(limit) => {
                    let Ok(event) = timeout_at(started + limit, self.session.next_event()).await
                    else {
                        self.cells[cell].duration = Some(started.elapsed());
                        self.stop_cell().await;
                        let failure = Failure::TimedOut(limit);
                        return Err(Fatal { cell, failure });
                    };
                    event
                }
            };
            match self.handle(event).await? {
                Step::Replied(of, message) if of == cell => reply = Some(message),
                Step::Idle(of) if of == cell => idle = true,
                _ => {}
            }
        }
        self.cells[cell].duration = Some(started.elapsed());
        self.wait_for_silence(QUIET_AFTER_CELL, QUIET_AFTER_CELL_LIMIT)
            .await?;
        if let Some(reply) = reply {
            self.cells[cell].outcome = self.outcome(source, &reply);
        }
        Ok(())
    }

    /// What the current cell's reply and outputs say about how it went.
    fn outcome(&self, source: &str, reply: &ExecuteReply) -> Outcome {
        let outputs = &self.outputs[self.current];
        let options = &self.options[self.current];
        let raised = reply.status != ReplyStatus::Ok;
        // Not every kernel repeats the error in its reply, and some report a panic on standard error alone.
        let (ename, evalue) = reply
            .error
            .as_ref()
            .map(|error| (error.ename.clone(), error.evalue.clone()))
            .or_else(|| {
                let error = outputs.errors().next()?;
                Some((error.ename.clone(), error.evalue.clone()))
            })
            .unwrap_or_else(|| ("Error".into(), "the kernel gave no reason".into()));
        let traceback: Vec<String> = outputs
            .errors()
            .flat_map(|error| error.traceback.iter().cloned())
            .collect();

        if let Some(expected) = &options.raises {
            let report = [
                ename.as_str(),
                &evalue,
                &without_ansi(&traceback.join("\n")),
                &without_ansi(&outputs.stderr()),
            ];
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

    /// Puts one event where it belongs.
    async fn handle(&mut self, event: Event) -> Result<Step, Fatal> {
        match event {
            Event::Published(message) => Ok(self.publish(*message)),
            Event::Replied(message) => Ok(self.note_reply(*message)),
            Event::Asked(message) => self.answer(*message).await.map(|()| Step::Other),
            Event::Malformed(error) => {
                let warning = format!("the kernel sent a message that cannot be read: {error}");
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
                Ok(Step::Other)
            }
            Event::Exited(status) => {
                self.drain().await;
                Err(Fatal {
                    cell: self.current,
                    failure: Failure::KernelDied {
                        status,
                        last_words: self.session.last_words(),
                    },
                })
            }
        }
    }

    /// Takes in an iopub message, under the cell whose request caused it however long ago that was.
    fn publish(&mut self, message: JupyterMessage) -> Step {
        let asked_by = self.asked_by(&message);
        // A thread without a parent of its own is heard under the cell that runs.
        let cell = asked_by.unwrap_or(self.current);
        let date = timestamp(&message);
        match message.content {
            JupyterMessageContent::Status(status) => {
                let Some(cell) = asked_by else {
                    return Step::Other;
                };
                let times = &mut self.cells[cell].times;
                match status.execution_state {
                    ExecutionState::Busy => times.busy = date,
                    ExecutionState::Idle => {
                        times.idle = date;
                        return Step::Idle(cell);
                    }
                    _ => {}
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
        Step::Other
    }

    fn note_reply(&mut self, message: JupyterMessage) -> Step {
        let (Some(cell), date) = (self.asked_by(&message), timestamp(&message)) else {
            return Step::Other;
        };
        let JupyterMessageContent::ExecuteReply(reply) = message.content else {
            return Step::Other;
        };
        self.cells[cell].times.execute_reply = date;
        self.note_count(cell, reply.execution_count.0);
        Step::Replied(cell, reply)
    }

    /// Types the next answer of the cell that asked.
    ///
    /// Kernels differ in whose parent a thread's prompt carries. When the cell that seems to ask has no answer left,
    /// the latest cell before it that has one is taken for the thread's own.
    async fn answer(&mut self, request: JupyterMessage) -> Result<(), Fatal> {
        let JupyterMessageContent::InputRequest(input) = &request.content else {
            return Ok(());
        };
        let prompt = input.prompt.clone();
        let asker = self.asked_by(&request).unwrap_or(self.current);
        let answered_by = [asker]
            .into_iter()
            .chain((0..=self.current).rev())
            .find(|&cell| !self.answers[cell].is_empty());
        let Some((cell, answer)) =
            answered_by.and_then(|cell| Some((cell, self.answers[cell].pop_front()?)))
        else {
            self.stop_cell().await;
            return Err(Fatal {
                cell: asker,
                failure: Failure::UnansweredPrompt { prompt },
            });
        };
        let sent = self.session.reply_input(&request, answer.clone()).await;
        sent.map_err(|error| self.disconnected(error))?;
        self.cells[cell].exchanges.push(Exchange { prompt, answer });
        Ok(())
    }

    /// Handles what comes until nothing has come for `silence`, at the longest for `limit`.
    async fn wait_for_silence(&mut self, silence: Duration, limit: Duration) -> Result<(), Fatal> {
        let end = Instant::now() + limit;
        while Instant::now() < end
            && let Ok(event) = timeout(silence, self.session.next_event()).await
        {
            self.handle(event).await?;
        }
        Ok(())
    }

    /// Waits for late output, and for the prompts to which answers are still held ready.
    async fn settle(&mut self, silence: Duration) -> Result<(), Fatal> {
        self.wait_for_silence(silence, SETTLE_LIMIT).await?;
        let end = Instant::now() + LATE_PROMPT_LIMIT;
        while self.awaits_prompts()
            && let Ok(event) = timeout_at(end, self.session.next_event()).await
        {
            self.handle(event).await?;
            if !self.awaits_prompts() {
                self.wait_for_silence(silence, SETTLE_LIMIT).await?;
            }
        }
        Ok(())
    }

    fn awaits_prompts(&self) -> bool {
        let mut cells = self.cells.iter().zip(&self.answers);
        cells.any(|(cell, answers)| cell.duration.is_some() && !answers.is_empty())
    }

    /// Interrupts the current cell and waits a little for it to end, so that its last words are heard.
    async fn stop_cell(&mut self) {
        // A kernel that cannot be reached any more is killed a moment later anyway.
        if self.kernel_ended || self.session.interrupt().await.is_err() {
            return;
        }
        let end = Instant::now() + GRACE;
        while let Ok(event) = timeout_at(end, self.session.next_event()).await {
            match event {
                Event::Published(message) => {
                    if matches!(self.publish(*message), Step::Idle(cell) if cell == self.current) {
                        return;
                    }
                }
                Event::Exited(_) => return self.drain().await,
                Event::Replied(_) | Event::Asked(_) | Event::Malformed(_) => {}
            }
        }
    }

    /// Asks the kernel to end and reads what it still says. A kernel that does not end is killed with the session.
    async fn shut_down(&mut self) {
        if self.kernel_ended || self.session.request_shutdown().await.is_err() {
            return;
        }
        self.progress.waiting("the kernel's end");
        let end = Instant::now() + GRACE;
        while !self.kernel_ended
            && let Ok(event) = timeout_at(end, self.session.next_event()).await
        {
            match event {
                Event::Exited(_) => self.drain().await,
                event => {
                    if let Err(fatal) = self.handle(event).await {
                        self.fail(fatal);
                    }
                }
            }
        }
    }

    /// Reads the messages that were still under way when the kernel ended.
    async fn drain(&mut self) {
        self.kernel_ended = true;
        while let Ok(event) = timeout(DRAIN, self.session.next_event()).await {
            if let Event::Published(message) = event {
                self.publish(*message);
            }
        }
    }

    fn fail(&mut self, fatal: Fatal) {
        self.cells[fatal.cell].outcome = Outcome::Failed(fatal.failure);
    }

    /// Whether a failure so far ends the run.
    fn must_stop(&self, keep_going: bool) -> bool {
        self.cells.iter().any(|cell| match &cell.outcome {
            Outcome::Failed(failure) => !keep_going || !failure.leaves_kernel_usable(),
            _ => false,
        })
    }

    fn disconnected(&self, error: RuntimeError) -> Fatal {
        Fatal {
            cell: self.current,
            failure: Failure::Connection(error.to_string()),
        }
    }

    fn asked_by(&self, message: &JupyterMessage) -> Option<usize> {
        let parent = message.parent_header.as_ref()?;
        self.requests.get(&parent.msg_id).copied()
    }

    fn note_count(&mut self, cell: usize, count: usize) {
        // A reply without a count reads as zero.
        if let Ok(count @ 1..) = i32::try_from(count) {
            self.cells[cell].execution_count = Some(count);
        }
    }
}

/// The date that the kernel gave its message; kernels that give none read as the epoch.
fn timestamp(message: &JupyterMessage) -> Option<String> {
    let date = message.header.date;
    (date.timestamp() != 0).then(|| date.to_rfc3339())
}
