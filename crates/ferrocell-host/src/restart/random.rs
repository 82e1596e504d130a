//! Random numbers, of which a signal lets the kernel return fewer than it was asked for.

use std::ffi::{c_uint, c_void};

use super::{complete, next, repeat};

#[unsafe(no_mangle)]
pub(crate) unsafe extern "C-unwind" fn getrandom(
    bytes: *mut c_void,
    len: usize,
    flags: c_uint,
) -> isize {
    let next = next!(getrandom(*mut c_void, usize, c_uint) -> isize);
    let call = |done| {
        // SAFETY: the caller keeps the function's contract, and less is done than there is room for.
        repeat(|_| unsafe { next(bytes.byte_add(done), len - done, flags) })
    };
    complete(len, || true, call)
}
