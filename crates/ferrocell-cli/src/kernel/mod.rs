//! A kernel as a client sees it: its specification, its process, its channels, and the events that come out of it.
//!
//! Speaks the [Jupyter messaging protocol](https://jupyter-client.readthedocs.io/en/stable/messaging.html).
//! Never looks into a notebook: what a message means for a cell is the runner's affair.

mod channels;
mod event;
mod process;
mod session;
mod spec;
mod start_error;

pub(crate) use event::Event;
pub(crate) use session::Session;
pub(crate) use spec::KernelSpec;
