//! The part of a thread that every handle looks at: what it is called, whether it runs, and the wait for its end.

use super::ThreadError;
use crate::input::Desk;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Initial,
    Started,
    Stopped,
}

/// How a thread is called: by its creator's choice, or by its number.
#[derive(Debug)]
enum Name {
    Given(Box<str>),
    Numbered(usize),
}

#[derive(Debug)]
pub(super) struct Lifecycle {
    phase: Mutex<Phase>,
    stopped: Condvar,
    name: Name,
    daemon: AtomicBool,
    /// Zero until a thread has taken the function up.
    ident: AtomicU64,
    desk: Arc<Desk>,
}

impl Lifecycle {
    pub(super) fn new(name: Option<String>, daemon: bool, desk: Arc<Desk>) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(1);
        Self {
            phase: Mutex::new(Phase::Initial),
            stopped: Condvar::new(),
            name: name.map_or_else(
                || Name::Numbered(NUMBER.fetch_add(1, Ordering::Relaxed)),
                |name| Name::Given(name.into()),
            ),
            daemon: AtomicBool::new(daemon),
            ident: AtomicU64::new(0),
            desk,
        }
    }

    pub(super) fn name(&self) -> String {
        match &self.name {
            Name::Given(name) => name.to_string(),
            Name::Numbered(number) => format!("Thread-{number}"),
        }
    }

    pub(super) fn daemon(&self) -> bool {
        self.daemon.load(Ordering::Relaxed)
    }

    pub(super) fn set_daemon(&self, daemon: bool) -> Result<(), ThreadError> {
        let phase = self.phase();
        if *phase != Phase::Initial {
            return Err(ThreadError::Active);
        }
        self.daemon.store(daemon, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn ident(&self) -> Option<u64> {
        Some(self.ident.load(Ordering::Relaxed)).filter(|ident| *ident != 0)
    }

    /// Notes which thread has taken the function up.
    pub(super) fn identify(&self, ident: u64) {
        self.ident.store(ident, Ordering::Relaxed);
    }

    pub(super) fn is_alive(&self) -> bool {
        *self.phase() == Phase::Started
    }

    pub(super) fn start(&self) -> Result<(), ThreadError> {
        let mut phase = self.phase();
        if *phase != Phase::Initial {
            return Err(ThreadError::AlreadyStarted);
        }
        *phase = Phase::Started;
        Ok(())
    }

    /// Takes a start back for which the system had no thread.
    pub(super) fn unstart(&self) {
        *self.phase() = Phase::Initial;
    }

    pub(super) fn stop(&self) {
        *self.phase() = Phase::Stopped;
        self.stopped.notify_all();
    }

    /// Waits until the thread has stopped or `timeout` has passed.
    pub(super) fn join(&self, timeout: Option<Duration>) -> Result<(), ThreadError> {
        if *self.phase() == Phase::Initial {
            return Err(ThreadError::NotStarted);
        }
        if self.ident() == Some(current_ident()) && self.is_alive() {
            return Err(ThreadError::CurrentThread);
        }
        // A timeout beyond what the clock can count is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Desk::serve_while(std::iter::once(&*self.desk), deadline, |until| {
            self.wait_until(until)
        });
        Ok(())
    }

    fn wait_until(&self, until: Option<Instant>) -> Option<()> {
        let started = |phase: &mut Phase| *phase == Phase::Started;
        let phase = match until {
            None => self.stopped.wait_while(self.phase(), started),
            Some(until) => {
                let patience = until.saturating_duration_since(Instant::now());
                self.stopped
                    .wait_timeout_while(self.phase(), patience, started)
                    .map(|(phase, _)| phase)
                    .map_err(|error| PoisonError::new(error.into_inner().0))
            }
        };
        (*phase.unwrap_or_else(PoisonError::into_inner) == Phase::Stopped).then_some(())
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As Python shows a thread: `<Thread(Thread-1, started daemon 139…)>`.
impl fmt::Display for Lifecycle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match *self.phase() {
            Phase::Initial => "initial",
            Phase::Started => "started",
            Phase::Stopped => "stopped",
        };
        let daemon = if self.daemon() { " daemon" } else { "" };
        write!(formatter, "({}, {phase}{daemon}", self.name())?;
        if let Some(ident) = self.ident() {
            write!(formatter, " {ident}")?;
        }
        formatter.write_str(")")
    }
}

/// The calling thread's ident.
pub(super) fn current_ident() -> u64 {
    // SAFETY: the call only returns the caller's own handle and cannot fail.
    unsafe { libc::pthread_self() }
}
