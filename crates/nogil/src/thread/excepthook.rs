//! `excepthook`: who hears of the panic that ends a thread.

use super::{Panicked, panicked};
use std::sync::{Arc, PoisonError, RwLock};

type Hook = Arc<dyn Fn(&ExceptHookArgs<'_>) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// What an excepthook hears: which thread ended and of what.
///
/// Mirrors [`threading.excepthook`](https://docs.python.org/3/library/threading.html#threading.excepthook)'s `args`.
///
/// ```
/// nogil::set_excepthook(|args| eprintln!("{} gave up: {}", args.thread, args.panicked));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ExceptHookArgs<'a> {
    /// The thread's name.
    pub thread: &'a str,
    /// The panic that ended it.
    pub panicked: &'a Panicked,
}

/// Has `hook` called, on the thread that panicked, for every panic that ends a [`Thread`](crate::Thread) or
/// [`Timer`](crate::Timer).
///
/// The default prints `Exception in thread NAME: message (file:line:column)` on stderr, and nothing when the user of a
/// notebook has interrupted the thread, as Python's says nothing of `SystemExit`. A panic in the hook itself is
/// printed the same way. In a notebook that links this crate once per cell (evcxr), the hook hears of the threads that
/// are created in cells sharing it, that is in the cell that sets it.
///
/// Mirrors assigning to [`threading.excepthook`](https://docs.python.org/3/library/threading.html#threading.excepthook).
///
/// ```
/// use nogil::{Queue, Thread, set_excepthook};
///
/// let heard = Queue::new();
/// let ear = heard.clone();
/// set_excepthook(move |args| {
///     ear.put(format!("{}: {}", args.thread, args.panicked)).expect("the queue is open");
/// });
/// let thread = Thread::builder().name("baker").target(|| panic!("burnt"));
/// thread.start()?;
/// assert_eq!(heard.get()?, "baker: burnt");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn set_excepthook(hook: impl Fn(&ExceptHookArgs<'_>) + Send + Sync + 'static) {
    replace(Some(Arc::new(hook)));
}

/// Goes back to the default hook, which prints.
///
/// Mirrors `threading.excepthook = threading.__excepthook__`.
///
/// ```
/// nogil::set_excepthook(|_| ());
/// nogil::reset_excepthook();
/// ```
pub fn reset_excepthook() {
    replace(None);
}

fn replace(hook: Option<Hook>) {
    let previous = std::mem::replace(
        &mut *HOOK.write().unwrap_or_else(PoisonError::into_inner),
        hook,
    );
    // Dropped here, without the lock: the user's hook may own something whose destructor calls this again.
    drop(previous);
}

/// Tells the hook that the calling thread, named `thread`, has panicked.
pub(super) fn call(thread: &str, panicked: &Panicked) {
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(hook) = hook else {
        return panicked.report(format_args!("Exception in thread {thread}"));
    };
    let args = ExceptHookArgs { thread, panicked };
    if let Err(panicked) = panicked::catch(|| hook(&args)) {
        panicked.report(format_args!("Exception in excepthook of thread {thread}"));
    }
}
