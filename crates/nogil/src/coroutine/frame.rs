//! Where a coroutine and the leaf it is suspended at meet: a frame on the driver's stack, reached
//! through the waker.
//!
//! # Why this is sound
//!
//! A frame lives for one poll. The waker of that poll carries its address; [`Frame::find`] gives it
//! back, after these questions, for no longer than the waker is borrowed.
//!
//! - *Is it a frame?* The waker must have [`VTABLE`], which only [`Frame::poll`] puts on a waker.
//!   Statics have addresses of their own, and no constant can pass for this one, because its
//!   functions lead to a private static.
//! - *Does it still live?* A clone of the waker may outlive the poll, so a clone carries nothing
//!   and has another table.
//! - *May this thread touch it?* `&Waker` can be lent to another thread during the poll, so the
//!   frame notes its own thread. On one thread, everything between driver and leaf is a plain call,
//!   and the slot runs nobody's code while it is being changed.
//! - *Is it of the leaf's types?* The frame names them, in a header of known layout.
//!
//! Code that is compiled into several shared objects has a table in each, and would not recognise
//! another's frames. It never meets them: [`Frame::poll`] is called through the trait object that
//! was made together with the coroutine.

use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::generator::{Exception, Slot};

/// See the module's page.
#[repr(C)]
pub(super) struct Frame<'a, Y, S> {
    header: Header,
    slot: &'a Slot<Y, S>,
}

/// What the types `Y` and `S` of a frame are called.
type Names = fn() -> [&'static str; 2];

/// The part of every frame that can be read before its types are known.
struct Header {
    thread: *const Cell<u8>,
    types: TypeId,
    names: Names,
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(|_| empty(), |_| (), |_| (), |_| ());
static EMPTY_VTABLE: RawWakerVTable = RawWakerVTable::new(|_| empty(), |_| (), |_| (), |_| ());

const fn empty() -> RawWaker {
    RawWaker::new(ptr::null(), &EMPTY_VTABLE)
}

thread_local! {
    /// Its address names the thread for as long as the thread lives. (A constant could be shared.)
    static THREAD: Cell<u8> = const { Cell::new(0) };
}

#[inline]
fn this_thread() -> *const Cell<u8> {
    THREAD.with(ptr::from_ref)
}

impl<'a, Y: 'static, S: 'static> Frame<'a, Y, S> {
    /// Polls a future whose leaves exchange values through `slot`.
    #[inline]
    pub(super) fn poll<F: Future>(future: Pin<&mut F>, slot: &'a Slot<Y, S>) -> Poll<F::Output> {
        let frame = Frame {
            header: Header {
                thread: this_thread(),
                types: TypeId::of::<(Y, S)>(),
                names: names::<Y, S>,
            },
            slot,
        };
        // SAFETY: the functions of the table do nothing, on any thread, and never touch the
        // pointer.
        let waker = unsafe { Waker::new(ptr::from_ref(&frame).cast(), &VTABLE) };
        // Nothing is to be done when it is dropped, so the call is spared.
        let waker = ManuallyDrop::new(waker);
        future.poll(&mut Context::from_waker(&waker))
    }

    /// The frame of the coroutine that is polling with this context.
    ///
    /// # Panics
    ///
    /// If it is not a coroutine that polls, not one of these types, or not on this thread.
    #[inline]
    pub(super) fn find(context: &'a Context<'_>) -> &'a Self {
        let waker = context.waker();
        assert!(
            ptr::eq(waker.vtable(), &VTABLE),
            "suspend was awaited outside of a coroutine: drive the future with nogil::coroutine(future)"
        );
        let frame: *const Self = waker.data().cast();
        // SAFETY: a waker with our table points to a frame that lives while the waker is borrowed,
        // and every frame begins with a header (`repr(C)`), which is not written to.
        let header = unsafe { &*frame.cast::<Header>() };
        assert!(
            header.thread == this_thread(),
            "suspend was awaited on another thread than its coroutine runs on"
        );
        if header.types != TypeId::of::<(Y, S)>() {
            mismatch(names::<Y, S>, header.names);
        }
        // SAFETY: as above; it is a frame of these types, and only this thread reaches it.
        unsafe { &*frame }
    }

    /// Polls a suspension, see [`Slot::exchange`].
    #[inline]
    pub(super) fn exchange(&self, value: &mut Option<Y>) -> Poll<Result<S, Exception>> {
        // SAFETY: leaves only reach the frame on its own thread, and each poll is over before the
        // next one begins.
        unsafe { self.slot.exchange(value) }
    }

    /// Polls a suspension that catches nothing, see [`Slot::exchange_or_raise`].
    #[inline]
    pub(super) fn exchange_or_raise(&self, value: &mut Option<Y>) -> Poll<S> {
        // SAFETY: leaves only reach the frame on its own thread, and each poll is over before the
        // next one begins.
        unsafe { self.slot.exchange_or_raise(value) }
    }
}

fn names<Y, S>() -> [&'static str; 2] {
    [type_name::<Y>(), type_name::<S>()]
}

#[cold]
fn mismatch(leaf: Names, coroutine: Names) -> ! {
    let [yields, receives] = leaf();
    let [expected_yields, expected_receives] = coroutine();
    panic!(
        "suspend::<{yields}, {receives}> was awaited in a Coroutine<{expected_yields}, \
         {expected_receives}>: the types must be the same"
    )
}
