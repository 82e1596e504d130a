//! What the operating system knows of a process and its children.
//!
//! See [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).

use std::fs;

/// The sum of one of the memory counters in `/proc/PID/status` over a process and all its descendants, in bytes.
pub(crate) fn memory(root: u32, counter: &str) -> u64 {
    let statuses: Vec<(u32, u32, u64)> = fs::read_dir("/proc")
        .expect("/proc can be read")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        // A process may have ended since.
        .filter_map(|id: u32| Some((id, fs::read_to_string(format!("/proc/{id}/status")).ok()?)))
        .map(|(id, status)| {
            let number = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
            };
            let parent = number("PPid:").and_then(|parent| parent.try_into().ok());
            let kibibytes = number(counter).unwrap_or_default();
            (id, parent.unwrap_or_default(), kibibytes * 1024)
        })
        .collect();
    let mut family = vec![root];
    let mut next = 0;
    while let Some(&parent) = family.get(next) {
        family.extend(
            statuses
                .iter()
                .filter(|status| status.1 == parent)
                .map(|status| status.0),
        );
        next += 1;
    }
    statuses
        .iter()
        .filter(|status| family.contains(&status.0))
        .map(|status| status.2)
        .sum()
}
