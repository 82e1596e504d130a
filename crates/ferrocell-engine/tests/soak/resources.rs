//! What a process holds: descriptors, memory, child processes.

use std::path::Path;
use std::{fmt, fs};

/// What this process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    /// Open descriptors.
    pub(crate) descriptors: usize,
    /// Resident memory in KiB.
    pub(crate) resident: usize,
    /// Child processes.
    pub(crate) children: usize,
}

impl Resources {
    /// Measures.
    pub(crate) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("a process has a status");
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|size| size.trim().strip_suffix(" kB")?.parse().ok())
            .expect("the status names the resident memory");
        let own = std::process::id().to_string();
        Self {
            descriptors: fs::read_dir("/proc/self/fd")
                .expect("a process has descriptors")
                .count(),
            resident,
            children: processes()
                .filter(|process| parent(process).is_some_and(|parent| parent == own))
                .count(),
        }
    }
}

impl fmt::Display for Resources {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            descriptors,
            resident,
            children,
        } = self;
        write!(out, "{descriptors}, {resident}, {children}")
    }
}

/// The processes that were started with a word that contains this path.
pub(crate) fn processes_of(path: &Path) -> Vec<String> {
    let path = path.to_string_lossy();
    let is_meant = |process: &String| {
        let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(&*path)
    };
    processes().filter(is_meant).collect()
}

fn processes() -> impl Iterator<Item = String> {
    let entries = fs::read_dir("/proc").expect("Linux has /proc");
    entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
}

fn parent(process: &str) -> Option<String> {
    // The name of the program, which may contain anything, ends with the last parenthesis.
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, behind) = stat.rsplit_once(") ")?;
    behind.split(' ').nth(1).map(str::to_owned)
}
