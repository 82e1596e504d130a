//! Whether threads that were started before exist in this process.

use crate::system;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between this process and the one that has asked first: after each, only the thread that called
/// `fork(3)` goes on. The process's id does not tell that: a kernel may go on with a copy of its process that has all
/// threads.
pub(crate) fn forks() -> u32 {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        unsafe extern "C" fn count() {
            FORKS.fetch_add(1, Ordering::Relaxed);
        }
        system::in_forks(count);
    });
    FORKS.load(Ordering::Relaxed)
}
