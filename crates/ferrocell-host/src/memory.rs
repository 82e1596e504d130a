//! How much memory the user's code may use.
//!
//! The limit is on what a process can write to: what it has mapped for data, its heap and the stacks of its threads. An
//! allocation beyond it fails, and then std ends the process with a message of its own.

use std::cell::Cell;

/// How std's message about a failed allocation begins, which is written in a piece of its own.
const FAILED_ALLOCATION: &[u8] = b"memory allocation of ";

thread_local! {
    static SAID: Cell<Said> = const { Cell::new(Said::Nothing) };
}

/// Limits this process, and the copies that it makes from now on, to so many bytes.
pub(crate) fn limit(bytes: Option<u64>) {
    let limit = libc::rlimit {
        rlim_cur: bytes.unwrap_or(libc::RLIM_INFINITY),
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the limit is a live variable.
    unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) };
}

/// How much the calling thread has written of std's message about a failed allocation.
#[derive(Clone, Copy, Default, PartialEq)]
enum Said {
    #[default]
    Nothing,
    Beginning,
    Size,
    /// Whatever std adds, a backtrace perhaps, it aborts next.
    All,
}

/// Looks at what the calling thread writes to standard error. std says there that an allocation has failed, in three pieces.
/// Others who say so in the same words write them as one, or do not abort in the same cell.
pub(crate) fn look_at(message: &[u8]) {
    let is_number = !message.is_empty() && message.iter().all(u8::is_ascii_digit);
    SAID.set(match SAID.get() {
        Said::All => Said::All,
        _ if message == FAILED_ALLOCATION => Said::Beginning,
        Said::Beginning if is_number => Said::Size,
        Said::Size if message.starts_with(b" bytes failed") => Said::All,
        _ => Said::Nothing,
    });
}

/// Whether the calling thread has said that an allocation has failed. A signal handler may call this.
pub(crate) fn has_failed() -> bool {
    SAID.get() == Said::All
}

/// Forgets what the calling thread has said: it lives on.
pub(crate) fn forget() {
    SAID.set(Said::Nothing);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_std_says_of_a_failed_allocation_counts() {
        let after = |pieces: &[&str]| {
            forget();
            pieces.iter().for_each(|piece| look_at(piece.as_bytes()));
            has_failed()
        };
        assert!(after(&[
            "memory allocation of ",
            "12",
            " bytes failed\n",
            "note: …"
        ]));
        assert!(!after(&["memory allocation of 12 bytes failed\n"]));
        assert!(!after(&["memory allocation of ", "so", " bytes failed\n"]));
        assert!(!after(&[
            "memory allocation of ",
            "12",
            "\n",
            " bytes failed\n"
        ]));
    }
}
