//! The run itself: one cell after the other, then what comes late, then the kernel's end.

use std::time::Duration;

use ferrocell_client::{Event, KernelSpec, Session};
use jupyter_protocol::{JupyterMessage, JupyterMessageContent};
use jupyter_zmq_client::RuntimeError;
use nbformat::v4::{Cell, Notebook};
use tokio::time::{Instant, timeout, timeout_at};

use super::cell_run::{CellRun, Outcome};
use super::failure::Failure;
use super::options::RunOptions;
use super::progress::Progress;
use super::record::Record;
use crate::notebook::CellOptions;

/// Silence on all channels after a cell before the next one is sent: kernels that pass output on from another thread
/// put what is still under way under the cell that runs by then.
const QUIET_AFTER_CELL: Duration = Duration::from_millis(150);
/// The longest that a chatty background thread can hold up the next cell.
const QUIET_AFTER_CELL_LIMIT: Duration = Duration::from_millis(500);
/// How long answers that nobody asked for yet are kept ready after the last cell.
const LATE_PROMPT_LIMIT: Duration = Duration::from_secs(10);
/// The longest that late output is waited for.
const SETTLE_LIMIT: Duration = Duration::from_secs(60);
/// How long an interrupted cell may take to stop, and a kernel to end, before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// The same for a user who waits at the prompt after Ctrl-C.
const IMPATIENT_GRACE: Duration = Duration::from_secs(1);
/// Silence after the kernel's end that shows its last messages to be read.
const DRAIN: Duration = Duration::from_secs(1);

