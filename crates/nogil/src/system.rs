//! What is asked of the system itself, each question once for each kind of system.
//!
//! Linux knows all of it. Elsewhere there are answers with which all of the crate works but what its page says.

use std::ffi::{CStr, c_void};
use std::thread::JoinHandle;
use std::time::Duration;

/// The calling thread's ident, which differs from that of every other living thread.
#[cfg(unix)]
#[allow(
    clippy::unnecessary_cast,
    reason = "a number, a smaller one or a pointer elsewhere"
)]
pub(crate) fn current_ident() -> u64 {
    // SAFETY: the call only returns the caller's own handle and cannot fail.
    unsafe { libc::pthread_self() as u64 }
}

/// The ident of the thread behind a handle.
#[cfg(unix)]
#[allow(
    clippy::unnecessary_cast,
    reason = "a number, a smaller one or a pointer elsewhere"
)]
pub(crate) fn ident_of<T>(handle: &JoinHandle<T>) -> u64 {
    use std::os::unix::thread::JoinHandleExt;
    handle.as_pthread_t() as u64
}

#[cfg(not(unix))]
pub(crate) fn current_ident() -> u64 {
    hashed(std::thread::current().id())
}

#[cfg(not(unix))]
pub(crate) fn ident_of<T>(handle: &JoinHandle<T>) -> u64 {
    hashed(handle.thread().id())
}

/// The standard library does not give its threads' numbers away, but these, the same each time.
#[cfg(not(unix))]
fn hashed(id: std::thread::ThreadId) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(id)
}

/// The calling thread's number, by which [`standing`](crate::schedule) and pictures know it.
#[cfg(target_os = "linux")]
pub(crate) fn thread_number() -> i32 {
    // SAFETY: the call only returns the caller's own number and cannot fail.
    unsafe { libc::gettid() }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn thread_number() -> i32 {
    use std::sync::atomic::{AtomicI32, Ordering};
    static NEXT: AtomicI32 = AtomicI32::new(1);
    thread_local! {
        static NUMBER: i32 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}

/// Whether the calling thread is the one that entered `main`.
pub(crate) fn on_main_thread() -> bool {
    #[cfg(target_os = "linux")]
    // SAFETY: both calls only read the kernel's own numbers for the caller and cannot fail.
    return unsafe { libc::gettid() == libc::getpid() };
    #[cfg(not(target_os = "linux"))]
    return std::thread::current().name() == Some("main");
}

/// How long the calling thread has been on a core. Where that cannot be had, it is taken to be on one all the time.
#[cfg(unix)]
pub(crate) fn time_on_core() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a live timespec. The clock of the calling thread is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    // Neither is ever negative, and the second is less than a billion.
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
pub(crate) fn time_on_core() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGIN.elapsed()
}

/// Has a function called when the program ends.
pub(crate) fn at_exit(function: extern "C" fn()) {
    // Miri knows no exit functions, and neither does WebAssembly.
    #[cfg(all(any(unix, windows), not(miri)))]
    // SAFETY: the function is valid for the whole run. A full table of exit functions would only mean that it is not called.
    unsafe {
        libc::atexit(function)
    };
    #[cfg(not(all(any(unix, windows), not(miri))))]
    let _ = function;
}

/// Has a function called in each process that is forked from this one.
pub(crate) fn in_forks(function: unsafe extern "C" fn()) {
    #[cfg(all(unix, not(miri)))]
    // SAFETY: the caller's function does what may be done there.
    unsafe {
        libc::pthread_atfork(None, None, Some(function))
    };
    #[cfg(not(all(unix, not(miri))))]
    let _ = function;
}

/// Where something lies that this process exports under a name.
pub(crate) fn exported(name: &CStr) -> Option<*mut c_void> {
    #[cfg(unix)]
    // SAFETY: the name is a C string, and the default handle needs no library to be opened.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    #[cfg(not(unix))]
    let symbol = {
        let _ = name;
        std::ptr::null_mut::<c_void>()
    };
    (!symbol.is_null()).then_some(symbol)
}
