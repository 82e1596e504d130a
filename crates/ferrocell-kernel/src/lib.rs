//! A Jupyter kernel for any [`Language`](language::Language): sockets, messages, history and kernelspec, version 5.5 of the messaging
//! protocol.
//!
//! The folder is the protocol. `socket/` has one file per channel, `wire/` one per message type, `language/` is the
//! seam to what runs the cells, `history/` keeps inputs across sessions. The crate `zmtp-server` speaks ZeroMQ.
//!
//! ```no_run
//! # use ferrocell_kernel::{Kernel, KernelError, language::Language};
//! # fn main_with(language: impl Language) -> Result<(), KernelError> {
//! Kernel::from_file("kernel-1234.json")?.history("history.jsonl").run(language)
//! # }
//! ```
//!
//! What a frontend may rely on:
//!
//! - **Nothing waits for a running cell** except the next cell: completion, inspection, history, interrupt, shutdown,
//!   heartbeat and kernel info are answered meanwhile.
//! - **Output appears at once**, in the order it was written, under the cell that caused it, and before that cell's
//!   idle status; what a thread prints later still appears under its cell.
//! - **Memory is bounded.** A cell that prints faster than the frontends read is slowed down; a frontend that reads
//!   nothing at all misses output, and the others do not notice.
//! - **Every question finds its answer.** Threads may ask at the same time, and after their cell has ended; each
//!   frontend is asked one question at a time, under the cell that asks.
//! - **An interrupt stops what runs and what waits to run**, and takes the questions of the cell back.
//! - **A message that is malformed, forged or repeated** is logged and has no effect.
//!
//! The specification is [Messaging in Jupyter](https://jupyter-client.readthedocs.io/en/stable/messaging.html).

mod cells;
mod ending;
mod error;
mod exchange;
mod execution;
mod handles;
mod history;
mod kernel;
mod kernelspec;
pub mod language;
mod queue;
mod socket;
mod wire;

pub use error::KernelError;
pub use history::{History, history_file};
pub use jupyter_protocol::{ConnectionInfo, LanguageInfo};
pub use kernel::Kernel;
pub use kernelspec::{KernelSpec, NoPlace, Place};
#[cfg(any(test, fuzzing))]
pub use wire::fuzz_message;
