//! What the supervisor and the processes that it watches know together: a page of memory that survives each of them.
//!
//! Only one of the processes runs cells at a time, and only that one writes here, but for a copy that is being made of it;
//! whatever it wrote can still be read when it has crashed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use ferrocell_wire::{Cause, Ended};

use crate::stack::Stack;
use crate::{cell, raw};

/// The page.
pub(crate) struct Shared {
    /// The supervisor.
    pub(crate) supervisor: AtomicI32,
    /// The process that runs cells; zero while there is none.
    pub(crate) worker: AtomicI32,
    /// Whether the copy that was made last has descriptors of its own.
    pub(crate) separated: AtomicU32,
    /// A [`Cause`], as its number.
    cause: AtomicU32,
    /// The signal by which the process is about to end; zero if it does not know of any.
    signal: AtomicI32,
    /// The system's id of the thread that has ended the process while no cell ran; zero if none has.
    culprit: AtomicI32,
    /// Whether a thread is about to end the process.
    is_ending: AtomicBool,
    /// Where the thread was that this signal met.
    pub(crate) stack: Stack,
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
        self.cause.store(Cause::Unknown as u32, Ordering::Relaxed);
        self.signal.store(0, Ordering::Relaxed);
        self.culprit.store(0, Ordering::Relaxed);
        self.is_ending.store(false, Ordering::Relaxed);
        self.stack.clear();
        self.worker.store(process, Ordering::Release);
    }

    /// Whether the calling thread is the first of the process that runs cells which such a signal ends.
    pub(crate) fn ends_by(&self, signal: i32) -> bool {
        let set = Ordering::Relaxed;
        let is_first =
            self.is_worker() && self.signal.compare_exchange(0, signal, set, set).is_ok();
        if is_first {
            self.blame_caller();
        }
        is_first
    }

    /// The calling thread is about to end the process. If no cell runs, nothing but the thread itself is the reason, and it
    /// would do so again in a copy.
    pub(crate) fn blame_caller(&self) {
        if !self.is_worker() {
            return;
        }
        if cell::running() == 0 {
            self.culprit.store(raw::thread_id(), Ordering::Relaxed);
        }
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// Whether a thread is about to end the process, and may hold locks with which nothing can be loaded any more.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// The thread that the next copy has to do without, as the process before called it; zero for none.
    pub(crate) fn culprit(&self) -> i32 {
        self.culprit.load(Ordering::Relaxed)
    }

    /// Whether the calling process is the one that runs cells, and not a child of it.
    pub(crate) fn is_worker(&self) -> bool {
        self.worker.load(Ordering::Acquire) == raw::process_id()
    }

    /// What became of the process that ran cells, of which the system has given this status.
    pub(crate) fn ended(&self, status: i32) -> Ended {
        // What it did in its last moments may have ended by another signal.
        let status = match self.signal.load(Ordering::Relaxed) {
            0 => status,
            signal => signal,
        };
        Ended {
            status,
            cause: Cause::from_number(self.cause.load(Ordering::Relaxed)),
            is_between_cells: self.culprit() != 0,
            call_sites: self.stack.call_sites(),
        }
    }

    /// Records the cause of death.
    pub(crate) fn set_cause(&self, cause: Cause) {
        self.cause.store(cause as u32, Ordering::Relaxed);
    }
}
