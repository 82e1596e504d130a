//! The part of a thread that every handle looks at: what it is called, whether it runs, and the wait for its end.

use super::ThreadError;
use crate::input::Desk;
use crate::schedule;
use crate::sync::monitor::Monitor;
use crate::system;
use crate::time::deadline_after;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// Whoever joins waits for this.
const NOT_RUNNING: usize = 0;

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

pub(super) struct Lifecycle {
    phase: Monitor<Phase>,
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
            phase: Monitor::new(Phase::Initial, &["a thread"]),
            name: match (name, schedule::place()) {
                (Some(name), _) => Name::Given(name.into()),
                (None, Some(place)) => Name::Numbered(place.next_number()),
                (None, None) => Name::Numbered(NUMBER.fetch_add(1, Ordering::Relaxed)),
            },
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
        let phase = self.phase.enter();
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

    /// Notes that the calling thread is the one whose end is waited for.
    pub(super) fn take_up(&self) {
        self.identify(system::current_ident());
        self.phase.tell_held(NOT_RUNNING, false);
    }

    pub(super) fn is_alive(&self) -> bool {
        *self.phase.enter() == Phase::Started
    }

    pub(super) fn start(&self) -> Result<(), ThreadError> {
        let mut phase = self.phase.enter();
        if *phase != Phase::Initial {
            return Err(ThreadError::AlreadyStarted);
        }
        *phase = Phase::Started;
        Ok(())
    }

    /// Takes a start back for which the system had no thread.
    pub(super) fn unstart(&self) {
        self.leave_running(Phase::Initial);
    }

    pub(super) fn stop(&self) {
        self.leave_running(Phase::Stopped);
    }

    fn leave_running(&self, next: Phase) {
        let mut phase = self.phase.enter();
        *phase = next;
        phase.leave_notifying(NOT_RUNNING, usize::MAX);
    }

    /// Waits until the thread has stopped or `timeout` has passed.
    pub(super) fn join(&self, timeout: Option<Duration>) -> Result<(), ThreadError> {
        if self.ident() == Some(system::current_ident()) && self.is_alive() {
            return Err(ThreadError::CurrentThread);
        }
        let running = |phase: &mut Phase| *phase == Phase::Started;
        let left = Desk::serve_while(
            std::iter::once(&*self.desk),
            deadline_after(timeout),
            |until| {
                let phase = self.phase.enter().wait_until(NOT_RUNNING, until, running)?;
                Some(*phase)
            },
        );
        match left {
            Some(Phase::Initial) => Err(ThreadError::NotStarted),
            _ => Ok(()),
        }
    }
}

/// As Python shows a thread: `<Thread(Thread-1, started daemon 139…)>`.
impl fmt::Display for Lifecycle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match *self.phase.enter() {
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
