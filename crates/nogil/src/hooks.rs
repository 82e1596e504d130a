//! Whether anything is told where threads of this crate wait and wake: a schedule or a recording.

use std::sync::atomic::{AtomicUsize, Ordering};

static LISTENERS: AtomicUsize = AtomicUsize::new(0);

/// Whether there is a schedule or a recording. If there is none, this is all that it costs.
#[inline]
pub(crate) fn is_active() -> bool {
    LISTENERS.load(Ordering::Relaxed) > 0
}

/// There is one while this lives.
#[derive(Debug)]
pub(crate) struct Active(());

impl Active {
    pub(crate) fn new() -> Self {
        LISTENERS.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::Relaxed);
    }
}
