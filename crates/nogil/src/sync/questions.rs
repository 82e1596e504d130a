//! What the main thread of a notebook does while it waits here: it asks the questions of the others.
//!
//! Under evcxr only the main thread may ask the user (see `input`). While it waits in a monitor it
//! therefore serves two desks: that of the cell in which the monitor was made, and that of the cell
//! in which it waits. Threads that were started in these two cells leave their questions there; for
//! the questions of others, join those threads.

use std::sync::Arc;
use std::time::Instant;

use crate::input::{Desk, Host};

/// The desk of the cell in which a monitor was made.
pub(crate) struct Questions(Arc<Desk>);

impl Questions {
    pub(crate) fn new() -> Self {
        Self(Desk::of_the_crate())
    }

    /// Whether the calling thread has to serve the others' questions while it waits.
    pub(crate) fn are_mine() -> bool {
        Host::asks_for_others()
    }

    /// Waits by `wait`, which blocks until the moment it is given at the latest, until it finds
    /// something or `deadline` passes, and asks in between.
    pub(crate) fn serve_while<R>(
        &self,
        deadline: Option<Instant>,
        wait: impl FnMut(Option<Instant>) -> Option<R>,
    ) -> Option<R> {
        let here = Desk::of_the_crate();
        Desk::serve_while([&*self.0, &*here].into_iter(), deadline, wait)
    }
}
