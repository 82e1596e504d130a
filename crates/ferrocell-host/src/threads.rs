//! Threads get a cell when they are created: a cell's own threads that of their creator, for good.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::fault::SignalStack;
use crate::raw::Next;
use crate::registry::Registered;
use crate::{callers, cell, output, registry, trail};

/// The entry point of a thread, which `pthread_exit` unwinds.
pub(crate) type Start = extern "C-unwind" fn(*mut c_void) -> *mut c_void;
type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    Start,
    *mut c_void,
) -> c_int;

/// How many threads the user's code has running.
static COUNT: AtomicU32 = AtomicU32::new(0);

struct Inheritance {
    cell: u64,
    is_shared: bool,
    start: Start,
    argument: *mut c_void,
}

/// What a thread has of ours until it ends, by returning or otherwise.
struct Life {
    _registered: Registered,
    _stack: SignalStack,
}

/// `pthread_create`, with a thread that works for the caller's cell, or is shared if a dependency creates it.
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
    let is_shared = !callers::is_called_by_cell();
    if is_shared {
        cell::expect_shared();
    }
    cell::hand_over();
    let inheritance = Box::into_raw(Box::new(Inheritance {
        cell: cell::current(),
        is_shared,
        start,
        argument,
    }));
    COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller keeps pthread_create's contract; `begin` takes the box that we pass.
    let result = unsafe { real_create()(thread, attributes, begin, inheritance.cast()) };
    if result != 0 {
        COUNT.fetch_sub(1, Ordering::Relaxed);
        // SAFETY: no thread came to be, so the box is still ours.
        drop(unsafe { Box::from_raw(inheritance) });
    }
    result
}

extern "C-unwind" fn begin(inheritance: *mut c_void) -> *mut c_void {
    // SAFETY: `create` passes a box of this type to exactly one thread.
    let Inheritance {
        cell,
        is_shared,
        start,
        argument,
    } = *unsafe { Box::from_raw(inheritance.cast()) };
    let life = Box::into_raw(Box::new(Life {
        _registered: registry::register(),
        _stack: SignalStack::install(),
    }));
    trail::learn_stack();
    if is_shared {
        cell::share(cell);
    } else {
        cell::work_for(cell);
    }
    // SAFETY: the key exists. Its destructor takes the box when the thread ends, also by `pthread_exit`.
    unsafe { libc::pthread_setspecific(key(), life.cast()) };
    start(argument)
}

/// The key under which a thread keeps its [`Life`]. Made by the first thread.
fn key() -> libc::pthread_key_t {
    unsafe extern "C" fn end(life: *mut c_void) {
        // SAFETY: `begin` has stored a box of this type.
        drop(unsafe { Box::from_raw(life.cast::<Life>()) });
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
    static KEY: OnceLock<libc::pthread_key_t> = OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: the key is a live variable.
        let result = unsafe { libc::pthread_key_create(&mut key, Some(end)) };
        assert_eq!(result, 0, "the first threads come before the user's keys");
        key
    })
}

/// How many threads the user's code has running.
pub(crate) fn count() -> u32 {
    COUNT.load(Ordering::Relaxed)
}

/// A thread with this id is not in this copy of the process. Returns its handle, if it is one that was created here.
pub(crate) fn lose(id: i32) -> Option<usize> {
    let handle = registry::lose(id)?;
    COUNT.fetch_sub(1, Ordering::Relaxed);
    Some(handle)
}

fn real_create() -> Create {
    static REAL: Next = Next::new("pthread_create");
    // SAFETY: this is the C library's pthread_create, whose signature this is.
    unsafe { std::mem::transmute::<*mut c_void, Create>(REAL.address()) }
}
