//! What many timers cost that wait at the same time.

use std::fs;
use std::time::Duration;

use nogil::Timer;

const TIMERS: usize = 100_000;

/// Threads and memory that the pending timers added to the process.
pub(crate) struct PendingTimers {
    threads: usize,
    megabytes: f64,
}

impl PendingTimers {
    pub(crate) fn measure() -> Self {
        let (threads, kilobytes) = (status("Threads:"), status("VmRSS:"));
        let timers: Vec<_> = (0..TIMERS)
            .map(|_| {
                let timer = Timer::new(Duration::from_secs(3600), || ());
                timer.start().unwrap();
                timer
            })
            .collect();
        let measured = PendingTimers {
            threads: status("Threads:").saturating_sub(threads),
            megabytes: status("VmRSS:").saturating_sub(kilobytes) as f64 / 1024.0,
        };
        timers.iter().for_each(Timer::cancel);
        measured
    }
}

impl std::fmt::Display for PendingTimers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let met = if self.threads <= 1 && self.megabytes < 50.0 {
            "met"
        } else {
            "not met"
        };
        write!(
            f,
            "{TIMERS} pending timers: {} thread and {:.0} MB more than before \
             (at most one thread and 50 MB: {met}). CPython has a thread for each.",
            self.threads, self.megabytes
        )
    }
}

/// A number from the process's own status.
fn status(field: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells a process its status");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .expect("a known field");
    line.split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a number")
}
