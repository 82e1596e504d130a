//! A started process, seen from its parent.

use crate::input::{Desk, Host};
use crate::interrupt;
use crate::thread::ExitGuard;
use crate::time::deadline_after;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::ptr;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

/// The children that may still run, for the end of the program.
static CHILDREN: Mutex<Vec<Arc<Child>>> = Mutex::new(Vec::new());

#[derive(Debug)]
pub(super) struct Child {
    process: Mutex<std::process::Child>,
    pid: u32,
    /// Becomes readable when the process ends, so that a wait can have a time limit.
    ended: OwnedFd,
    daemon: bool,
}

impl Child {
    /// Takes a process that has just been started into the parent's care.
    pub(super) fn adopt(mut process: std::process::Child, daemon: bool) -> io::Result<Arc<Self>> {
        static AT_EXIT: Once = Once::new();
        // SAFETY: the function is valid for the whole run and does not unwind.
        AT_EXIT.call_once(|| unsafe {
            libc::atexit(end_children);
        });
        let ended = match open(process.id()) {
            Ok(ended) => ended,
            Err(error) => {
                // Its owner hears that it was not started, so it must not run.
                process.kill()?;
                process.wait()?;
                return Err(error);
            }
        };
        let child = Arc::new(Self {
            pid: process.id(),
            ended,
            process: Mutex::new(process),
            daemon,
        });
        let mut children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
        children.retain(|child| child.exit_code().is_none());
        children.push(Arc::clone(&child));
        Ok(child)
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Python's exit code: what the process gave, or the negative number of the signal that ended it.
    pub(super) fn exit_code(&self) -> Option<i32> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        // An error means that somebody else has waited for this child, which then has ended without a trace.
        let status = process
            .try_wait()
            .unwrap_or(Some(ExitStatus::from_raw(0)))?;
        status.code().or(status.signal().map(|signal| -signal))
    }

    /// Sends `signal` to a process that has not been waited for: its number cannot be another one's yet.
    pub(super) fn signal(&self, signal: libc::c_int) -> io::Result<()> {
        // SAFETY: the call only takes numbers and a null pointer that stands for a plain signal.
        let sent = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.ended.as_raw_fd(),
                signal,
                ptr::null::<libc::siginfo_t>(),
                0,
            )
        };
        match sent {
            0 => Ok(()),
            _ => match io::Error::last_os_error() {
                error if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
                error => Err(error),
            },
        }
    }

    /// Waits until the process has ended or `timeout` has passed.
    pub(super) fn join(&self, desk: &Desk, timeout: Option<Duration>) {
        Desk::serve_while(std::iter::once(desk), deadline_after(timeout), |until| {
            self.wait(until, interrupt::checkpoint)
        });
    }

    /// Waits for the end, and calls `again` each time that a signal has kept it from that.
    fn wait(&self, until: Option<Instant>, again: fn()) -> Option<i32> {
        loop {
            let patience = until.map(|until| {
                let left = until.saturating_duration_since(Instant::now());
                libc::timespec {
                    tv_sec: left.as_secs() as _,
                    tv_nsec: left.subsec_nanos() as _,
                }
            });
            let limit = patience.as_ref().map_or(ptr::null(), ptr::from_ref);
            let mut end = libc::pollfd {
                fd: self.ended.as_raw_fd(),
                events: libc::POLLIN,
                revents: 0,
            };
            // SAFETY: both pointers are to locals of this call, or null, which stands for no limit.
            unsafe { libc::ppoll(&raw mut end, 1, limit, ptr::null()) };
            let code = self.exit_code();
            if code.is_some() || until.is_some_and(|until| until <= Instant::now()) {
                return code;
            }
            again();
        }
    }
}

fn open(pid: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call only takes numbers.
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, pid as libc::pid_t, 0) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's; the system numbers descriptors by `int`.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor as libc::c_int) })
}

/// At the program's end, daemonic children are terminated and the others waited for.
extern "C" fn end_children() {
    // Threads that are not daemons may start further ones, whichever of the two exit functions comes first.
    ExitGuard::wait_for_all();
    let children = std::mem::take(&mut *CHILDREN.lock().unwrap_or_else(PoisonError::into_inner));
    let (daemons, others): (Vec<_>, Vec<_>) = children.into_iter().partition(|child| child.daemon);
    for child in &daemons {
        if let Err(error) = child.signal(libc::SIGTERM) {
            eprintln!("process {} cannot be terminated: {error}", child.pid);
        }
    }
    for child in &daemons {
        child.wait(None, || ());
    }
    // A notebook's session is ended by its user, who does not wait for what cells left behind.
    if !Host::is_notebook() {
        for child in &others {
            child.wait(None, || ());
        }
    }
}
