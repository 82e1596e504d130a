//! What a thread leaves of its stack when it crashes: the places in the code of cells.
//!
//! It is called from a signal handler, where nothing may be allocated and nothing may wait for a lock. The unwinder
//! takes a lock of the dynamic loader on old systems, so whoever calls it has an alarm set.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ferrocell_wire::{CallSite, Ended};

use crate::objects;
use crate::unwind::{self, Frame};

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
        unwind::frames(|Frame { instruction, .. }| {
            if let Some(object) = objects::find(instruction) {
                self.push(object.call_site(instruction));
            }
            ControlFlow::Continue(())
        });
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
