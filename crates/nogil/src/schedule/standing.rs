//! What the system says of a thread: on Linux, what it waits for; elsewhere, nothing.

/// How a thread of this process stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It runs, or would if there was a core, or is gone.
    Running,
    /// It sleeps, and will wake by itself or by somebody outside: it reads, or waits for a time.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux tells")
    )]
    Sleeping,
    /// It sleeps until another thread wakes it.
    Blocked,
}

/// How the thread with this number stands.
#[cfg(target_os = "linux")]
pub(super) fn standing(thread: i32) -> Standing {
    let read = |file| {
        std::fs::read_to_string(format!("/proc/self/task/{thread}/{file}")).unwrap_or_default()
    };
    let stat = read("stat");
    // Behind the name, which may hold anything.
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest);
    if !state.is_some_and(|state| state.starts_with(['S', 'D'])) {
        return Standing::Running;
    }
    // The call's number and its arguments, of which a futex's fourth is the time limit.
    let call = read("syscall");
    let mut words = call.split(' ');
    let is_futex = words.next() == Some(&*libc::SYS_futex.to_string());
    let is_untimed = words.nth(3) == Some("0x0");
    // Some systems do not tell the call, but in which of the kernel's functions the thread is.
    let is_blocked = if call.is_empty() {
        read("wchan").starts_with("futex")
    } else {
        is_futex && is_untimed
    };
    if is_blocked {
        Standing::Blocked
    } else {
        Standing::Sleeping
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn standing(_: i32) -> Standing {
    Standing::Running
}
