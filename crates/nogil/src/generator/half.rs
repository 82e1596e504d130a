//! A value with exactly two owners.

use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use crate::sync::primitives::AtomicBool;

/// One of two handles to a value, which is dropped with the second of them.
///
/// `Arc` counts owners, and weak ones besides, with an atomic read-modify-write for each that comes
/// or goes. Two owners who were made together need one in all: the first to go leaves a mark, and
/// the second only looks. A generator is created and closed in little more time than the difference.
pub(super) struct Half<T>(NonNull<Shared<T>>);

struct Shared<T> {
    /// Whether one half has gone.
    halved: AtomicBool,
    value: T,
}

/// Makes both handles.
pub(super) fn halves<T>(value: T) -> (Half<T>, Half<T>) {
    let shared = NonNull::from(Box::leak(Box::new(Shared {
        halved: AtomicBool::new(false),
        value,
    })));
    (Half(shared), Half(shared))
}

// SAFETY: like `Arc`, a half lends the value to its own thread, and may drop it there.
unsafe impl<T: Send + Sync> Send for Half<T> {}
// SAFETY: a shared half does no more than lend the value.
unsafe impl<T: Send + Sync> Sync for Half<T> {}

impl<T> Deref for Half<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: nobody drops what is shared as long as one half is left.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T> Drop for Half<T> {
    fn drop(&mut self) {
        // SAFETY: as above. After the swap, when the other half may drop it, nobody looks here.
        let halved = unsafe { &self.0.as_ref().halved };
        if halved.load(Ordering::Acquire) || halved.swap(true, Ordering::AcqRel) {
            // SAFETY: it came out of a box. The other half has gone, and what it did before is
            // seen, because it left the mark with a release.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}
