//! How much memory the user's code may use.
//!
//! The limit is on what a process can write to: what it has mapped for data, its heap and the stacks of its threads. An
//! allocation beyond it fails, and then std ends the process with a message of its own.

use ferrocell_wire::Cause;

use crate::shared;

/// How std's message about a failed allocation begins, which is written in a piece of its own.
const FAILED_ALLOCATION: &[u8] = b"memory allocation of ";

/// Limits this process, and the copies that it makes from now on, to so many bytes.
pub(crate) fn limit(bytes: Option<u64>) {
    let limit = libc::rlimit {
        rlim_cur: bytes.unwrap_or(libc::RLIM_INFINITY),
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the limit is a live variable.
    unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) };
}

/// Looks at what is written to standard error: std says there that an allocation has failed, and then aborts.
pub(crate) fn look_at(message: &[u8]) {
    if message.starts_with(FAILED_ALLOCATION) {
        shared::get().leave_word(Cause::OutOfMemory);
    }
}
