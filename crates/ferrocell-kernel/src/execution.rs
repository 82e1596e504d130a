//! The thread that runs cells.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use chrono::{DateTime, Utc};
use jupyter_protocol::{ErrorOutput, ExecuteInput, ReplyError, ReplyStatus};
use tokio::sync::oneshot;

use crate::cells::{Asked, Cells};
use crate::ending::Ending;
use crate::error::KernelError;
use crate::exchange::Exchange;
use crate::handles::Handle;
use crate::history::History;
use crate::language::{Failure, Language, MimeBundle, Outcome, Session};
use crate::queue::{Job, Queue};
use crate::socket::{IoPub, KernelRequests, Lane, Replies};
use crate::wire::{ExecuteReply, ExecuteRequest, ExecuteResult, ExpressionResult, Message};

/// Runs the `execute_request`s, one after the other, in the order they came.
///
/// Specification: "Execute".
pub(crate) struct Execution {
    pub(crate) iopub: IoPub,
    pub(crate) replies: Replies,
    pub(crate) cells: Arc<Cells>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) history: Arc<History>,
    /// The number that the next counted cell gets.
    pub(crate) count: usize,
    /// Whether the kernel is ending, so that no further cell is to run.
    pub(crate) closing: Arc<AtomicBool>,
}

type Expressions<T> = BTreeMap<String, T>;

impl Execution {
    /// Starts the thread: it starts the language and then runs the jobs. What is returned completes when it ends.
    pub(crate) fn spawn(
        self,
        language: impl Language,
        kernel_requests: Arc<KernelRequests>,
        jobs: mpsc::Receiver<Job>,
    ) -> Result<oneshot::Receiver<()>, KernelError> {
        let (ended, session) = oneshot::channel();
        let endings = kernel_requests.endings.clone();
        let run = move || {
            let session = language.start(kernel_requests.iopub.events());
            let handle = session.as_ref().ok().map(|session| Handle {
                controls: Box::new(session.controls()),
                queries: Arc::new(session.queries()),
            });
            // Nobody else sets it.
            let _ = kernel_requests.handles.set(handle);
            self.run(session, &jobs);
        };
        let thread = move || {
            if panic::catch_unwind(AssertUnwindSafe(run)).is_err() {
                // The receiver is gone only when the kernel ends already.
                let _ = endings.send(Ending::Panicked);
            }
            // The kernel no longer waits if it has waited long enough.
            let _ = ended.send(());
        };
        thread::Builder::new()
            .name("cells".into())
            .spawn(thread)
            .map_err(KernelError::Runtime)?;
        Ok(session)
    }

    /// Runs jobs until there can be no more. If the session could not start, every job fails with the reason.
    fn run<S: Session>(
        mut self,
        mut session: Result<S, Box<dyn Error + Send + Sync>>,
        jobs: &mpsc::Receiver<Job>,
    ) {
        while let Ok(job) = jobs.recv()
            && !self.closing.load(Ordering::Relaxed)
        {
            let (number, message) = match job {
                Job::Cell(number, message) => (number, message),
                Job::Look(answer) => {
                    let seen = session.as_mut().ok().and_then(S::look);
                    // Whoever has asked may be gone.
                    let _ = answer.send(seen);
                    continue;
                }
            };
            let exchange = self.begin(*message);
            match (exchange.message.content(), &mut session) {
                (Ok(request), Ok(session)) => {
                    self.execute(number, exchange, request, session, jobs)
                }
                (Ok(_), Err(error)) => self.fail(exchange, not_started(&**error), self.count, None),
                (Err(error), _) => exchange.fail("MalformedRequest", error),
            }
        }
    }

    fn begin(&self, message: Message) -> Exchange {
        Exchange::begin(
            message,
            self.iopub.clone(),
            Lane::Ordered,
            self.replies.clone(),
        )
    }

