//! The threads that work for cells, in a list that a signal handler may read.
//!
//! An entry, once made, is there for good and serves one thread after the other, so nobody who reads the list can meet a
//! freed one.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use crate::raw;

static FIRST: AtomicPtr<Entry> = AtomicPtr::new(std::ptr::null_mut());

thread_local! {
    /// The calling thread's entry, if it has one.
    static OWN: Cell<Option<&'static Entry>> = const { Cell::new(None) };
}

struct Entry {
    /// The system's id of the thread; zero while the entry is free.
    thread: AtomicI32,
    /// The C library's handle of it.
    handle: AtomicUsize,
    /// Zero for a shared thread that has not said for which cell it works.
    cell: AtomicU64,
    next: Option<&'static Entry>,
}

/// Keeps the calling thread in the list until this is dropped.
pub(crate) struct Registered(&'static Entry);

/// Puts the calling thread into the list.
pub(crate) fn register() -> Registered {
    let thread = raw::thread_id();
    let entry = entries().find(|entry| entry.claim(thread));
    let entry = entry.unwrap_or_else(|| add(thread));
    // SAFETY: pthread_self has no preconditions.
    let handle = unsafe { libc::pthread_self() };
    entry.handle.store(handle as usize, Ordering::Relaxed);
    OWN.set(Some(entry));
    note(0);
    Registered(entry)
}

/// Writes down that the calling thread works for `cell`, if it is in the list.
pub(crate) fn note(cell: u64) {
    if let Some(entry) = OWN.get() {
        // Until now a signal for this cell passes the thread by. Whoever sends it repeats it.
        entry.cell.store(cell, Ordering::Relaxed);
    }
}

impl Entry {
    fn claim(&self, thread: i32) -> bool {
        // Looking is cheaper than trying, and most entries are taken.
        self.thread.load(Ordering::Relaxed) == 0
            && self
                .thread
                .compare_exchange(0, thread, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        OWN.set(None);
        self.0.thread.store(0, Ordering::Relaxed);
    }
}

/// Writes down the calling thread's new id: it goes on in a copy of the process in which it had another.
pub(crate) fn renumber() {
    if let Some(entry) = OWN.get() {
        entry.thread.store(raw::thread_id(), Ordering::Relaxed);
    }
}

/// Frees the entry of a thread that is not in this copy of the process; its handle, if it had an entry.
pub(crate) fn lose(thread: i32) -> Option<usize> {
    let entry = entries().find(|entry| entry.thread.load(Ordering::Relaxed) == thread)?;
    entry.thread.store(0, Ordering::Relaxed);
    Some(entry.handle.load(Ordering::Relaxed))
}

/// Sends a signal to all threads that work for `cell`, and to those of which only their own stack tells. A signal handler
/// may call this.
pub(crate) fn signal(cell: u64, signal: libc::c_int) {
    for entry in entries().filter(|entry| [0, cell].contains(&entry.cell.load(Ordering::Relaxed))) {
        match entry.thread.load(Ordering::Relaxed) {
            0 => {}
            thread => {
                raw::signal(raw::process_id(), thread, signal);
            }
        }
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    std::iter::successors(first(FIRST.load(Ordering::Acquire)), |entry| entry.next)
}

fn first(address: *mut Entry) -> Option<&'static Entry> {
    // SAFETY: whatever was in `FIRST` is null or a leaked box, which nobody changes but through its atomics.
    unsafe { address.as_ref() }
}

fn add(thread: i32) -> &'static Entry {
    let entry = Box::leak(Box::new(Entry {
        thread: AtomicI32::new(thread),
        handle: AtomicUsize::new(0),
        cell: AtomicU64::new(0),
        next: None,
    }));
    let mut behind = FIRST.load(Ordering::Acquire);
    loop {
        entry.next = first(behind);
        match FIRST.compare_exchange_weak(behind, entry, Ordering::Release, Ordering::Acquire) {
            Ok(_) => return entry,
            Err(newer) => behind = newer,
        }
    }
}
