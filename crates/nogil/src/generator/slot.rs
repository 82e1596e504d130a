//! The single slot through which a suspended body and its caller hand values to each other.
//!
//! # Why this is sound
//!
//! The state says two things: whose *turn* it is, the caller's or the body's, and which field of
//! the cargo is filled. A side touches the cargo only during its own turn, and its last act is to
//! pass the turn on, so the two sides never touch it at the same time. Passing on is a release
//! store and looking is an acquire load: what one side wrote, the other sees, whatever threads they
//! are on. No side races with itself, because each acts through one value by `&mut` ([`CallerEnd`]
//! and [`BodyEnd`], made in a pair and not `Clone`). Hence no read-modify-write instruction is
//! needed, and a hand-over costs a plain store and a plain load.
//!
//! The fields are a union and not an enum so that the tag is the atomic state itself: a value is
//! written once and read once, and never moved together with a tag.

use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering;
use std::task::Poll;

use super::half::{Half, halves};
use super::{Exception, Step, Stop};
use crate::sync::primitives::{AtomicU8, UnsafeCell};

/// The caller's turn, nothing in the slot.
const CALLER: u8 = 0;
/// The caller's turn, `yielded` is filled.
const YIELDED: u8 = 1;
/// The caller's turn, `exception` is filled.
const RAISED: u8 = 2;
/// The body's turn, nothing in the slot.
const BODY: u8 = 3;
/// The body's turn, `sent` is filled.
const SENT: u8 = 4;
/// The body's turn, `exception` is filled.
const THROWN: u8 = 5;

/// See the module's page.
pub(crate) struct Slot<Y, S> {
    state: AtomicU8,
    cargo: UnsafeCell<Cargo<Y, S>>,
}

union Cargo<Y, S> {
    nothing: (),
    yielded: ManuallyDrop<Y>,
    sent: ManuallyDrop<S>,
    exception: ManuallyDrop<Exception>,
}

// SAFETY: whoever shares a slot acts in turns (see the module's page). What one side put in, the
// other may take on another thread, hence `Send`.
unsafe impl<Y: Send, S: Send> Sync for Slot<Y, S> {}

impl<Y, S> Slot<Y, S> {
    /// An empty slot. The first turn is the caller's.
    #[inline]
    pub(crate) fn new() -> Self {
        Slot {
            state: AtomicU8::new(CALLER),
            cargo: UnsafeCell::new(Cargo { nothing: () }),
        }
    }

    /// Passes the turn to the body, with nothing.
    ///
    /// # Panics
    ///
    /// If the caller has not got the turn back since it last passed it, or has not collected what
    /// came with it.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the caller meanwhile.
    #[inline]
    pub(crate) unsafe fn start(&self) {
        self.assert_callers();
        self.pass(BODY);
    }

    /// Passes the turn to the body, with a value.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start) does.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the caller meanwhile.
    #[inline]
    pub(crate) unsafe fn send(&self, value: S) {
        self.assert_callers();
        // SAFETY: it is the caller's turn and the slot is empty.
        unsafe { self.put(|cargo| &raw mut (*cargo).sent, value, SENT) };
    }

    /// Passes the turn to the body, with an exception.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start) does.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the caller meanwhile.
    pub(crate) unsafe fn throw(&self, exception: Exception) {
        self.assert_callers();
        // SAFETY: it is the caller's turn and the slot is empty.
        unsafe { self.put(|cargo| &raw mut (*cargo).exception, exception, THROWN) };
    }

    #[inline]
    fn assert_callers(&self) {
        assert!(
            self.state.load(Ordering::Acquire) == CALLER,
            "the body is not suspended"
        );
    }

    /// Takes what the body left, if it has passed the turn.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the caller meanwhile.
    #[inline]
    pub(crate) unsafe fn collect<R>(&self) -> Option<Step<Y, R>> {
        // SAFETY: in both states it is the caller's turn, and the state names the filled field.
        let step = unsafe {
            match self.state.load(Ordering::Acquire) {
                YIELDED => Ok(ManuallyDrop::take(&mut (*self.cargo.get()).yielded)),
                RAISED => Err(Stop::Raised(ManuallyDrop::take(
                    &mut (*self.cargo.get()).exception,
                ))),
                _ => return None,
            }
        };
        self.state.store(CALLER, Ordering::Relaxed);
        Some(step)
    }

