//! One of the other threads, as whoever stops them sees it.

use std::cell::Cell;
use std::io::Write;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering::SeqCst};

use crate::raw;

use super::SIGNAL;
use super::record::Record;

/// The tasks of the open round.
static TASKS: AtomicPtr<Task> = AtomicPtr::new(ptr::null_mut());

/// A thread that is to stop.
pub(super) struct Task {
    /// The system's number of it.
    pub(super) id: i32,
    /// Where it has stopped; null as long as it has not.
    record: AtomicPtr<Record>,
    /// Whether it is not waited for any more: it has ended, or cannot be stopped.
    pub(super) is_given_up: Cell<bool>,
    /// The name of a thread that cannot be made again in a copy.
    pub(super) left_out: Option<[u8; raw::NAME]>,
}

/// Stores these tasks' addresses for the threads that stop. They must stay where they are while the round is open.
pub(super) fn announce(tasks: *const Task) {
    TASKS.store(tasks.cast_mut(), SeqCst);
}

/// The calling thread, which was let in, stops here.
pub(super) fn note(index: u32, record: &Record) {
    // SAFETY: the round's tasks live while it is open, and the signal carried the index of one.
    let task = unsafe { &*TASKS.load(SeqCst).add(index as usize) };
    task.record.store(ptr::from_ref(record).cast_mut(), SeqCst);
}

impl Task {
    pub(super) fn new(id: i32) -> Self {
        Self {
            id,
            record: AtomicPtr::new(ptr::null_mut()),
            is_given_up: Cell::new(false),
            left_out: None,
        }
    }

    /// Asks the thread to stop in this round, in which it has this place among the tasks. Returns whether it was asked.
    pub(super) fn ask(&self, round: u32, index: usize) -> bool {
        let value = u64::from(round) << 32 | index as u64;
        raw::queue(raw::process_id(), self.id, SIGNAL, value)
    }

    /// What the thread has left where it has stopped.
    pub(super) fn record(&self) -> Option<&Record> {
        // SAFETY: the thread stays there until the round is over, or for ever in a copy, in which it does not exist.
        unsafe { self.record.load(SeqCst).as_ref() }
    }

    /// Whether the thread has yet to stop.
    pub(super) fn is_awaited(&self) -> bool {
        !self.is_given_up.get() && self.record().is_none()
    }

    /// Whether the thread exists.
    pub(super) fn exists(&self) -> bool {
        raw::signal(raw::process_id(), self.id, 0)
    }

    /// Whether the thread does not take the signal.
    pub(super) fn blocks(&self) -> bool {
        let mut buffer = [0; 2048];
        let status = self.read("status", &mut buffer);
        let mask = status
            .split(|byte| *byte == b'\n')
            .find_map(|line| line.strip_prefix(b"SigBlk:\t"))
            .and_then(|mask| u64::from_str_radix(str::from_utf8(mask).ok()?, 16).ok());
        mask.is_some_and(|mask| mask >> (SIGNAL - 1) & 1 == 1)
    }

    /// The name that the system knows the thread by.
    pub(super) fn name(&self) -> [u8; raw::NAME] {
        let mut buffer = [0; raw::NAME];
        self.read("comm", &mut buffer);
        buffer
    }

    /// What the system says of the thread.
    fn read<'a>(&self, file: &str, buffer: &'a mut [u8]) -> &'a [u8] {
        let mut path = [0; 64];
        // It is long enough, and ends with a zero.
        let _ = write!(&mut path[..63], "/proc/self/task/{}/{file}", self.id);
        // SAFETY: the path is a C string; the descriptor is ours.
        unsafe {
            let fd = libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC);
            let count = if fd < 0 { 0 } else { raw::read(fd, buffer) };
            libc::close(fd);
            &buffer[..usize::try_from(count).unwrap_or_default()]
        }
    }
}
