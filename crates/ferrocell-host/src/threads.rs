//! Threads inherit the cell of the thread that creates them.

use std::ffi::{c_int, c_void};
use std::sync::atomic::Ordering;

use crate::fault::SignalStack;
use crate::raw::Next;
use crate::{cell, handles, output, roll, shared};

/// The entry point of a thread.
pub(crate) type Start = extern "C" fn(*mut c_void) -> *mut c_void;
type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    Start,
    *mut c_void,
) -> c_int;

struct Inheritance {
    cell: u64,
    start: Start,
    argument: *mut c_void,
}

/// `pthread_create`, with a thread that works for the caller's cell.
///
/// # Safety
///
/// As for `pthread_create(3)`.
pub(crate) unsafe fn create(
    thread: *mut libc::pthread_t,
    attributes: *const libc::pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    if !output::is_open() {
        // The executable does not run cells, or this is a child that the user's code has forked.
        // SAFETY: the caller keeps pthread_create's contract.
        return unsafe { real_create()(thread, attributes, start, argument) };
    }
    let inheritance = Box::into_raw(Box::new(Inheritance {
        cell: cell::current(),
        start,
        argument,
    }));
    shared::get().threads.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller keeps pthread_create's contract; `begin` takes the box that we pass.
    let result = unsafe {
        let real_create = real_create();
        handles::give(thread, || {
            real_create(thread, attributes, begin, inheritance.cast())
        })
    };
    if result != 0 {
        shared::get().threads.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: no thread came to be, so the box is still ours.
        drop(unsafe { Box::from_raw(inheritance) });
    }
    result
}

extern "C" fn begin(inheritance: *mut c_void) -> *mut c_void {
    // SAFETY: `create` passes a box of this type to exactly one thread.
    let Inheritance {
        cell,
        start,
        argument,
    } = *unsafe { Box::from_raw(inheritance.cast()) };
    let _enrolled = roll::enroll();
    cell::work_for(cell);
    let _stack = SignalStack::install();
    let result = start(argument);
    shared::get().threads.fetch_sub(1, Ordering::Relaxed);
    result
}

fn real_create() -> Create {
    static REAL: Next = Next::new("pthread_create");
    // SAFETY: this is the C library's pthread_create, whose signature this is.
    unsafe { std::mem::transmute::<*mut c_void, Create>(REAL.address()) }
}
