//! System calls made without passing through our own exports.

use std::arch::asm;
use std::cell::Cell;
use std::ffi::{CString, c_long, c_void};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Enters the kernel. Returns what it returns, which is a negative error number after a failure.
///
/// # Safety
///
/// As for the system call of this number with these arguments.
pub(crate) unsafe fn system_call(number: c_long, arguments: [c_long; 6]) -> c_long {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    let result;
    // SAFETY: these are the registers by Linux's convention; the caller vouches for the call itself.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") first,
            in("rsi") second,
            in("rdx") third,
            in("r10") fourth,
            in("r8") fifth,
            in("r9") sixth,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    // SAFETY: the same.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") first => result,
            in("x1") second,
            in("x2") third,
            in("x3") fourth,
            in("x4") fifth,
            in("x5") sixth,
            options(nostack),
        );
    }
    result
}

/// A system call's result as the C library returns it: -1 and `errno` after a failure.
pub(crate) fn returned(result: c_long) -> c_long {
    if (-4095..0).contains(&result) {
        set_errno(-result as i32);
        return -1;
    }
    result
}

/// `write(2)`.
pub(crate) fn write(fd: RawFd, bytes: &[u8]) -> isize {
    let arguments = [fd.into(), bytes.as_ptr() as c_long, bytes.len() as c_long];
    // SAFETY: the pointer and the length describe a live slice.
    unsafe { call(libc::SYS_write, arguments) as isize }
}

/// `read(2)`.
pub(crate) fn read(fd: RawFd, bytes: &mut [u8]) -> isize {
    let arguments = [
        fd.into(),
        bytes.as_mut_ptr() as c_long,
        bytes.len() as c_long,
    ];
    // SAFETY: the pointer and the length describe a live, writable slice.
    unsafe { call(libc::SYS_read, arguments) as isize }
}

/// `writev(2)`.
///
/// # Safety
///
/// As for that call.
pub(crate) unsafe fn writev(fd: RawFd, parts: *const libc::iovec, count: libc::c_int) -> isize {
    // SAFETY: the caller vouches for the call.
    unsafe { call(libc::SYS_writev, [fd.into(), parts as c_long, count.into()]) as isize }
}

/// A system call with up to three arguments, in the C library's manner.
///
/// # Safety
///
/// As for the system call of this number with these arguments.
unsafe fn call(number: c_long, [first, second, third]: [c_long; 3]) -> c_long {
    // SAFETY: the caller vouches for the call; the kernel does not look at further arguments.
    returned(unsafe { system_call(number, [first, second, third, 0, 0, 0]) })
}

/// Sends a signal to one thread of a process; one that ends a process ends the whole. Returns whether there is such a
/// thread. Leaves `errno` alone, so that a signal handler may call this.
pub(crate) fn signal(process: i32, thread: i32, signal: libc::c_int) -> bool {
    let arguments = [process.into(), thread.into(), signal.into(), 0, 0, 0];
    // SAFETY: tgkill only takes numbers.
    unsafe { system_call(libc::SYS_tgkill, arguments) == 0 }
}

/// Keeps a descriptor out of the programs that the user's code starts.
pub(crate) fn close_on_exec(fd: &OwnedFd) {
    // SAFETY: F_SETFD on a descriptor that we own changes nothing but its flags.
    unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
}

/// The number of the calling thread, which stays what it is in a copy of the process; zero for the main thread.
pub(crate) fn thread_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    const UNKNOWN: u32 = u32::MAX;
    thread_local! {
        static NUMBER: Cell<u32> = const { Cell::new(UNKNOWN) };
    }
    if NUMBER.get() == UNKNOWN {
        NUMBER.set(match thread_id() == process_id() {
            true => 0,
            false => NEXT.fetch_add(1, Ordering::Relaxed),
        });
    }
    NUMBER.get()
}

