//! Waiting in tests for what other threads do.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// Waits until `count` threads are blocked in `handle`, which its debug output tells.
pub(crate) fn until_waiting(count: usize, handle: &impl Debug) {
    let waiting = format!("waiting: {count} }}");
    let patience = Instant::now() + Duration::from_secs(60);
    while !format!("{handle:?}").ends_with(&waiting) {
        assert!(Instant::now() < patience, "{count} should wait: {handle:?}");
        thread::yield_now();
    }
}
