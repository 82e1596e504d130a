//! What a thread inherits from the one that created it.

use super::panicked::{self, Panicked};
use crate::input::Desk;
use crate::random::Seed;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static CURRENT: RefCell<Option<Context>> = const { RefCell::new(None) };
}

/// What a thread inherits: taken when its function is handed over, entered by the thread that runs the function.
///
/// It is bound to the function rather than to the thread that runs it, because in a notebook the two may come from
/// cells with a copy of this crate each, and the function looks into its own copy's thread-locals.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Where its questions to the user go.
    pub(crate) desk: Arc<Desk>,
    /// Whether threads it creates are daemons unless told otherwise.
    pub(crate) daemon: bool,
    pub(crate) seed: Seed,
}

impl Context {
    /// The context for work that the calling thread hands over.
    pub(crate) fn inherit() -> Self {
        let inherited = CURRENT.with_borrow(|current| {
            let current = current.as_ref()?;
            Some((Arc::clone(&current.desk), current.daemon))
        });
        let (desk, daemon) = inherited.unwrap_or_else(|| (Desk::of_the_crate(), false));
        Self {
            desk,
            daemon,
            seed: Seed::derive(),
        }
    }

    /// The context for work of a pool, whose waiters look at `desk`.
    pub(crate) fn at_desk(desk: &Arc<Desk>) -> Self {
        Self {
            desk: Arc::clone(desk),
            daemon: false,
            seed: Seed::derive(),
        }
    }

    /// Runs `function` in this context on the calling thread and catches its panic.
    pub(crate) fn run<T>(self, function: impl FnOnce() -> T) -> Result<T, Panicked> {
        self.seed.plant();
        let outer = CURRENT.replace(Some(self));
        let outcome = panicked::catch(function);
        CURRENT.set(outer);
        outcome
    }
}