/// The system's id of the calling thread.
pub(crate) fn thread_id() -> i32 {
    // SAFETY: gettid has no preconditions.
    unsafe { system_call(libc::SYS_gettid, [0; 6]) as i32 }
}

/// The longest name of a thread, and the zero that ends it.
pub(crate) const NAME: usize = 16;

/// The calling thread's name.
pub(crate) fn thread_name() -> [u8; NAME] {
    let mut name = [0; NAME];
    let arguments = [
        libc::PR_GET_NAME.into(),
        name.as_mut_ptr() as c_long,
        0,
        0,
        0,
        0,
    ];
    // SAFETY: this writes as many bytes.
    unsafe { system_call(libc::SYS_prctl, arguments) };
    name
}

/// Gives the calling thread a name.
pub(crate) fn set_thread_name(name: &[u8; NAME]) {
    let arguments = [
        libc::PR_SET_NAME.into(),
        name.as_ptr() as c_long,
        0,
        0,
        0,
        0,
    ];
    // SAFETY: this reads at most as many bytes.
    unsafe { system_call(libc::SYS_prctl, arguments) };
}

/// The head of the calling thread's list of robust mutexes, if it has one and the system knows of such lists.
pub(crate) fn robust_list() -> Option<usize> {
    let (mut head, mut size) = (0_usize, 0_usize);
    let arguments = [0, &raw mut head as c_long, &raw mut size as c_long, 0, 0, 0];
    // SAFETY: both are live variables.
    let result = unsafe { system_call(libc::SYS_get_robust_list, arguments) };
    (result == 0 && head != 0).then_some(head)
}

/// Tells the system of the calling thread's list of robust mutexes again.
pub(crate) fn set_robust_list(head: Option<usize>) {
    /// The size of `struct robust_list_head`.
    const SIZE: c_long = 24;
    if let Some(head) = head {
        // SAFETY: the C library keeps the list there, as it does the one of every thread.
        unsafe {
            system_call(
                libc::SYS_set_robust_list,
                [head as c_long, SIZE, 0, 0, 0, 0],
            )
        };
    }
}

/// The signals that a thread blocks, as the system counts them.
#[derive(Clone, Copy)]
pub(crate) struct SignalMask(u64);

/// Blocks all signals in the calling thread; returns those that were. Not the one that tells of a child's end: while the
/// main thread blocks that, it wakes other threads, even if it is ignored.
pub(crate) fn block_signals() -> SignalMask {
    set_signal_mask(SignalMask(!(1 << (libc::SIGCHLD - 1))))
}

/// Sets the signals that the calling thread blocks; returns those that it did.
pub(crate) fn set_signal_mask(SignalMask(mask): SignalMask) -> SignalMask {
    let mut before = 0_u64;
    let arguments = [
        libc::SIG_SETMASK.into(),
        &raw const mask as c_long,
        &raw mut before as c_long,
        size_of::<u64>() as c_long,
        0,
        0,
    ];
    // SAFETY: both are live variables of this size.
    unsafe { system_call(libc::SYS_rt_sigprocmask, arguments) };
    SignalMask(before)
}

/// Whether a signal for the calling thread waits that is not one of these, and has a handler. Leaves `errno` alone.
pub(crate) fn has_pending_signal(blocked: u64) -> bool {
    const SIZE: c_long = size_of::<u64>() as c_long;
    let mut pending = 0_u64;
    // SAFETY: this writes a variable of this size.
    unsafe {
        system_call(
            libc::SYS_rt_sigpending,
            [&raw mut pending as c_long, SIZE, 0, 0, 0, 0],
        )
    };
    let is_pending = |signal: &c_long| (pending & !blocked) >> (signal - 1) & 1 == 1;
    (1..=64).filter(is_pending).any(|signal| {
        // The system's own structure, which begins with the handler; zero and one are the default and none at all.
        let mut action = [0_u64; 4];
        let arguments = [signal, 0, action.as_mut_ptr() as c_long, SIZE, 0, 0];
        // SAFETY: the structure has this size.
        unsafe { system_call(libc::SYS_rt_sigaction, arguments) };
        action[0] > 1
    })
}

