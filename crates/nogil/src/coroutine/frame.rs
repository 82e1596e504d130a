//! Where a coroutine and the leaf it is suspended at meet: a frame on the driver's stack, reached
//! through the waker.
//!
//! # Why this is sound
//!
//! A frame lives for one poll. The waker of that poll carries its address; [`Frame::find`] gives it
//! back, after three checks, for no longer than the waker is borrowed.
//!
//! - *Is it a frame?* The waker must have [`VTABLE`], which only [`Frame::poll`] puts on a waker. A
//!   static has an address of its own, so no other waker can have the same.
//! - *Does it still live?* A clone of the waker may outlive the poll, so a clone carries nothing
//!   and has another table.
//! - *May this thread touch it?* `&Waker` can be lent to another thread during the poll, so the
//!   frame notes its own thread. On one thread everything between the driver and the leaf is a
//!   plain call, and the cells are only ever taken from and put into, never borrowed across a call.
//! - *Is it of the leaf's type?* It notes the `TypeId` of its two value types, in a header of known
//!   layout.
//!
//! Code that is compiled into several shared objects has a table in each, and would not recognise
//! another's frames. It never meets them: [`Frame::poll`] is called through the trait object that
//! was made together with the coroutine.

use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::generator::{Outgoing, Reply};

#[repr(C)]
pub(super) struct Frame<Y, S> {
    header: Header,
    outgoing: Cell<Option<Outgoing<Y>>>,
    reply: Cell<Option<Reply<S>>>,
}

/// The part of every frame that can be read before its types are known.
struct Header {
    types: TypeId,
    type_names: fn() -> (&'static str, &'static str),
    thread: *const u8,
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(|_| empty(), |_| (), |_| (), |_| ());
static EMPTY_VTABLE: RawWakerVTable = RawWakerVTable::new(|_| empty(), |_| (), |_| (), |_| ());

const fn empty() -> RawWaker {
    RawWaker::new(ptr::null(), &EMPTY_VTABLE)
}

thread_local! {
    /// Its address names the thread for as long as the thread lives.
    static THREAD: u8 = const { 0 };
}

fn this_thread() -> *const u8 {
    THREAD.with(ptr::from_ref)
}

impl<Y: 'static, S: 'static> Frame<Y, S> {
    /// Polls with a frame that holds `reply`. Gives what the future left there when it is
    /// suspended.
    #[inline]
    pub(super) fn poll<F: Future>(
        future: Pin<&mut F>,
        reply: Option<Reply<S>>,
    ) -> (Poll<F::Output>, Option<Outgoing<Y>>) {
        let frame = Frame::<Y, S> {
            header: Header {
                types: TypeId::of::<(Y, S)>(),
                type_names: || (type_name::<Y>(), type_name::<S>()),
                thread: this_thread(),
            },
            outgoing: Cell::new(None),
            reply: Cell::new(reply),
        };
        // SAFETY: the functions of the table do nothing, on any thread, and never touch the
        // pointer.
        let waker = unsafe { Waker::new(ptr::from_ref(&frame).cast(), &VTABLE) };
        let poll = future.poll(&mut Context::from_waker(&waker));
        (poll, frame.outgoing.take())
    }

    /// The frame of the coroutine that is polling with this context.
    ///
    /// # Panics
    ///
    /// If it is not a coroutine that polls, not one of these types, or not on this thread.
    #[inline]
    pub(super) fn find<'a>(context: &'a Context<'_>) -> &'a Self {
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
            let (yields, receives) = (header.type_names)();
            panic!(
                "suspend::<{}, {}> was awaited in a Coroutine<{yields}, {receives}>: the types must be the same",
                type_name::<Y>(),
                type_name::<S>(),
            );
        }
        // SAFETY: as above; it is a frame of these types, and only this thread reaches it.
        unsafe { &*frame }
    }

    /// Leaves something for the driver, unless another leaf has done so in this poll: then it is
    /// given back.
    #[inline]
    pub(super) fn put(&self, outgoing: Outgoing<Y>) -> Option<Outgoing<Y>> {
        match self.outgoing.take() {
            None => {
                self.outgoing.set(Some(outgoing));
                None
            }
            first => {
                self.outgoing.set(first);
                Some(outgoing)
            }
        }
    }

    /// Takes the driver's reply, if there is one.
    #[inline]
    pub(super) fn take(&self) -> Option<Reply<S>> {
        self.reply.take()
    }
}
