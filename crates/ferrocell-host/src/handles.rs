//! Handles of threads, of which some are gone because this process is a copy of the one in which they ran.
//!
//! A handle is an address in the thread's stack. In a copy, the C library gives the stacks of threads that did not come
//! along to new threads or back to the system: a stale handle then means another thread, or memory that is not there.
//! So `pthread_join` and `pthread_detach` ask here first, and a new thread whose handle is already taken by one that is
//! gone gets another.

use std::collections::{HashMap, HashSet};
use std::ffi::{c_int, c_void};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use libc::pthread_t;

use crate::output;
use crate::raw::Next;

type Join = unsafe extern "C" fn(pthread_t, *mut *mut c_void) -> c_int;
type Detach = unsafe extern "C" fn(pthread_t) -> c_int;

/// The threads that were neither joined nor detached.
#[derive(Default)]
struct Handles {
    /// Those of this process: what the C library calls them, by what the user's code does.
    here: HashMap<pthread_t, pthread_t>,
    /// Those of the processes before this one.
    gone: HashSet<pthread_t>,
    /// How many handles are not the C library's.
    invented: pthread_t,
}

/// Which thread a handle means.
enum Meaning {
    Here(pthread_t),
    Gone,
}

static HANDLES: LazyLock<Mutex<Handles>> = LazyLock::new(Mutex::default);

fn handles() -> MutexGuard<'static, Handles> {
    HANDLES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Creates a thread and gives its handle to the user's code.
///
/// # Safety
///
/// `create` stores a handle behind the pointer when it returns zero.
pub(crate) unsafe fn give(thread: *mut pthread_t, create: impl FnOnce() -> c_int) -> c_int {
    // Held until the handle is known, because the thread may detach itself at once.
    let mut handles = handles();
    let result = create();
    if result == 0 {
        // SAFETY: by the caller's promise.
        let given = unsafe { &mut *thread };
        let real = *given;
        if handles.gone.contains(&real) {
            // No thread's, as it is no aligned address.
            handles.invented += 2;
            *given = pthread_t::MAX - handles.invented;
        }
        handles.here.insert(*given, real);
    }
    result
}

/// Runs an action while no thread uses the handles.
pub(crate) fn quietly<R>(action: impl FnOnce() -> R) -> R {
    let _handles = handles();
    action()
}

/// This process is a copy: none of the threads came along.
pub(crate) fn give_up() {
    let Handles { here, gone, .. } = &mut *handles();
    gone.extend(here.drain().map(|(given, _)| given));
}

/// `pthread_join`. A thread that is gone has nothing to give, and is not waited for.
///
/// # Safety
///
/// As for `pthread_join(3)`.
pub(crate) unsafe fn join(thread: pthread_t, result: *mut *mut c_void) -> c_int {
    match take_back(thread) {
        // SAFETY: this is the C library's pthread_join, and the caller keeps its contract.
        Meaning::Here(thread) => unsafe {
            static REAL: Next = Next::new("pthread_join");
            std::mem::transmute::<*mut c_void, Join>(REAL.address())(thread, result)
        },
        Meaning::Gone => {
            if !result.is_null() {
                // SAFETY: by pthread_join's contract a pointer that is not null can be written to.
                unsafe { *result = std::ptr::null_mut() };
            }
            0
        }
    }
}

/// `pthread_detach`, which does nothing to a thread that is gone.
///
/// # Safety
///
/// As for `pthread_detach(3)`.
pub(crate) unsafe fn detach(thread: pthread_t) -> c_int {
    match take_back(thread) {
        // SAFETY: this is the C library's pthread_detach, and the caller keeps its contract.
        Meaning::Here(thread) => unsafe {
            static REAL: Next = Next::new("pthread_detach");
            std::mem::transmute::<*mut c_void, Detach>(REAL.address())(thread)
        },
        Meaning::Gone => 0,
    }
}

/// The user's code will not use a handle any more.
fn take_back(thread: pthread_t) -> Meaning {
    if !output::is_open() {
        // The executable does not run cells, or this is a child that the user's code has forked.
        return Meaning::Here(thread);
    }
    let mut handles = handles();
    match handles.here.remove(&thread) {
        Some(real) => Meaning::Here(real),
        None if handles.gone.remove(&thread) => Meaning::Gone,
        None => Meaning::Here(thread),
    }
}
