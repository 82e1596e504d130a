//! Requests about the kernel itself, which shell and control take alike: kernel info, interrupt, shutdown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jupyter_protocol::{InterruptReply, ReplyStatus, ShutdownReply, ShutdownRequest};
use tokio::sync::mpsc;

use crate::cells::Cells;
use crate::ending::Ending;
use crate::exchange::Exchange;
use crate::handles::Handles;
use crate::language::NoAnswer;
use crate::queue::Queue;
use crate::wire::{Codec, KernelInfoReply, Message};
use zmtp_server::Router;

use super::{IoPub, Stdin, Which};

/// What a channel that answers requests needs.
pub(crate) struct KernelRequests {
    pub(crate) codec: Arc<Codec>,
    pub(crate) iopub: IoPub,
    pub(crate) stdin: Stdin,
    pub(crate) cells: Arc<Cells>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) handles: Handles,
    pub(crate) info: KernelInfoReply,
    /// Whether the kernel is ending.
    pub(crate) closing: Arc<AtomicBool>,
    pub(crate) endings: mpsc::UnboundedSender<Ending>,
}

impl KernelRequests {
    /// The next genuine message.
    pub(crate) async fn receive(&self, router: &mut Router) -> Option<Message> {
        loop {
            match self.codec.read(router.receive().await?) {
                Ok(message) => return Some(message),
                Err(error) => log::warn!("a message was ignored: {error}"),
            }
        }
    }

    /// Answers a request that both channels take.
    pub(crate) async fn answer(self: &Arc<Self>, exchange: Exchange) {
        match exchange.message.header.msg_type.as_str() {
            "kernel_info_request" => exchange.reply(&self.info),
            "interrupt_request" => {
                self.interrupt().await;
                exchange.reply(&InterruptReply::new());
            }
            "shutdown_request" => match exchange.message.content() {
                Ok(ShutdownRequest { restart }) => self.shutdown(exchange, restart),
                Err(error) => exchange.fail("MalformedRequest", error),
            },
            unknown if unknown.ends_with("_request") => {
                let value = format!("this kernel does not support {unknown}");
                exchange.fail("NotSupported", value);
            }
            unknown => {
                log::info!("{unknown} was ignored");
                exchange.end();
            }
        }
    }

    /// Interrupts the cell that runs and withdraws its questions, and the cells that wait; if none runs, all questions.
    pub(crate) async fn interrupt(self: &Arc<Self>) {
        self.queue.withdraw();
        let kernel_requests = self.clone();
        // How long the language takes to stop a cell must not hold up the channel's other work.
        let interrupt = move || {
            let running = kernel_requests.cells.running();
            if let (Some(cell), Some(Some(handle))) = (running, kernel_requests.handles.get()) {
                handle.controls.interrupt(cell);
            }
            let which = running.map_or(Which::All, Which::Of);
            kernel_requests.stdin.withdraw(which, NoAnswer::Interrupted);
        };
        if let Err(error) = tokio::task::spawn_blocking(interrupt).await {
            log::error!("the interrupt failed: {error}");
        }
    }

    /// Ends the session: what runs, and what waits to run. Questions that are still open get no answer.
    pub(crate) async fn end(self: &Arc<Self>) {
        self.closing.store(true, Ordering::Relaxed);
        self.stdin.withdraw(Which::All, NoAnswer::Closed);
        let kernel_requests = self.clone();
        let shutdown = move || {
            if let Some(Some(handle)) = kernel_requests.handles.get() {
                handle.controls.shutdown();
            }
        };
        if let Err(error) = tokio::task::spawn_blocking(shutdown).await {
            log::error!("the session did not end well: {error}");
        }
    }

    /// Replies, tells everyone, and lets the kernel end. Specification: "Kernel shutdown".
    fn shutdown(&self, exchange: Exchange, restart: bool) {
        let reply = ShutdownReply {
            restart,
            status: ReplyStatus::Ok,
            error: None,
        };
        exchange.publish(&reply);
        exchange.reply(&reply);
        // The receiver is gone only when the kernel ends already.
        let _ = self.endings.send(Ending::Requested);
    }
}
