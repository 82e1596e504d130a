//! Standard output at the moment of a snapshot.

use std::ffi::c_void;
use std::io::{self, Write};

/// Runs `action` while no other thread is in the middle of printing and nothing printed waits to be written: a copy of
/// the process that is made meanwhile can print, and prints nothing twice. The host calls it by name.
///
/// # Safety
///
/// `action` accepts `context`.
#[unsafe(no_mangle)]
unsafe extern "C" fn ferrocell_hold_stdout(
    action: extern "C" fn(*mut c_void),
    context: *mut c_void,
) {
    let mut stdout = io::stdout().lock();
    // The host takes every write; if it did not, the text would wait for the next flush.
    let _ = stdout.flush();
    action(context);
}