/// A run under way.
pub(super) struct Execution {
    session: Session,
    kernel: KernelSpec,
    progress: Progress,
    record: Record,
    kernel_ended: bool,
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
        Self {
            session,
            kernel,
            progress,
            record: Record::new(options),
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
            self.record.begin(index);
            self.progress.cell_started(id.as_str());
            let ran = self.run_cell(&source.concat(), options.timeout).await;
            self.note_failure(ran);
            let run = &self.record.cells[index];
            self.progress.cell_ended(position, id.as_str(), run);
            if self.record.must_stop(keep_going) {
                break;
            }
        }
        if !self.record.must_stop(keep_going) {
            self.progress.waiting("late output");
            let settled = self.settle(options.settle).await;
            self.note_failure(settled);
        }
        self.shut_down(GRACE).await;
    }

    /// Ends a run that the user interrupted: first the cell, then the kernel.
    pub(super) async fn abandon(&mut self) {
        let interrupted = self.fatal(Failure::Interrupted);
        self.note_failure(Err(interrupted));
        self.stop_cell(IMPATIENT_GRACE).await;
        self.shut_down(IMPATIENT_GRACE).await;
    }

    /// Puts what came of the cells into the notebook. Nothing of the kernel is left afterwards.
    pub(super) fn finish(self, notebook: &mut Notebook) -> (Vec<CellRun>, Vec<String>) {
        self.record.finish(notebook)
    }

    /// Runs the current cell, unless its metadata says otherwise, and records how it went.
    async fn run_cell(&mut self, source: &str, limit: Option<Duration>) -> Result<(), Fatal> {
        let cell = self.record.current();
        let options = &self.record.options[cell];
        if let Some(reason) = options.skip_reason(self.kernel.name()) {
            self.record.cells[cell].outcome = Outcome::Skipped(reason.into());
            return Ok(());
        }
        if source.trim().is_empty() {
            return Ok(());
        }

        let started = Instant::now();
        let request = self.session.execute(source.into()).await;
        let request = request.map_err(|error| self.disconnected(&error))?;
        self.record.sent(request);
        let completed = match limit {
            None => self.complete_cell().await,
            Some(limit) => match timeout_at(started + limit, self.complete_cell()).await {
                Ok(completed) => completed,
                Err(_) => {
                    self.stop_cell(GRACE).await;
                    Err(self.fatal(Failure::TimedOut(limit)))
                }
            },
        };
        self.record.cells[cell].duration = Some(started.elapsed());
        completed?;
        self.wait_for_silence(QUIET_AFTER_CELL, QUIET_AFTER_CELL_LIMIT)
            .await?;
        self.record.conclude(source);
        Ok(())
    }

    /// Handles what comes until the current cell is over, and interrupts it when it asks for that.
    async fn complete_cell(&mut self) -> Result<(), Fatal> {
        let mut is_interrupted = false;
        while !self.record.is_complete() {
            let event = self.session.next_event().await;
            self.handle(event).await?;
            if !is_interrupted && self.record.awaits_interrupt() {
                is_interrupted = true;
                let sent = self.session.interrupt().await;
                sent.map_err(|error| self.disconnected(&error))?;
            }
        }
        Ok(())
    }

    /// Puts one event where it belongs.
    async fn handle(&mut self, event: Event) -> Result<(), Fatal> {
        match event {
            Event::Published(message) => self.record.publish(*message),
            Event::Replied(message) => self.record.note_reply(*message),
            Event::Asked(message) => self.answer(&message).await?,
            // Without these two, the cell would be waited for in vain.
            Event::Malformed(error) if is_awaited(&error) => {
                return Err(self.disconnected(&error));
            }
            Event::Malformed(error) => self.record.warn(format!(
                "the kernel sent a message that cannot be read: {error}"
            )),
            Event::Exited(status) => {
                self.drain().await;
                return Err(self.fatal(Failure::KernelDied {
                    status,
                    last_words: self.session.last_words(),
                }));
            }
        }
        Ok(())
    }

    /// Types the next answer at a prompt.
    async fn answer(&mut self, request: &JupyterMessage) -> Result<(), Fatal> {
        let JupyterMessageContent::InputRequest(input) = &request.content else {
            return Ok(());
        };
        match self.record.answer(request, &input.prompt) {
            Ok(answer) => {
                let sent = self.session.reply_input(request, answer).await;
                sent.map_err(|error| self.disconnected(&error))
            }
            Err(cell) => {
                self.stop_cell(GRACE).await;
                let prompt = input.prompt.clone();
                Err(Fatal {
                    cell,
                    failure: Failure::UnansweredPrompt { prompt },
                })
            }
        }
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
        let end = Instant::now() + LATE_PROMPT_LIMIT;
        while self.record.awaits_prompts()
            && let Ok(event) = timeout_at(end, self.session.next_event()).await
        {
            self.handle(event).await?;
        }
        self.wait_for_silence(silence, SETTLE_LIMIT).await
    }

    /// Interrupts the current cell and waits a little for it to end, so that its last words are heard.
    async fn stop_cell(&mut self, grace: Duration) {
        // A kernel that cannot be reached any more is killed a moment later anyway.
        if self.kernel_ended || !self.record.is_busy() || self.session.interrupt().await.is_err() {
            return;
        }
        let end = Instant::now() + grace;
        while self.record.is_busy()
            && let Ok(event) = timeout_at(end, self.session.next_event()).await
        {
            match event {
                Event::Published(message) => self.record.publish(*message),
                Event::Exited(_) => return self.drain().await,
                Event::Replied(_) | Event::Asked(_) | Event::Malformed(_) => {}
            }
        }
    }

    /// Asks the kernel to end and reads what it still says. A kernel that does not end is killed with the session.
    async fn shut_down(&mut self, grace: Duration) {
        if self.kernel_ended || self.session.request_shutdown().await.is_err() {
            return;
        }
        self.progress.waiting("the kernel's end");
        let end = Instant::now() + grace;
        while !self.kernel_ended
            && let Ok(event) = timeout_at(end, self.session.next_event()).await
        {
            if let Event::Exited(_) = event {
                self.drain().await;
            } else {
                let handled = self.handle(event).await;
                self.note_failure(handled);
            }
        }
    }

    /// Reads the messages that were still under way when the kernel ended.
    async fn drain(&mut self) {
        self.kernel_ended = true;
        while let Ok(event) = timeout(DRAIN, self.session.next_event()).await {
            if let Event::Published(message) = event {
                self.record.publish(*message);
            }
        }
    }

    fn note_failure(&mut self, outcome: Result<(), Fatal>) {
        if let Err(Fatal { cell, failure }) = outcome {
            self.record.fail(cell, failure);
        }
    }

    /// A failure of the current cell.
    fn fatal(&self, failure: Failure) -> Fatal {
        Fatal {
            cell: self.record.current(),
            failure,
        }
    }

    fn disconnected(&self, error: &RuntimeError) -> Fatal {
        self.fatal(Failure::Connection(error.to_string()))
    }
}

/// Whether the message that could not be read is one that a run waits for.
fn is_awaited(error: &RuntimeError) -> bool {
    let awaited = ["execute_reply", "input_request"];
    matches!(error, RuntimeError::ParseError { msg_type, .. } if awaited.contains(&msg_type.as_str()))
}