    /// Runs one cell, unless it was withdrawn. If it fails, the jobs after it are not to run, unless its request says
    /// otherwise.
    fn execute<S: Session>(
        &mut self,
        number: u64,
        exchange: Exchange,
        request: ExecuteRequest,
        session: &mut S,
        jobs: &mpsc::Receiver<Job>,
    ) {
        let ExecuteRequest {
            code,
            silent,
            store_history,
            user_expressions,
            allow_stdin,
            stop_on_error,
        } = request;
        let execution_count = self.count;
        let counted = store_history && !silent && !code.trim().is_empty();
        let asked = Arc::new(Asked {
            origin: exchange.message.origin.clone(),
            allow_stdin,
        });
        let begun = self.cells.begin_unless(
            || self.queue.is_withdrawn(number),
            counted.then_some(execution_count),
            asked.clone(),
        );
        let Some(cell) = begun else {
            return self.abort(exchange, "the queue was interrupted");
        };
        if counted {
            self.count += 1;
        }
        if !silent {
            exchange.publish(&ExecuteInput {
                code: code.clone(),
                execution_count: execution_count.into(),
            });
        }
        let begun = Utc::now();
        let outcome = session.execute(cell, &code);
        let started = begun + session.preparation();
        let expressions = match &outcome {
            Outcome::Ok { .. } => {
                self.evaluate(&asked, user_expressions.unwrap_or_default(), session)
            }
            Outcome::Error(_) => Expressions::new(),
        };
        self.cells.end();

        if counted {
            self.history.append(execution_count, code, text(&outcome));
        }
        match outcome {
            Outcome::Ok { result } => {
                if let Some(data) = result.filter(|_| !silent) {
                    exchange.publish(&ExecuteResult {
                        execution_count,
                        data,
                        metadata: MimeBundle::new(),
                    });
                }
                exchange.reply(&ExecuteReply {
                    started: Some(started),
                    ..reply(ReplyStatus::Ok, execution_count, expressions, None)
                });
            }
            Outcome::Error(failure) => {
                // Before the failure is known to anyone: what is sent in the knowledge of it is to run.
                let behind = stop_on_error.then(|| jobs.try_iter().collect::<Vec<_>>());
                self.fail(exchange, failure, execution_count, Some(started));
                for job in behind.into_iter().flatten() {
                    if let Job::Cell(_, message) = job {
                        self.abort(self.begin(*message), "an earlier cell failed");
                    }
                }
            }
        }
    }

    /// Computes the `user_expressions` of a request, each as an execution of its own.
    fn evaluate<S: Session>(
        &self,
        asked: &Arc<Asked>,
        expressions: Expressions<String>,
        session: &mut S,
    ) -> Expressions<ExpressionResult> {
        let mut value = |expression: &str| {
            let cell = self.cells.begin(None, asked.clone());
            match session.evaluate(cell, expression) {
                Ok(data) => ExpressionResult::Ok {
                    data,
                    metadata: MimeBundle::new(),
                },
                Err(failure) => ExpressionResult::Error(failure.into()),
            }
        };
        expressions
            .into_iter()
            .map(|(name, expression)| (name, value(&expression)))
            .collect()
    }

    fn fail(
        &self,
        exchange: Exchange,
        failure: Failure,
        execution_count: usize,
        started: Option<DateTime<Utc>>,
    ) {
        let error = ReplyError::from(failure);
        let ReplyError {
            ename,
            evalue,
            traceback,
        } = error.clone();
        exchange.publish(&ErrorOutput {
            ename,
            evalue,
            traceback,
        });
        let expressions = Expressions::new();
        exchange.reply(&ExecuteReply {
            started,
            ..reply(
                ReplyStatus::Error,
                execution_count,
                expressions,
                Some(error),
            )
        });
    }

    /// Replies to a request that is not run.
    fn abort(&self, exchange: Exchange, why: &str) {
        let error = ReplyError {
            ename: "Aborted".into(),
            evalue: why.into(),
            traceback: Vec::new(),
        };
        exchange.reply(&reply(
            ReplyStatus::Aborted,
            self.count,
            Expressions::new(),
            Some(error),
        ));
    }
}

impl From<Failure> for ReplyError {
    fn from(failure: Failure) -> ReplyError {
        ReplyError {
            ename: failure.name,
            evalue: failure.value,
            traceback: failure.traceback,
        }
    }
}

fn reply(
    status: ReplyStatus,
    execution_count: usize,
    user_expressions: Expressions<ExpressionResult>,
    error: Option<ReplyError>,
) -> ExecuteReply {
    ExecuteReply {
        status,
        execution_count,
        payload: [],
        user_expressions,
        error,
        started: None,
    }
}

/// The plain text of a cell's value.
fn text(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Ok { result: Some(data) } => data.get("text/plain")?.as_str().map(str::to_owned),
        _ => None,
    }
}

fn not_started(error: &(dyn Error + Send + Sync)) -> Failure {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    let value = causes.fold(error.to_string(), |value, cause| {
        format!("{value}: {cause}")
    });
    Failure {
        name: "NotStarted".into(),
        traceback: vec![value.clone()],
        value,
    }
}
