//! Who waits for what in a notebook, so that an interrupt of threads that wait for each other can show the ring.
//!
//! Only where a thread can be interrupted is anything noted, and only by threads that have to wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::interrupt;
use crate::schedule::{Blocked, show_ring};
use crate::system;

/// The ident of the thread that has what others wait for; zero if none is known.
#[derive(Debug, Default)]
pub(crate) struct Holder(AtomicU64);

struct Wait {
    ident: u64,
    name: String,
    what: &'static str,
    holder: *const Holder,
}

// SAFETY: a holder outlives the wait for it, which is in the list no longer than that.
unsafe impl Send for Wait {}

static WAITS: Mutex<Vec<Wait>> = Mutex::new(Vec::new());

/// The calling thread waits for something while this lives.
#[derive(Debug)]
pub(crate) struct Waiting<'a>(&'a Holder);

impl Holder {
    /// The calling thread has it.
    #[inline]
    pub(crate) fn hold(&self) {
        self.0.store(system::current_ident(), Ordering::Relaxed);
    }

    /// The calling thread waits for it. Nothing is noted where nobody can interrupt it.
    pub(crate) fn wait(&self, what: &'static str) -> Option<Waiting<'_>> {
        interrupt::can_come().then(|| {
            waits().push(Wait {
                ident: system::current_ident(),
                name: thread::current().name().unwrap_or("main").to_owned(),
                what,
                holder: self,
            });
            Waiting(self)
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let ident = system::current_ident();
        let mut waits = waits();
        let own = |wait: &Wait| wait.ident == ident && std::ptr::eq(wait.holder, self.0);
        // The innermost of its waits.
        if let Some(place) = waits.iter().rposition(own) {
            waits.remove(place);
        }
    }
}

/// Shows the ring in which the calling thread waits, or at whose end it does, if there is one. Only the thread that runs
/// the cell does: an interrupt reaches the others, too.
#[cold]
pub(crate) fn show() {
    if !system::on_main_thread() {
        return;
    }
    let ring = ring(&waits(), system::current_ident());
    if !ring.is_empty() {
        show_ring(&ring);
    }
}

fn waits() -> MutexGuard<'static, Vec<Wait>> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who waits for whom, from a thread on, if that leads into a ring.
fn ring(waits: &[Wait], from: u64) -> Vec<Blocked> {
    let mut found: Vec<(u64, Blocked)> = Vec::new();
    let mut next = from;
    while let Some(wait) = waits.iter().rfind(|wait| wait.ident == next) {
        if found.iter().any(|(ident, _)| *ident == next) {
            return found.into_iter().map(|(_, blocked)| blocked).collect();
        }
        // SAFETY: whoever waits has borrowed it, and is in the list until then.
        let holder = unsafe { &*wait.holder }.0.load(Ordering::Relaxed);
        let held_by = waits.iter().rfind(|wait| wait.ident == holder);
        let blocked = Blocked {
            thread: wait.name.clone(),
            what: wait.what.to_owned(),
            holders: held_by.map(|wait| wait.name.clone()).into_iter().collect(),
        };
        found.push((next, blocked));
        next = holder;
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_found_from_whoever_waits_for_it() {
        let holders = [3, 2, 9].map(|ident| Holder(AtomicU64::new(ident)));
        let wait = |ident, name: &str, holder: &Holder| Wait {
            ident,
            name: name.to_owned(),
            what: "a lock",
            holder,
        };
        let waits = [
            wait(1, "main", &holders[1]),
            wait(2, "Ada", &holders[0]),
            wait(3, "Ben", &holders[1]),
            wait(4, "Eve", &holders[2]),
        ];
        let told = |from| {
            ring(&waits, from)
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let pair = [
            "Ada waits for a lock that Ben holds",
            "Ben waits for a lock that Ada holds",
        ];
        assert_eq!(
            told(1),
            ["main waits for a lock that Ada holds", pair[0], pair[1]]
        );
        assert_eq!(told(2), pair);
        // Who holds what Eve waits for runs, or is not known.
        assert_eq!(told(4), Vec::<String>::new());
        assert_eq!(told(5), Vec::<String>::new());
    }
}
