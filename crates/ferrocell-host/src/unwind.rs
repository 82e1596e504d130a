//! A look up the calling thread's stack.

use std::ffi::{c_int, c_void};
use std::ops::ControlFlow;

/// One frame, as the unwinder describes it.
#[repr(C)]
struct Context {
    opaque: [u8; 0],
}

/// What tells the unwinder to go on, and to stop.
const NO_REASON: c_int = 0;
const NORMAL_STOP: c_int = 4;

unsafe extern "C" {
    fn _Unwind_Backtrace(
        visit: unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIPInfo(context: *mut Context, is_before_instruction: *mut c_int) -> usize;
}

/// Shows the instructions at which the calling thread's functions are, innermost first, until `see` breaks off.
///
/// Nothing is allocated. The unwinder takes a lock of the dynamic loader on systems before glibc 2.35, so a signal handler
/// that calls this must reckon with waiting.
pub(crate) fn instructions<F: FnMut(usize) -> ControlFlow<()>>(mut see: F) {
    // SAFETY: `visit::<F>` gets back the pointer to the very `F` that outlives this call.
    unsafe { _Unwind_Backtrace(visit::<F>, (&raw mut see).cast()) };
}

unsafe extern "C" fn visit<F: FnMut(usize) -> ControlFlow<()>>(
    context: *mut Context,
    see: *mut c_void,
) -> c_int {
    let mut is_before_instruction = 0;
    // SAFETY: the unwinder passes a frame of its own, and what `instructions` has passed to it.
    let (address, see) = unsafe {
        (
            _Unwind_GetIPInfo(context, &mut is_before_instruction),
            &mut *see.cast::<F>(),
        )
    };
    // A return address is after the call, where another line may begin.
    let is_return_address = is_before_instruction == 0;
    match see(address.wrapping_sub(usize::from(is_return_address))) {
        ControlFlow::Continue(()) => NO_REASON,
        ControlFlow::Break(()) => NORMAL_STOP,
    }
}
