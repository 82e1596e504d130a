//! What somebody has found on a thread's stack, kept so that the next look at the same stack is short.
//!
//! A thread that prints or waits in a loop does so from the same calls each time. They are the same if each return address
//! lies where it lay.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::ptr;

use crate::unwind::{self, Frame};

thread_local! {
    /// Where the thread's own stack begins and ends: only that is there as long as the thread.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Learns where the calling thread's stack is. A thread that does not know walks up its stack each time.
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
    STACK.set((start.addr(), start.addr() + size));
}

/// What was found on the `COUNT` stacks on which somebody looked last. Of a stack on which a look takes more than `LENGTH`
/// functions, nothing is kept.
pub(crate) struct Trails<T, const COUNT: usize, const LENGTH: usize> {
    trails: [Trail<T, LENGTH>; COUNT],
    next: usize,
    nothing: T,
}

#[derive(Clone, Copy)]
struct Trail<T, const LENGTH: usize> {
    /// Where on the stack the look began; zero if this is no whole trail.
    foot: usize,
    /// How many words lie between the return addresses of the functions that were looked at, from the foot upwards.
    steps: [u16; LENGTH],
    length: usize,
    /// A digest of those addresses.
    digest: usize,
    found: T,
}

impl<T: Copy, const COUNT: usize, const LENGTH: usize> Trails<T, COUNT, LENGTH> {
    pub(crate) const fn new(nothing: T) -> Self {
        let trail = Trail {
            foot: 0,
            steps: [0; LENGTH],
            length: 0,
            digest: 0,
            found: nothing,
        };
        Self {
            trails: [trail; COUNT],
            next: 0,
            nothing,
        }
    }

    /// What `see` finds on the calling thread's stack, which it is shown from the innermost instruction on. `foot` is the
    /// address of a word of the caller's, which is one function for all calls.
    pub(crate) fn follow(
        &mut self,
        foot: usize,
        see: impl FnMut(usize, &mut T) -> ControlFlow<()>,
    ) -> T {
        let mut trails = self.trails.iter();
        if let Some(trail) = trails.find(|trail| trail.foot == foot && trail.is_unchanged()) {
            return trail.found;
        }
        self.next = (self.next + 1) % COUNT;
        let trail = &mut self.trails[self.next];
        trail.walk(foot, self.nothing, see);
        trail.found
    }
}

impl<T, const LENGTH: usize> Trail<T, LENGTH> {
    fn is_unchanged(&self) -> bool {
        let mut slot = ptr::with_exposed_provenance::<usize>(self.foot);
        let mut digest = 0;
        for step in &self.steps[..self.length] {
            // SAFETY: this word lies on this thread's own stack.
            unsafe {
                slot = slot.add(usize::from(*step));
                digest = add_to_digest(digest, slot.read_volatile());
            }
        }
        digest == self.digest
    }

    fn walk(
        &mut self,
        foot: usize,
        nothing: T,
        mut see: impl FnMut(usize, &mut T) -> ControlFlow<()>,
    ) {
        (self.foot, self.length, self.digest, self.found) = (0, 0, 0, nothing);
        let mut last = Some(foot);
        unwind::frames(|frame| {
            last = last.and_then(|last| self.add(&frame, foot, last));
            see(frame.instruction, &mut self.found)
        });
        if last.is_some() {
            self.foot = foot;
        }
    }

    /// Notes where a function's return address lies, above the last one, and gives that place; `None` if it is not known.
    fn add(&mut self, frame: &Frame, foot: usize, last: usize) -> Option<usize> {
        let (slot, address) = frame.return_slot?;
        if slot < foot || address == 0 {
            // What the look itself has called, and the end of the stack.
            return Some(last);
        }
        let (start, end) = STACK.get();
        let is_own = (start..end).contains(&slot);
        let step = slot.checked_sub(last).filter(|_| is_own)? / size_of::<usize>();
        *self.steps.get_mut(self.length)? = step.try_into().ok()?;
        self.length += 1;
        self.digest = add_to_digest(self.digest, address);
        Some(slot)
    }
}

fn add_to_digest(digest: usize, address: usize) -> usize {
    // An odd number without a pattern, so that each address moves all bits.
    (digest ^ address)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
}
