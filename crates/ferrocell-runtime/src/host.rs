//! The executable that this library is loaded into, reached through the symbols it exports.
//!
//! The symbols are looked up by name, so that the crate also links into programs that are no host, such as its tests;
//! there, nothing is reported to anybody.

use std::ffi::{CStr, c_char, c_void};
use std::sync::OnceLock;

/// The numbers of the kinds of frames that this library sends.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Result = 3,
    Panic = 4,
    Failure = 8,
    Showing = 9,
    Shared = 11,
}

type Send = unsafe extern "C" fn(kind: u32, detail: u32, bytes: *const u8, len: usize);
type Interrupted = extern "C" fn() -> bool;

struct Host {
    send: Option<Send>,
    interrupted: Option<Interrupted>,
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
}

fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        // SAFETY: a null address becomes `None`; otherwise these are the host's exports, whose signatures these are.
        unsafe {
            Host {
                send: std::mem::transmute::<*mut c_void, Option<Send>>(symbol(c"ferrocell_send")),
                interrupted: std::mem::transmute::<*mut c_void, Option<Interrupted>>(symbol(
                    c"ferrocell_interrupted",
                )),
            }
        }
    })
}

fn symbol(name: &CStr) -> *mut c_void {
    // SAFETY: null is RTLD_DEFAULT, the name is a C string.
    unsafe { dlsym(std::ptr::null_mut(), name.as_ptr()) }
}

/// Reports something to the engine.
pub(crate) fn send(kind: Kind, payload: &str) {
    if let Some(send) = host().send {
        // SAFETY: the pointer and the length describe a live slice.
        unsafe { send(kind as u32, 0, payload.as_ptr(), payload.len()) };
    }
}

/// Whether the user asked the cell that the calling thread works for to stop.
pub(crate) fn is_interrupted() -> bool {
    host().interrupted.is_some_and(|interrupted| interrupted())
}
