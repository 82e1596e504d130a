//! The shell channel: cells go to the thread that runs them, all else is answered while they run.

use std::sync::Arc;
use std::sync::mpsc;

use jupyter_protocol::{
    CompleteReply, CompleteRequest, HistoryReply, InspectRequest, IsCompleteReply,
    IsCompleteRequest, ReplyStatus,
};
use serde::de::DeserializeOwned;

use crate::exchange::Exchange;
use crate::history::History;
use crate::language::{Completeness, Completions, Inspection, Queries};
use crate::queue::Job;
use crate::wire::{ExecuteRequest, HistoryRequest, InspectReply, Message};
use zmtp_server::Router;

use super::{Drafts, KernelRequests, Lane, Replies};

/// Serves the channel: `jobs` takes the cells.
pub(crate) async fn serve(
    mut router: Router,
    replies: Replies,
    kernel_requests: Arc<KernelRequests>,
    history: Arc<History>,
    jobs: mpsc::Sender<Job>,
) {
    let drafts = Drafts::default();
    while let Some(message) = kernel_requests.receive(&mut router).await {
        if message.header.msg_type == "execute_request" {
            expect(&message, &kernel_requests);
            let number = kernel_requests.queue.number();
            // The thread that runs cells ends only with the kernel.
            let _ = jobs.send(Job::Cell(number, message.into()));
            continue;
        }
        let exchange = Exchange::begin(
            message,
            kernel_requests.iopub.clone(),
            Lane::Express,
            replies.clone(),
        );
        // Comms are opened, used and closed in the order of the messages.
        match exchange.message.header.msg_type.as_str() {
            "comm_open" => drafts.open(exchange),
            "comm_msg" => drafts.take(exchange, &kernel_requests, &jobs),
            "comm_close" => drafts.close(exchange),
            "comm_info_request" => drafts.info(exchange),
            _ => drop(tokio::spawn(answer(
                exchange,
                kernel_requests.clone(),
                history.clone(),
            ))),
        }
    }
}

/// Tells the language, if it has started, what will be run.
fn expect(message: &Message, kernel_requests: &KernelRequests) {
    // What cannot be read is answered when its turn comes.
    let code = message
        .content()
        .map(|request: ExecuteRequest| request.code);
    if let (Ok(code), Some(Some(handle))) = (code, kernel_requests.handles.get()) {
        handle.queries.expect(&code);
    }
}

async fn answer(exchange: Exchange, kernel_requests: Arc<KernelRequests>, history: Arc<History>) {
    match exchange.message.header.msg_type.as_str() {
        "complete_request" => query(exchange, kernel_requests, complete).await,
        "inspect_request" => query(exchange, kernel_requests, inspect).await,
        "is_complete_request" => query(exchange, kernel_requests, is_complete).await,
        "history_request" => {
            blocking(exchange, move |exchange, request| {
                recall(exchange, request, &history)
            })
            .await
        }
        _ => kernel_requests.answer(exchange).await,
    }
}

/// Reads the request and lets `work` reply on a thread that may wait.
async fn blocking<T: DeserializeOwned>(
    exchange: Exchange,
    work: impl FnOnce(Exchange, T) + Send + 'static,
) {
    let work = move || match exchange.message.content() {
        Ok(request) => work(exchange, request),
        Err(error) => exchange.fail("MalformedRequest", error),
    };
    if let Err(error) = tokio::task::spawn_blocking(work).await {
        log::error!("a request was not answered: {error}");
    }
}

/// Like [`blocking`], with the language's answers at hand once its session has started.
async fn query<T: DeserializeOwned>(
    exchange: Exchange,
    kernel_requests: Arc<KernelRequests>,
    work: impl FnOnce(Exchange, T, &dyn Queries) + Send + 'static,
) {
    kernel_requests.handles.wait().await;
    blocking(exchange, move |exchange, request| {
        match kernel_requests.handles.get() {
            Some(Some(handles)) => work(exchange, request, &*handles.queries),
            _ => exchange.fail(
                "NotStarted",
                "the language did not start; run a cell to see why",
            ),
        }
    })
    .await;
}

fn complete(exchange: Exchange, request: CompleteRequest, queries: &dyn Queries) {
    let cursor = within(&request.code, request.cursor_pos);
    let Completions {
        matches,
        cursor_start,
        cursor_end,
        metadata,
    } = queries.complete(&request.code, cursor);
    exchange.reply(&CompleteReply {
        matches,
        cursor_start,
        cursor_end,
        metadata,
        status: ReplyStatus::Ok,
        error: None,
    });
}

fn inspect(exchange: Exchange, request: InspectRequest, queries: &dyn Queries) {
    let cursor = within(&request.code, request.cursor_pos);
    let detail_level = u8::from(request.detail_level.unwrap_or(0) > 0);
    let inspection = queries.inspect(&request.code, cursor, detail_level);
    let found = inspection.is_some();
    let Inspection { data, metadata } = inspection.unwrap_or_default();
    exchange.reply(&InspectReply {
        status: ReplyStatus::Ok,
        found,
        data,
        metadata,
    });
}

fn is_complete(exchange: Exchange, request: IsCompleteRequest, queries: &dyn Queries) {
    exchange.reply(&match queries.is_complete(&request.code) {
        Completeness::Complete => IsCompleteReply::complete(),
        Completeness::Incomplete { indent } => IsCompleteReply::incomplete(indent),
        Completeness::Invalid => IsCompleteReply::invalid(),
        Completeness::Unknown => IsCompleteReply::unknown(),
    });
}

fn recall(exchange: Exchange, request: HistoryRequest, history: &History) {
    match history.recall(&request) {
        Ok(entries) => exchange.reply(&HistoryReply::new(entries)),
        Err(error) => exchange.fail("HistoryError", error),
    }
}

/// A cursor position within the code, in code points.
fn within(code: &str, cursor: usize) -> usize {
    cursor.min(code.chars().count())
}
