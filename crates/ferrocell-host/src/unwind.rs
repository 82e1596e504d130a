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
    fn _Unwind_GetCFA(context: *mut Context) -> usize;
    fn _Unwind_GetIPInfo(context: *mut Context, is_before_instruction: *mut c_int) -> usize;
}

/// A function of the calling thread.
pub(crate) struct Frame {
    /// The instruction at which it is: its call of the next one, or what a signal has interrupted.
    pub(crate) instruction: usize,
    /// The address to which the next one returns, and where on the stack that lies; known on x86-64 only.
    pub(crate) return_slot: Option<(usize, usize)>,
}

/// Shows the calling thread's functions, innermost first, until `see` breaks off.
///
/// Nothing is allocated. The unwinder takes a lock of the dynamic loader on systems before glibc 2.35, so a signal handler
/// that calls this must reckon with waiting.
pub(crate) fn frames<F: FnMut(Frame) -> ControlFlow<()>>(mut see: F) {
    // SAFETY: `visit::<F>` gets back the pointer to the very `F` that outlives this call.
    unsafe { _Unwind_Backtrace(visit::<F>, (&raw mut see).cast()) };
}

unsafe extern "C" fn visit<F: FnMut(Frame) -> ControlFlow<()>>(
    context: *mut Context,
    see: *mut c_void,
) -> c_int {
    let mut is_before_instruction = 0;
    // SAFETY: the unwinder passes a frame of its own, and what `frames` has passed to it.
    let (address, callee_end, see) = unsafe {
        (
            _Unwind_GetIPInfo(context, &mut is_before_instruction),
            _Unwind_GetCFA(context),
            &mut *see.cast::<F>(),
        )
    };
    let is_return_address = is_before_instruction == 0;
    let is_known = is_return_address && cfg!(target_arch = "x86_64");
    let frame = Frame {
        // A return address is after the call, where another line may begin.
        instruction: address.wrapping_sub(usize::from(is_return_address)),
        return_slot: is_known.then(|| (callee_end.wrapping_sub(size_of::<usize>()), address)),
    };
    match see(frame) {
        ControlFlow::Continue(()) => NO_REASON,
        ControlFlow::Break(()) => NORMAL_STOP,
    }
}
