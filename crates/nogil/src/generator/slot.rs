//! The single slot through which a generator and its body hand values to each other.
//!
//! # Why this is sound
//!
//! The slot has a *turn*, which says which of its two ends may touch its cell. An end reads or
//! writes the cell only while it holds the turn, and its last act is to pass the turn on, so the
//! cell is never touched by both. Passing on is a release store and looking is an acquire load:
//! what one end wrote, the other sees, on whatever threads they are. There is exactly one value of
//! each end ([`slot`] makes the pair, neither is `Clone`) and all their methods take `&mut self`,
//! so no end races with itself, and no read-modify-write instruction is needed.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Outgoing, Reply};

struct Slot<Y, S> {
    callers_turn: AtomicBool,
    cell: UnsafeCell<Cargo<Y, S>>,
}

enum Cargo<Y, S> {
    Nothing,
    Outgoing(Outgoing<Y>),
    Reply(Reply<S>),
}

// SAFETY: a shared slot is only reached through its two ends, which exclude each other by turns
// (see above). The values in it may be taken by another thread than the one that put them there,
// hence `Send`.
unsafe impl<Y: Send, S: Send> Sync for Slot<Y, S> {}

/// The end of the caller, who hands in replies and takes what the body left.
pub(super) struct CallerEnd<Y, S>(Arc<Slot<Y, S>>);

/// The end of the body, which puts what it yields and takes replies.
pub(super) struct BodyEnd<Y, S>(Arc<Slot<Y, S>>);

/// Makes a slot. The first turn is the caller's.
pub(super) fn slot<Y, S>() -> (CallerEnd<Y, S>, BodyEnd<Y, S>) {
    let slot = Arc::new(Slot {
        callers_turn: AtomicBool::new(true),
        cell: UnsafeCell::new(Cargo::Nothing),
    });
    (CallerEnd(slot.clone()), BodyEnd(slot))
}

impl<Y, S> CallerEnd<Y, S> {
    /// Passes the turn to the body, with a reply unless the body has not been started.
    #[inline]
    pub(super) fn hand_in(&mut self, reply: Option<Reply<S>>) {
        assert!(
            self.0.callers_turn.load(Ordering::Acquire),
            "the body has not suspended itself"
        );
        let cargo = reply.map_or(Cargo::Nothing, Cargo::Reply);
        // SAFETY: it is the caller's turn, and `self` is the only caller's end.
        let _previous = unsafe { std::mem::replace(&mut *self.0.cell.get(), cargo) };
        self.0.callers_turn.store(false, Ordering::Release);
    }

    /// Takes what the body left, or `None` if it left nothing since the last hand-in.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Outgoing<Y>> {
        if !self.0.callers_turn.load(Ordering::Acquire) {
            return None;
        }
        // SAFETY: it is the caller's turn, and `self` is the only caller's end.
        match unsafe { std::mem::replace(&mut *self.0.cell.get(), Cargo::Nothing) } {
            Cargo::Outgoing(outgoing) => Some(outgoing),
            Cargo::Nothing | Cargo::Reply(_) => None,
        }
    }
}

impl<Y, S> BodyEnd<Y, S> {
    /// Whether the body may call [`put`](Self::put) or [`take`](Self::take) with success.
    #[inline]
    pub(super) fn has_turn(&self) -> bool {
        !self.0.callers_turn.load(Ordering::Acquire)
    }

    /// Leaves something for the caller and passes it the turn.
    ///
    /// A reply that nobody took belonged to a yield that was abandoned (its future was dropped). A
    /// value is then dropped with it, but an exception must not get lost: it goes out in place
    /// of `outgoing`.
    ///
    /// # Panics
    ///
    /// If it is not the body's turn.
    #[inline]
    pub(super) fn put(&mut self, outgoing: Outgoing<Y>) {
        assert!(self.has_turn(), "the caller has not resumed the body");
        // SAFETY: it is the body's turn, and `self` is the only body's end.
        let cell = unsafe { &mut *self.0.cell.get() };
        let outgoing = match std::mem::replace(cell, Cargo::Nothing) {
            Cargo::Reply(Err(exception)) => Outgoing::Raised(exception),
            _ => outgoing,
        };
        *cell = Cargo::Outgoing(outgoing);
        self.0.callers_turn.store(true, Ordering::Release);
    }

    /// Takes the caller's reply, if there is one.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Reply<S>> {
        if !self.has_turn() {
            return None;
        }
        // SAFETY: it is the body's turn, and `self` is the only body's end.
        match unsafe { std::mem::replace(&mut *self.0.cell.get(), Cargo::Nothing) } {
            Cargo::Reply(reply) => Some(reply),
            Cargo::Nothing | Cargo::Outgoing(_) => None,
        }
    }
}
