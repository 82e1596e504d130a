//! The questions that the program waits on.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::language::RequestId;

/// The open questions of a session, so that they can be withdrawn when its program is gone. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Questions {
    open: Arc<Mutex<HashSet<RequestId>>>,
}

impl Questions {
    pub(super) fn asked(&self, request: RequestId) {
        self.lock().insert(request);
    }

    pub(super) fn answered(&self, request: RequestId) {
        self.lock().remove(&request);
    }

    /// All that are open; from now on none is.
    pub(super) fn take(&self) -> HashSet<RequestId> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<RequestId>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
