//! Standard output, of which std keeps the start of an unfinished line.

use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a cell waits at its end for a thread that prints.
const PATIENCE: Duration = Duration::from_millis(20);
/// Whether a thread waits for standard output to pass on what a cell has left there.
static IS_PENDING: AtomicBool = AtomicBool::new(false);

/// Passes on what std still buffers.
pub fn flush() {
    // Writing ends in the host, which does not fail.
    let _ = io::stdout().flush();
}

/// [`flush`], at the end of a cell, which does not wait for a thread that keeps standard output to itself.
pub(crate) fn flush_at_end() {
    if is_only_thread() {
        return flush();
    }
    if IS_PENDING.swap(true, Ordering::Relaxed) {
        return;
    }
    let (sender, flushed) = mpsc::channel();
    let flushing = thread::Builder::new().spawn(move || {
        flush();
        IS_PENDING.store(false, Ordering::Relaxed);
        // The cell may have ended.
        let _ = sender.send(());
    });
    match flushing {
        Ok(thread) if flushed.recv_timeout(PATIENCE).is_ok() => {
            // It was only to flush.
            let _ = thread.join();
        }
        Ok(_) => {}
        Err(_) => {
            IS_PENDING.store(false, Ordering::Relaxed);
            flush();
        }
    }
}

/// Whether the process has no other thread.
fn is_only_thread() -> bool {
    // The folder has two names beside those of its own folders, one for each thread.
    std::fs::metadata("/proc/self/task").is_ok_and(|folder| folder.nlink() == 3)
}

/// [`flush`], for the host to find by name and call before it asks a question.
#[unsafe(no_mangle)]
extern "C" fn ferrocell_flush() {
    flush();
}
