//! Asking through ferrocell, whose process for user code exports a function that takes questions from any thread.

use crate::{interrupt, system};
use std::ffi::{c_int, c_void};
use std::io;
use std::mem::transmute;
use std::slice;

/// Takes the line that answers a question.
type Sink = unsafe extern "C" fn(context: *mut c_void, line: *const u8, len: usize);

type Ask = unsafe extern "C" fn(
    prompt: *const u8,
    len: usize,
    password: bool,
    sink: Sink,
    context: *mut c_void,
) -> c_int;

/// The function to which questions go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question(Ask);

impl Question {
    /// Looks for the function in this process.
    pub(super) fn find() -> Option<Self> {
        let ask = system::exported(c"ferrocell_input")?;
        // SAFETY: only ferrocell defines this name, and this is the signature that it gives to it.
        Some(Self(unsafe { transmute::<*mut c_void, Ask>(ask) }))
    }

    /// Asks, and waits for the answer as long as it takes.
    pub(super) fn ask(self, prompt: &str) -> io::Result<String> {
        let mut line = Vec::new();
        let context = (&raw mut line).cast();
        // SAFETY: the prompt and the vector outlive the call, during which `take` gets the latter back.
        match unsafe { (self.0)(prompt.as_ptr(), prompt.len(), false, take, context) } {
            0 => String::from_utf8(line)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
            2 => {
                interrupt::checkpoint();
                // A destructor asks, or a cell that ended by itself at that moment.
                Err(io::Error::new(
                    io::ErrorKind::Interrupted,
                    "interrupted while waiting for a line",
                ))
            }
            _ => Err(super::end_of_input()),
        }
    }
}

unsafe extern "C" fn take(context: *mut c_void, line: *const u8, len: usize) {
    // SAFETY: `ask` passes a vector as the context, and the line is readable during the call.
    let (answer, line) = unsafe {
        (
            &mut *context.cast::<Vec<u8>>(),
            slice::from_raw_parts(line, len),
        )
    };
    answer.extend_from_slice(line);
}