    /// Polls a yield: leaves `value` for the caller and then waits for what the caller hands in.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the body meanwhile.
    #[inline]
    pub(crate) unsafe fn exchange(&self, value: &mut Option<Y>) -> Poll<Result<S, Exception>> {
        // SAFETY: the same demand; each field belongs to the state it is named with.
        let reply = unsafe {
            if self.leave(value, YIELDED, |cargo| &raw mut (*cargo).yielded) {
                return Poll::Pending;
            }
            match self.state.load(Ordering::Acquire) {
                SENT => Ok(ManuallyDrop::take(&mut (*self.cargo.get()).sent)),
                THROWN => Err(ManuallyDrop::take(&mut (*self.cargo.get()).exception)),
                _ => return Poll::Pending,
            }
        };
        self.state.store(BODY, Ordering::Relaxed);
        Poll::Ready(reply)
    }

    /// Polls a yield that catches nothing: an exception goes straight back to the caller, who then
    /// drops the body.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the body meanwhile.
    #[inline]
    pub(crate) unsafe fn exchange_or_raise(&self, value: &mut Option<Y>) -> Poll<S> {
        // SAFETY: the same demand; each field belongs to the state it is named with.
        let sent = unsafe {
            if self.leave(value, YIELDED, |cargo| &raw mut (*cargo).yielded) {
                return Poll::Pending;
            }
            match self.state.load(Ordering::Acquire) {
                SENT => ManuallyDrop::take(&mut (*self.cargo.get()).sent),
                THROWN => {
                    self.pass(RAISED);
                    return Poll::Pending;
                }
                _ => return Poll::Pending,
            }
        };
        self.state.store(BODY, Ordering::Relaxed);
        Poll::Ready(sent)
    }

    /// Polls a raise: leaves `exception` for the caller, who then drops the body.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the body meanwhile.
    pub(crate) unsafe fn raise(&self, exception: &mut Option<Exception>) {
        // SAFETY: the same demand; the field belongs to the state.
        unsafe { self.leave(exception, RAISED, |cargo| &raw mut (*cargo).exception) };
    }

    /// Leaves something for the caller, if there is something left to leave, and says so. It stays
    /// where it is for another time if the body has not got the turn.
    ///
    /// # Safety
    ///
    /// Nobody else acts as the body meanwhile, and `field` is the one of this slot that `filled`
    /// names.
    #[inline]
    unsafe fn leave<T>(
        &self,
        what: &mut Option<T>,
        filled: u8,
        field: impl FnOnce(*mut Cargo<Y, S>) -> *mut ManuallyDrop<T>,
    ) -> bool {
        // Looked at before it is taken: with nothing to leave, nothing is written.
        let Some(taken) = what.take_if(|_| true) else {
            return false;
        };
        match self.state.load(Ordering::Acquire) {
            // SAFETY: it is the body's turn and the slot is empty.
            BODY => unsafe { self.put(field, taken, filled) },
            // SAFETY: the same demands.
            state => unsafe {
                *what = Some(taken);
                self.leave_late(state, what, filled, field);
            },
        }
        true
    }

    /// Leaves something although an earlier yield was abandoned (its future was dropped after a
    /// poll).
    ///
    /// That yield has happened nevertheless, so what comes now waits for its own turn. When the
    /// caller replies to an abandoned yield, a value is dropped, but an exception must not get
    /// lost: it goes back in place of what would have been left.
    ///
    /// # Safety
    ///
    /// As for [`leave`](Self::leave).
    #[cold]
    unsafe fn leave_late<T>(
        &self,
        state: u8,
        what: &mut Option<T>,
        filled: u8,
        field: impl FnOnce(*mut Cargo<Y, S>) -> *mut ManuallyDrop<T>,
    ) {
        match state {
            SENT => {
                // SAFETY: it is the body's turn, and the state names the filled field.
                let unclaimed = unsafe { ManuallyDrop::take(&mut (*self.cargo.get()).sent) };
                self.state.store(BODY, Ordering::Relaxed);
                // SAFETY: the same demands.
                unsafe { self.leave(what, filled, field) };
                // A destructor may do anything, so it runs when the slot is in order.
                drop(unclaimed);
            }
            THROWN => self.pass(RAISED),
            _ => {}
        }
    }

