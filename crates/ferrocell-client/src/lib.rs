//! A kernel as a client sees it: its specification, its process, its channels, and the events that come out of it.
//!
//! Speaks the [Jupyter messaging protocol](https://jupyter-client.readthedocs.io/en/stable/messaging.html) on the
//! client's side. Never looks into a notebook: what a message means for a cell is the caller's affair.

mod channels;
mod event;
mod listening;
mod process;
mod session;
mod spec;
mod start_error;

pub use event::Event;
pub use session::Session;
pub use spec::KernelSpec;
pub use start_error::StartError;
