//! The stack of a thread as it was when somebody looked up it last, so that the next look at the same stack is short.
//!
//! A thread that prints in a loop does so from the same calls each time. All of them are the same if each return address
//! lies where it lay, from the innermost to the outermost.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ops::{ControlFlow, Range};
use std::ptr;

use crate::objects::{self, Object};
use crate::unwind::{self, Frame};

/// Stacks that are deeper than this are looked up each time.
const LENGTH: usize = 192;

thread_local! {
    pub(crate) static TRAIL: RefCell<Trail> = const { RefCell::new(Trail::new()) };
}

pub(crate) struct Trail {
    /// The thread's own stack: only that is there as long as the thread.
    stack: Range<usize>,
    /// Where on the stack the look began; zero if this is no whole trail.
    foot: usize,
    /// The return addresses above that, each after the place where it lies.
    returns: [(usize, usize); LENGTH],
    length: usize,
    outermost: Option<&'static Object>,
}

/// Learns where the calling thread's stack is. A thread that does not know looks up the whole of it each time.
pub(crate) fn learn_stack() {
    let (mut start, mut size) = (ptr::null_mut(), 0);
    // SAFETY: the attributes are those of the calling thread, used only after they were set, and destroyed.
    unsafe {
        let mut attributes = MaybeUninit::uninit();
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return;
        }
        libc::pthread_attr_getstack(attributes.as_ptr(), &mut start, &mut size);
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
    }
    let start = start.addr();
    TRAIL.with_borrow_mut(|trail| trail.stack = start..start + size);
}

impl Trail {
    pub(crate) const fn new() -> Self {
        Self {
            stack: 0..0,
            foot: 0,
            returns: [(0, 0); LENGTH],
            length: 0,
            outermost: None,
        }
    }

    /// The outermost code of a cell on the calling thread's stack. `foot` is the address of a variable of the caller's, which
    /// is one function for all calls.
    pub(crate) fn outermost(&mut self, foot: usize) -> Option<&'static Object> {
        if self.foot != foot || !self.is_unchanged() {
            self.walk(foot);
        }
        self.outermost
    }

    fn is_unchanged(&self) -> bool {
        // SAFETY: these words lie on this thread's own stack.
        let read = |slot| unsafe { ptr::with_exposed_provenance::<usize>(slot).read_volatile() };
        let mut returns = self.returns[..self.length].iter();
        returns.all(|&(slot, address)| read(slot) == address)
    }

    fn walk(&mut self, foot: usize) {
        (self.foot, self.length, self.outermost) = (0, 0, None);
        let mut is_whole = true;
        unwind::frames(|frame| {
            self.outermost = objects::find(frame.instruction).or(self.outermost);
            is_whole &= self.add(&frame, foot);
            ControlFlow::Continue(())
        });
        if is_whole {
            self.foot = foot;
        }
    }

    /// Notes where a function's return address lies, and says whether that is known.
    fn add(&mut self, frame: &Frame, foot: usize) -> bool {
        match frame.return_slot {
            // What the look itself has called, and the end of the stack.
            Some((slot, address)) if slot < foot || address == 0 => true,
            Some((slot, address)) if self.length < LENGTH && self.stack.contains(&slot) => {
                self.returns[self.length] = (slot, address);
                self.length += 1;
                true
            }
            _ => false,
        }
    }
}
