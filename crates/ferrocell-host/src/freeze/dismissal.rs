//! Ends the thread that is to be left out of a copy, at a place where it holds no lock that all threads need.
//!
//! It may have been stopped while it allocated, loaded, unwound or wrote, and would leave the lock for that locked for ever.
//! So it goes on, step by step, for as long as its code is the C library's, the loader's, the unwinder's or the host's. What
//! its own code had locked stays so.

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use crate::{fault, objects, raw};

use super::SIGNAL;
use super::record::Record;
use super::resume::{self, arch};

/// What the signal carries for the thread: to look where it is, or to end it wherever that is. No round has such a number.
const LOOK: u64 = 1;
const END: u64 = 2;

/// How often to look between two steps before the thread is ended where it waits.
const ENOUGH: u32 = 100;
const PAUSE: Duration = Duration::from_micros(50);
/// How long to wait for a thread that gets nowhere.
const LIMIT: Duration = Duration::from_secs(1);

/// The thread; zero for none.
static THREAD: AtomicI32 = AtomicI32::new(0);
/// How often it was looked at since its last step.
static LOOKS: AtomicU32 = AtomicU32::new(0);
/// How often in all.
static ANSWERED: AtomicU32 = AtomicU32::new(0);
/// The code that may hold a lock of everybody's.
static CODE: OnceLock<Vec<Range<usize>>> = OnceLock::new();

/// Finds that code, while no thread is stopped.
pub(super) fn find_code() {
    CODE.get_or_init(|| {
        objects::code_of(|file| {
            // The executable, which is the host, has no name.
            let names = ["libc.so", "libc-", "ld-linux", "ld-2", "libgcc_s"];
            file.is_empty() || names.iter().any(|name| file.starts_with(name))
        })
    });
}

/// Makes the thread again in a copy that has all others, and ends it; or does nothing if it was stopped where it may end.
/// Returns its id.
///
/// # Safety
///
/// As for [`resume::thread`].
pub(super) unsafe fn dismiss(record: &Record, id: i32) -> i32 {
    if !may_lock(record.instruction) {
        return id;
    }
    // This copy may come from one in which another was left out.
    LOOKS.store(0, SeqCst);
    ANSWERED.store(0, SeqCst);
    // SAFETY: by the caller's promise.
    let Some(id) = (unsafe { resume::thread(record) }) else {
        return id;
    };
    THREAD.store(id, SeqCst);
    // SAFETY: the handler has this signature by SA_SIGINFO and only does what a handler may.
    let earlier = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_step as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigfillset(&mut action.sa_mask);
        let mut earlier = std::mem::zeroed();
        libc::sigaction(libc::SIGTRAP, &action, &mut earlier);
        earlier
    };
    let (begun, mut asked) = (Instant::now(), 0);
    while raw::signal(raw::process_id(), id, 0) && begun.elapsed() < 2 * LIMIT {
        let is_over = LOOKS.load(SeqCst) >= ENOUGH || begun.elapsed() >= LIMIT;
        // A thread that does not come to run would find all that were sent meanwhile, and make no step between them.
        if is_over || ANSWERED.load(SeqCst) == asked {
            asked += 1;
            let value = if is_over { END } else { LOOK };
            raw::queue(raw::process_id(), id, SIGNAL, value);
        }
        thread::sleep(PAUSE);
    }
    THREAD.store(0, SeqCst);
    // SAFETY: this is what was there before.
    unsafe { libc::sigaction(libc::SIGTRAP, &earlier, std::ptr::null_mut()) };
    id
}

/// Ends the calling thread if the signal that carries this value is to end it, and it is where it may.
///
/// # Safety
///
/// `context` is what the system has passed to a signal handler.
pub(super) unsafe fn look(value: u64, context: *mut c_void) {
    if [LOOK, END].contains(&value) && is_dismissed() {
        LOOKS.fetch_add(1, SeqCst);
        ANSWERED.fetch_add(1, SeqCst);
        // SAFETY: by the caller's promise.
        unsafe { step_or_end(context, value == END) };
    }
}

/// The thread has executed one instruction.
extern "C" fn on_step(_: c_int, _: *const libc::siginfo_t, context: *mut c_void) {
    LOOKS.store(0, SeqCst);
    // SAFETY: the system has passed it.
    unsafe { step_or_end(context, false) };
}

/// Lets the calling thread execute one instruction more, or ends it. If it is another, which the one has made, it goes on.
///
/// # Safety
///
/// `context` is what the system has passed to a signal handler.
unsafe fn step_or_end(context: *mut c_void, is_over: bool) {
    // SAFETY: by the caller's promise.
    unsafe {
        if is_over || !may_lock(fault::instruction_pointer(context)) {
            end_if_dismissed();
        }
        arch::stop_after_one_step(context, is_dismissed());
    }
}

/// Ends the calling thread, if it is the one that is to be left out.
pub(crate) fn end_if_dismissed() {
    if is_dismissed() {
        // SAFETY: the system ends the thread, lets whoever waits for it know, and releases its robust locks; its stack and
        // what lies there stay.
        unsafe { raw::system_call(libc::SYS_exit, [0; 6]) };
    }
}

/// Whether the calling thread is the one.
fn is_dismissed() -> bool {
    THREAD.load(SeqCst) == raw::thread_id()
}

/// Whether an instruction is among the code that may hold a lock.
fn may_lock(instruction: usize) -> bool {
    CODE.get()
        .is_some_and(|code| code.iter().any(|range| range.contains(&instruction)))
}
