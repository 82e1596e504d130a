//! Whose code is on the calling thread's stack: how the host knows for which cell a thread of a dependency works.
//!
//! Threads of rayon, tokio and the like belong to no cell. What they run for a cell was compiled with that cell, because it
//! is generic over the cell's closure or future, so the outermost code of a cell on such a thread's stack is what was
//! handed over to it.

use std::cell::RefCell;
use std::ops::{ControlFlow, Range};
use std::ptr;
use std::sync::OnceLock;

use crate::objects::{self, Object};
use crate::trail::Trails;
use crate::unwind::{self, Frame};

thread_local! {
    static SUBMITTERS: RefCell<Trails<Option<&'static Object>, 2, 192>> = const { RefCell::new(Trails::new(None)) };
    static CALLS: RefCell<Trails<Call, 8, 48>> = const { RefCell::new(Trails::new(Call::NONE)) };
}

/// The cell that has handed over what the calling thread, which belongs to no cell, does; `None` while it does nothing of
/// a cell's.
#[inline(never)]
pub(crate) fn submitter() -> Option<u64> {
    let foot = 0_usize;
    let foot = (&raw const foot).addr();
    let see = |address, outermost: &mut Option<&'static Object>| {
        *outermost = objects::find(address).or(*outermost);
        ControlFlow::Continue(())
    };
    let outermost = SUBMITTERS.with(|submitters| match submitters.try_borrow_mut() {
        Ok(mut submitters) => submitters.follow(foot, see),
        // A signal has interrupted a look of this thread.
        Err(_) => Trails::<_, 1, 0>::new(None).follow(foot, see),
    });
    outermost.map(Object::user)
}

/// The innermost code of a cell on a stack, and the other cell's code that has called it.
#[derive(Clone, Copy)]
struct Call {
    callee: Option<&'static Object>,
    /// Where the callee's outermost function is.
    entered: usize,
    caller: Option<&'static Object>,
}

impl Call {
    const NONE: Self = Self {
        callee: None,
        entered: 0,
        caller: None,
    };
}

/// Notes for whom the calling thread is about to hand something over to other threads: for `cell`, or if that is not known,
/// for the one that has handed over what the thread does.
///
/// A function of an earlier cell may do that for a cell that has called it; what other threads run then is the code of the
/// earlier cell. Other code of that cell, which wakes one of its tasks perhaps, hands over nothing new.
#[inline(never)]
pub(crate) fn hand_over(cell: Option<u64>) {
    let foot = 0_usize;
    let foot = (&raw const foot).addr();
    let see = |address, call: &mut Call| {
        match (objects::find(address), call.callee) {
            (None, Some(_)) if call.caller.is_none() => return ControlFlow::Break(()),
            (None, _) => {}
            (Some(object), None) => (call.callee, call.entered) = (Some(object), address),
            (Some(object), Some(callee)) if call.caller.is_none() => {
                if ptr::eq(object, callee) {
                    call.entered = address;
                } else if is_exported(call.entered) {
                    call.caller = Some(object);
                } else {
                    return ControlFlow::Break(());
                }
            }
            (Some(object), Some(_)) => call.caller = Some(object),
        }
        if call.caller.is_some() && cell.is_some() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    CALLS.with(|calls| {
        // If a signal has interrupted a look of this thread, that look says it all.
        let Ok(mut calls) = calls.try_borrow_mut() else {
            return;
        };
        let call = calls.follow(foot, see);
        if let (Some(callee), Some(caller)) = (call.callee, call.caller) {
            callee.use_for(cell.unwrap_or(caller.user()));
        }
    });
}

/// Whether an instruction lies in a function that its object exports: all that cells export is functions for each other.
fn is_exported(address: usize) -> bool {
    // SAFETY: zeroes are a valid `Dl_info`, which is live during the call.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        libc::dladdr(ptr::without_provenance(address), &mut info) != 0 && !info.dli_sname.is_null()
    }
}

/// Whether a cell's code has called std, or the C library, for what the calling thread does, and not a dependency's.
pub(crate) fn is_called_by_cell() -> bool {
    let mut is_by_cell = false;
    unwind::frames(
        |Frame {
             instruction: address,
             ..
         }| {
            is_by_cell = objects::find(address).is_some();
            if !is_by_cell && is_between(address) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        },
    );
    is_by_cell
}

/// Whether an address lies in code that is between a caller and the host: std's or the host's own.
fn is_between(address: usize) -> bool {
    static BETWEEN: OnceLock<Vec<Range<usize>>> = OnceLock::new();
    // Nobody makes a thread before std is loaded.
    // The executable, which is the host, has no name.
    let between = BETWEEN
        .get_or_init(|| objects::code_of(|file| file.is_empty() || file.starts_with("libstd-")));
    between.iter().any(|range| range.contains(&address))
}
