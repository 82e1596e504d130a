//! System calls made without passing through our own exports.

use std::cell::Cell;
use std::ffi::{CString, c_void};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// `write(2)`.
pub(crate) fn write(fd: RawFd, bytes: &[u8]) -> isize {
    // SAFETY: the pointer and the length describe a live slice.
    unsafe { libc::syscall(libc::SYS_write, fd, bytes.as_ptr(), bytes.len()) as isize }
}

/// `read(2)`.
pub(crate) fn read(fd: RawFd, bytes: &mut [u8]) -> isize {
    // SAFETY: the pointer and the length describe a live, writable slice.
    unsafe { libc::syscall(libc::SYS_read, fd, bytes.as_mut_ptr(), bytes.len()) as isize }
}

/// Keeps a descriptor out of the programs that the user's code starts.
pub(crate) fn close_on_exec(fd: &OwnedFd) {
    // SAFETY: F_SETFD on a descriptor that we own changes nothing but its flags.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
}

/// The kernel's id of the calling thread; zero for the main thread, also in a copy of the process.
pub(crate) fn thread_number() -> u32 {
    const UNKNOWN: u32 = u32::MAX;
    thread_local! {
        static NUMBER: Cell<u32> = const { Cell::new(UNKNOWN) };
    }
    if NUMBER.get() == UNKNOWN {
        // SAFETY: gettid has no preconditions.
        let id = unsafe { libc::gettid() };
        NUMBER.set(if id == process_id() { 0 } else { id as u32 });
    }
    NUMBER.get()
}

/// The id of the calling process.
pub(crate) fn process_id() -> i32 {
    // SAFETY: getpid has no preconditions.
    unsafe { libc::getpid() }
}

/// Has `action` called in each child that this process forks.
pub(crate) fn call_in_children(action: unsafe extern "C" fn()) {
    // SAFETY: the action only does what may be done between `fork` and `exec`.
    unsafe { libc::pthread_atfork(None, None, Some(action)) };
}

/// Sets `errno`.
pub(crate) fn set_errno(value: i32) {
    // SAFETY: the location is valid for the calling thread.
    unsafe { *libc::__errno_location() = value };
}

unsafe extern "C" {
    static stdout: *mut libc::FILE;
}

/// Lets C code's `printf` write whole lines, although standard output is a pipe.
pub(crate) fn buffer_c_output_by_line() {
    // SAFETY: `stdout` is the C library's own stream, and nothing was written to it yet.
    unsafe { libc::setvbuf(stdout, std::ptr::null_mut(), libc::_IOLBF, 0) };
}

/// Writes out what C code left unfinished on its standard output.
pub(crate) fn flush_c_output() {
    // SAFETY: `stdout` is the C library's own stream.
    unsafe { libc::fflush(stdout) };
}

/// Ends the process at once: no destructors, no exit handlers.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: _exit has no preconditions.
    unsafe { libc::_exit(code) }
}

/// Loads a shared object whose symbols every later one may use.
pub(crate) fn load(path: &str) -> Result<*mut c_void, String> {
    let path = CString::new(path).map_err(|error| error.to_string())?;
    // SAFETY: the path is a C string. The object's constructors run; it was compiled from the user's own code.
    let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    if handle.is_null() {
        Err(last_load_error())
    } else {
        Ok(handle)
    }
}

/// The address of a symbol in a loaded object.
pub(crate) fn symbol(handle: *mut c_void, name: &str) -> Result<*mut c_void, String> {
    let name = CString::new(name).map_err(|error| error.to_string())?;
    // SAFETY: the handle is one of dlopen's (or a pseudo-handle), the name is a C string.
    let address = unsafe { libc::dlsym(handle, name.as_ptr()) };
    if address.is_null() {
        Err(last_load_error())
    } else {
        Ok(address)
    }
}

fn last_load_error() -> String {
    // SAFETY: dlerror returns null or a C string that lives until the next call of a dl function by this thread.
    unsafe {
        let message = libc::dlerror();
        if message.is_null() {
            return "unknown error of the dynamic loader".to_owned();
        }
        std::ffi::CStr::from_ptr(message)
            .to_string_lossy()
            .into_owned()
    }
}

/// Lets the process end when its parent does.
pub(crate) fn end_with_parent() {
    // SAFETY: PR_SET_PDEATHSIG takes a signal's number.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// Sends a signal to a process; to the caller's whole group, if it is zero.
pub(crate) fn kill(process: i32, signal: i32) {
    // SAFETY: kill has no preconditions.
    unsafe { libc::kill(process, signal) };
}

/// Sends a signal that carries a value to the main thread of a process; to the system, any of its threads would do.
pub(crate) fn queue(process: i32, signal: i32, value: u64) {
    /// `siginfo_t` as `sigqueue(3)` fills it.
    #[repr(C)]
    struct Queued {
        signal: i32,
        error: i32,
        code: i32,
        padding: i32,
        process: i32,
        user: u32,
        value: u64,
        rest: [u64; 12],
    }
    let info = Queued {
        signal,
        error: 0,
        code: libc::SI_QUEUE,
        padding: 0,
        process: process_id(),
        user: 0,
        value,
        rest: [0; 12],
    };
    const { assert!(size_of::<Queued>() == size_of::<libc::siginfo_t>()) };
    // SAFETY: the info is live and has the system's layout; the call only reads it.
    unsafe {
        libc::syscall(
            libc::SYS_rt_tgsigqueueinfo,
            process,
            process,
            signal,
            &raw const info,
        )
    };
}

/// A child that has ended, with its status, if there is one: this one, or with -1 any.
pub(crate) fn ended_child(process: i32) -> Option<(i32, i32)> {
    let mut status = 0;
    // SAFETY: the status is a live variable.
    let ended = unsafe { libc::waitpid(process, &mut status, libc::WNOHANG) };
    (ended > 0).then_some((ended, status))
}

/// Lets the descriptor `old` mean what `new` does.
pub(crate) fn replace(old: RawFd, new: OwnedFd) {
    // SAFETY: both descriptors are open and ours; whoever knows `old` goes on with the new meaning.
    unsafe { libc::dup3(new.as_raw_fd(), old, libc::O_CLOEXEC) };
}

/// Closes all descriptors but the standard ones and these.
pub(crate) fn close_all_but(kept: &[RawFd]) {
    let mut from = 3;
    let mut kept = kept.to_vec();
    kept.sort_unstable();
    for fd in kept {
        if fd > from {
            close_range(from, fd - 1);
        }
        from = fd + 1;
    }
    close_range(from, RawFd::MAX);
}

fn close_range(first: RawFd, last: RawFd) {
    // SAFETY: the caller gives these descriptors up.
    unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
}
