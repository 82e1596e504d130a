//! One kernel under measurement: started, asked to run cells, watched and ended through the Jupyter protocol.

use std::path::Path;
use std::time::{Duration, Instant};

use ferrocell_client::{Event, Session};
use jupyter_protocol::{
    ExecutionState, JupyterMessage, JupyterMessageContent, MediaType, ReplyStatus,
};

use crate::contender::Contender;
use crate::processes;

/// Longer than anything here should take: a kernel that hangs ends the benchmark with a message.
const LIMIT: Duration = Duration::from_secs(300);

pub(crate) struct Kernel {
    contender: Contender,
    session: Session,
}

/// What came of a cell.
pub(crate) struct Ran {
    /// From the request until both the reply and the kernel's `idle` are there.
    pub(crate) time: Duration,
    /// The result as text.
    pub(crate) result: String,
    /// What it printed.
    pub(crate) output: String,
}

impl Kernel {
    /// Starts the kernel and waits until it answers on all channels.
    pub(crate) async fn start(contender: Contender, cache: &Path) -> Self {
        let spec = contender.kernelspec(cache);
        let session = Session::start(&spec, cache, LIMIT).await;
        Self {
            contender,
            session: session.unwrap_or_else(|error| panic!("{error}")),
        }
    }

    /// Runs a cell, which has to succeed.
    pub(crate) async fn run(&mut self, code: &str) -> Ran {
        let start = Instant::now();
        let request = self.session.execute(code.to_owned()).await;
        let request = request.expect("the kernel can be reached");
        let ran = tokio::time::timeout(LIMIT, self.finish(&request, start)).await;
        ran.unwrap_or_else(|_| panic!("{} hangs at `{code}`", self.contender.name()))
    }

    /// Tells a kernel of a cell that is still written, if it wants to know.
    pub(crate) async fn draft(&mut self, code: &str) {
        if self.contender == Contender::Ferrocell {
            let sent = self.session.draft(code.to_owned()).await;
            sent.expect("the kernel can be reached");
        }
    }

    /// Asks what could follow a text, and for how long the answer takes.
    pub(crate) async fn complete(&mut self, code: &str) -> (Duration, Vec<String>) {
        let start = Instant::now();
        let request = self.session.complete(code.to_owned(), code.len()).await;
        let request = request.expect("the kernel can be reached");
        let answer = async {
            loop {
                if let Event::Replied(message) = self.session.next_event().await
                    && is_about(&message, &request)
                    && let JupyterMessageContent::CompleteReply(reply) = message.content
                {
                    return (start.elapsed(), reply.matches);
                }
            }
        };
        let answer = tokio::time::timeout(LIMIT, answer).await;
        answer.unwrap_or_else(|_| panic!("a kernel does not complete `{code}`"))
    }

    /// Sends all cells at once, as Run All does, and waits for the last.
    pub(crate) async fn run_all(&mut self, cells: &[&str]) -> Ran {
        let start = Instant::now();
        let mut last = String::new();
        for cell in cells {
            let request = self.session.execute((*cell).to_owned()).await;
            last = request.expect("the kernel can be reached");
        }
        let ran = tokio::time::timeout(LIMIT, self.finish(&last, start)).await;
        ran.unwrap_or_else(|_| panic!("{} hangs in Run All", self.contender.name()))
    }

    async fn finish(&mut self, request: &str, start: Instant) -> Ran {
        let (mut is_idle, mut has_replied) = (false, false);
        let (mut result, mut output) = (String::new(), String::new());
        while !(is_idle && has_replied) {
            let message = match self.session.next_event().await {
                Event::Published(message) | Event::Replied(message) => message,
                Event::Asked(_) => continue,
                Event::Malformed(error) => panic!("{}: {error}", self.contender.name()),
                Event::Exited(status) => panic!(
                    "{} ended ({status}){}",
                    self.contender.name(),
                    self.session.last_words()
                ),
            };
            if let JupyterMessageContent::ErrorOutput(error) = &message.content {
                let name = self.contender.name();
                panic!("a cell failed on {name}: {}: {}", error.ename, error.evalue);
            }
            if !is_about(&message, request) {
                continue;
            }
            match message.content {
                JupyterMessageContent::Status(status) => {
                    is_idle = status.execution_state == ExecutionState::Idle;
                }
                JupyterMessageContent::ExecuteReply(reply) => {
                    let name = self.contender.name();
                    assert!(reply.status == ReplyStatus::Ok, "a cell failed on {name}");
                    has_replied = true;
                }
                JupyterMessageContent::StreamContent(stream) => output.push_str(&stream.text),
                JupyterMessageContent::ExecuteResult(shown) => {
                    result = shown
                        .data
                        .content
                        .into_iter()
                        .find_map(|media| match media {
                            MediaType::Plain(text) => Some(text),
                            _ => None,
                        })
                        .unwrap_or_default();
                }
                _ => {}
            }
        }
        Ran {
            time: start.elapsed(),
            result,
            output,
        }
    }

    /// The resident memory of the kernel and of all processes that it has started, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        processes::memory(self.session.process_id(), "VmRSS:")
    }

    /// The most that it has been so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        processes::memory(self.session.process_id(), "VmHWM:")
    }

    /// Ends the kernel and waits until it is gone, so that it takes no time from the next.
    pub(crate) async fn shut_down(mut self) {
        let asked = self.session.request_shutdown().await;
        asked.expect("the kernel can be reached");
        let gone = async { while !matches!(self.session.next_event().await, Event::Exited(_)) {} };
        let gone = tokio::time::timeout(LIMIT, gone).await;
        gone.unwrap_or_else(|_| panic!("{} does not end", self.contender.name()));
    }
}

/// Starts all kernels and has each run its first cell.
pub(crate) async fn start_all(cache: &Path) -> Vec<(Contender, Kernel)> {
    let mut kernels = Vec::new();
    for contender in Contender::KERNELS {
        let mut kernel = Kernel::start(contender, cache).await;
        assert_eq!(kernel.run("1 + 1").await.result, "2");
        kernels.push((contender, kernel));
    }
    kernels
}

fn is_about(message: &JupyterMessage, request: &str) -> bool {
    let parent = message.parent_header.as_ref();
    parent.is_some_and(|parent| parent.msg_id == request)
}