    /// Fills an empty slot and passes the turn.
    ///
    /// # Safety
    ///
    /// `field` is the one of this slot that `filled` names, the slot is empty, and the acting side
    /// has the turn.
    #[inline]
    unsafe fn put<T>(
        &self,
        field: impl FnOnce(*mut Cargo<Y, S>) -> *mut ManuallyDrop<T>,
        what: T,
        filled: u8,
    ) {
        // SAFETY: the field is valid, this side has it for itself, and nothing in it has to be
        // dropped.
        unsafe { field(self.cargo.get()).write(ManuallyDrop::new(what)) };
        self.pass(filled);
    }

    #[inline]
    fn pass(&self, state: u8) {
        self.state.store(state, Ordering::Release);
    }
}

impl<Y, S> Drop for Slot<Y, S> {
    fn drop(&mut self) {
        // SAFETY: the state names the filled field, and nobody looks at it after this.
        unsafe {
            match self.state.load(Ordering::Relaxed) {
                YIELDED => ManuallyDrop::drop(&mut (*self.cargo.get()).yielded),
                SENT => ManuallyDrop::drop(&mut (*self.cargo.get()).sent),
                RAISED | THROWN => ManuallyDrop::drop(&mut (*self.cargo.get()).exception),
                _ => {}
            }
        }
    }
}

/// The caller's end of a shared slot.
pub(super) struct CallerEnd<Y, S>(Half<Slot<Y, S>>);

/// The body's end of a shared slot.
pub(super) struct BodyEnd<Y, S>(Half<Slot<Y, S>>);

/// Makes a shared slot.
pub(super) fn slot<Y, S>() -> (CallerEnd<Y, S>, BodyEnd<Y, S>) {
    let (callers, bodys) = halves(Slot::new());
    (CallerEnd(callers), BodyEnd(bodys))
}

impl<Y, S> CallerEnd<Y, S> {
    #[inline]
    pub(super) fn start(&mut self) {
        // SAFETY: this is the only caller's end, and it is borrowed mutably.
        unsafe { self.0.start() };
    }

    #[inline]
    pub(super) fn send(&mut self, value: S) {
        // SAFETY: this is the only caller's end, and it is borrowed mutably.
        unsafe { self.0.send(value) };
    }

    pub(super) fn throw(&mut self, exception: Exception) {
        // SAFETY: this is the only caller's end, and it is borrowed mutably.
        unsafe { self.0.throw(exception) };
    }

    #[inline]
    pub(super) fn collect<R>(&mut self) -> Option<Step<Y, R>> {
        // SAFETY: this is the only caller's end, and it is borrowed mutably.
        unsafe { self.0.collect() }
    }
}

impl<Y, S> BodyEnd<Y, S> {
    #[inline]
    pub(super) fn exchange(&mut self, value: &mut Option<Y>) -> Poll<Result<S, Exception>> {
        // SAFETY: this is the only body's end, and it is borrowed mutably.
        unsafe { self.0.exchange(value) }
    }

    #[inline]
    pub(super) fn exchange_or_raise(&mut self, value: &mut Option<Y>) -> Poll<S> {
        // SAFETY: this is the only body's end, and it is borrowed mutably.
        unsafe { self.0.exchange_or_raise(value) }
    }

    pub(super) fn raise(&mut self, exception: &mut Option<Exception>) {
        // SAFETY: this is the only body's end, and it is borrowed mutably.
        unsafe { self.0.raise(exception) };
    }
}
