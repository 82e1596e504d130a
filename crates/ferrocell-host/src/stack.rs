//! What a thread leaves of its stack when it crashes: the places in the code of cells.
//!
//! It is called from a signal handler, where nothing may be allocated and nothing may wait for a lock. The unwinder
//! takes a lock of the dynamic loader on old systems, so whoever calls it has an alarm set.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ferrocell_wire::{CallSite, Ended};

use crate::objects;

/// One frame, as the unwinder describes it.
#[repr(C)]
struct Context {
    opaque: [u8; 0],
}

/// What tells the unwinder to go on.
const NO_REASON: c_int = 0;

unsafe extern "C" {
    fn _Unwind_Backtrace(
        visit: unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIPInfo(context: *mut Context, is_before_instruction: *mut c_int) -> usize;
}

/// The innermost places, and in the end of the array the outermost ones: what lies between them in a stack that has
/// overflowed is more of the same.
#[derive(Debug)]
pub(crate) struct Stack {
    depth: AtomicUsize,
    sites: [(AtomicU64, AtomicU64); Ended::CALL_SITES],
}

const INNERMOST: usize = 48;
const OUTERMOST: usize = Ended::CALL_SITES - INNERMOST;

impl Stack {
    /// Forgets what a process has left.
    pub(crate) fn clear(&self) {
        self.depth.store(0, Ordering::Relaxed);
    }

    /// Walks up the calling thread's stack, from the instruction at which a signal has met it.
    pub(crate) fn record(&self) {
        // SAFETY: the function gets this back, and does what the unwinder expects of it.
        unsafe { _Unwind_Backtrace(visit, ptr::from_ref(self).cast_mut().cast()) };
    }

    /// What was recorded, innermost first.
    pub(crate) fn call_sites(&self) -> Vec<CallSite> {
        let depth = self.depth.load(Ordering::Relaxed);
        let outermost = depth.saturating_sub(OUTERMOST).max(INNERMOST)..depth;
        let kept = (0..depth.min(INNERMOST)).chain(outermost);
        kept.map(|index| {
            let (cell, address) = self.site(index);
            CallSite {
                cell: cell.load(Ordering::Relaxed),
                address: address.load(Ordering::Relaxed),
            }
        })
        .collect()
    }

    fn push(&self, site: CallSite) {
        let depth = self.depth.load(Ordering::Relaxed);
        let (cell, address) = self.site(depth);
        cell.store(site.cell, Ordering::Relaxed);
        address.store(site.address, Ordering::Relaxed);
        self.depth.store(depth + 1, Ordering::Relaxed);
    }

    fn site(&self, index: usize) -> &(AtomicU64, AtomicU64) {
        &self.sites[match index.checked_sub(INNERMOST) {
            None => index,
            Some(behind) => INNERMOST + behind % OUTERMOST,
        }]
    }
}

unsafe extern "C" fn visit(context: *mut Context, stack: *mut c_void) -> c_int {
    let mut is_before_instruction = 0;
    // SAFETY: the unwinder passes a frame of its own, and what `record` has passed to it.
    let (address, stack) = unsafe {
        (
            _Unwind_GetIPInfo(context, &mut is_before_instruction),
            &*stack.cast::<Stack>(),
        )
    };
    // A return address is behind the call, where another line may begin.
    let is_return_address = is_before_instruction == 0;
    if let Some(site) = objects::find(address.wrapping_sub(usize::from(is_return_address))) {
        stack.push(site);
    }
    NO_REASON
}
