//! What the supervisor and the processes that it watches know together: a page of memory that survives each of them.
//!
//! Only one of the processes runs cells at a time, and only that one writes here; whatever it wrote can still be read when
//! it has crashed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use ferrocell_wire::Cause;

/// The page.
#[derive(Default)]
pub(crate) struct Shared {
    /// The process that runs cells; zero while there is none.
    pub(crate) worker: AtomicI32,
    /// The threads that user code has running there.
    pub(crate) threads: AtomicU32,
    /// A [`Cause`], as its number.
    pub(crate) cause: AtomicU32,
}

static SHARED: OnceLock<&Shared> = OnceLock::new();

/// Makes the page, before the first fork.
pub(crate) fn create() {
    // SAFETY: a new anonymous mapping; zeroes are a valid `Shared`, and a page is larger and better aligned than one.
    SHARED.get_or_init(|| unsafe {
        let address = libc::mmap(
            std::ptr::null_mut(),
            size_of::<Shared>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        assert_ne!(address, libc::MAP_FAILED, "there is memory for one page");
        &*address.cast::<Shared>()
    });
}

/// The page.
pub(crate) fn get() -> &'static Shared {
    SHARED.get().expect("the page is made first")
}

impl Shared {
    /// The calling process is the one that runs cells from now on.
    pub(crate) fn become_worker(&self, process: i32) {
        self.threads.store(0, Ordering::Relaxed);
        self.cause.store(Cause::Unknown as u32, Ordering::Relaxed);
        self.worker.store(process, Ordering::Release);
    }

    /// Leaves word of why the process is about to end.
    pub(crate) fn leave_word(&self, cause: Cause) {
        self.cause.store(cause as u32, Ordering::Relaxed);
    }
}