/// A text that the system has written, up to a zero or the end of its line.
pub(crate) fn text(bytes: &[u8]) -> String {
    let end = |byte: &u8| matches!(byte, 0 | b'\n');
    String::from_utf8_lossy(bytes.split(end).next().unwrap_or_default()).into_owned()
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

/// The calling thread's `errno`.
pub(crate) fn errno() -> i32 {
    // SAFETY: the location is valid for the calling thread.
    unsafe { *libc::__errno_location() }
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

/// A function of the C library's own, which one of our exports stands before; looked up once.
pub(crate) struct Next {
    name: &'static str,
    address: OnceLock<usize>,
}

impl Next {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            address: OnceLock::new(),
        }
    }

    pub(crate) fn address(&self) -> *mut c_void {
        let address = self.address.get_or_init(|| {
            let found = symbol(libc::RTLD_NEXT, self.name);
            found
                .expect("the C library has what the host exports")
                .expose_provenance()
        });
        std::ptr::with_exposed_provenance_mut(*address)
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

/// Lets the process end when its parent does, or has: then it has another one already.
pub(crate) fn end_with_parent(parent: i32) {
    // SAFETY: PR_SET_PDEATHSIG takes a signal's number; getppid has no preconditions.
    let is_gone = unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::getppid() != parent
    };
    if is_gone {
        kill(process_id(), libc::SIGKILL);
    }
}

/// Sends a signal to a process; to the caller's whole group, if it is zero.
pub(crate) fn kill(process: i32, signal: i32) {
    // SAFETY: kill has no preconditions.
    unsafe { libc::kill(process, signal) };
}

/// Sends a signal that carries a value to a thread of a process; one that ends a process ends the whole. Returns whether it
/// was sent.
pub(crate) fn queue(process: i32, thread: i32, signal: i32, value: u64) -> bool {
    /// `siginfo_t` as `rt_tgsigqueueinfo(2)` reads it for `SI_QUEUE`.
    #[repr(C)]
    struct Queued {
        signal: i32,
        errno: i32,
        code: i32,
        padding: i32,
        sender: i32,
        user: u32,
        value: u64,
        rest: [u64; 12],
    }
    const { assert!(size_of::<Queued>() == size_of::<libc::siginfo_t>()) };
    let queued = Queued {
        signal,
        errno: 0,
        code: libc::SI_QUEUE,
        padding: 0,
        sender: process_id(),
        user: 0,
        value,
        rest: [0; 12],
    };
    let arguments = [
        process.into(),
        thread.into(),
        signal.into(),
        &raw const queued as c_long,
        0,
        0,
    ];
    // SAFETY: the structure has the layout and at least the size that the call reads.
    unsafe { system_call(libc::SYS_rt_tgsigqueueinfo, arguments) == 0 }
}

/// A child that has ended, with its status, if there is one: this one, or with -1 any. It need not be one whose end a signal
/// tells.
pub(crate) fn ended_child(process: i32) -> Option<(i32, i32)> {
    let mut status = 0;
    // SAFETY: the status is a live variable.
    let ended = unsafe { libc::waitpid(process, &mut status, libc::WNOHANG | libc::__WALL) };
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
    unsafe { call(libc::SYS_close_range, [first.into(), last.into(), 0]) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_lost_its_parent_ends() {
        let own = process_id();
        for (parent, signal) in [(own, 0), (own + 1, libc::SIGKILL)] {
            let mut status = 0;
            // SAFETY: the child only makes system calls.
            unsafe {
                let child = libc::fork();
                if child == 0 {
                    end_with_parent(parent);
                    exit_now(0);
                }
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
            }
            assert_eq!(libc::WTERMSIG(status), signal);
        }
    }
}
