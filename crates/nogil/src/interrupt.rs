//! The wish of a notebook's user that the running cell stop.
//!
//! Owns the knowledge of how ferrocell's process for user code tells of it. A blocking call of the user's looks here when
//! it wakes up, and unwinds with no lock held. The crate's own threads, which wait for work or for a time, never look.
//! Where nobody can wish it, in a program or under evcxr, looking costs a load.

use crate::system::exported;
use std::any::Any;
use std::ffi::c_void;
use std::mem::transmute;
use std::sync::LazyLock;

/// What ferrocell's process exports.
struct Wish {
    is_there: extern "C" fn() -> bool,
    unwind: extern "C-unwind" fn(),
    /// Where the message lies with which it unwinds.
    message: usize,
}

static WISH: LazyLock<Option<Wish>> = LazyLock::new(|| {
    let is_there = exported(c"ferrocell_interrupted")?;
    let unwind = exported(c"ferrocell_checkpoint")?;
    let message = exported(c"ferrocell_interrupt")?;
    // SAFETY: only ferrocell defines these names, and these are the signatures that it gives to them.
    unsafe {
        Some(Wish {
            is_there: transmute::<*mut c_void, extern "C" fn() -> bool>(is_there),
            unwind: transmute::<*mut c_void, extern "C-unwind" fn()>(unwind),
            message: message.addr(),
        })
    }
});

/// Whether anybody could wish that a thread stop.
pub(crate) fn can_come() -> bool {
    WISH.is_some()
}

/// Whether the calling thread is to stop.
pub(crate) fn is_requested() -> bool {
    WISH.as_ref().is_some_and(|wish| (wish.is_there)())
}

/// Unwinds the calling thread if it is to stop, unless it unwinds already.
pub(crate) fn checkpoint() {
    if let Some(wish) = &*WISH {
        (wish.unwind)();
    }
}

/// Whether this is what an interrupted thread unwinds with.
pub(crate) fn is_payload(payload: &(dyn Any + Send)) -> bool {
    let message = payload.downcast_ref::<&'static str>();
    message
        .zip(WISH.as_ref())
        .is_some_and(|(message, wish)| message.as_ptr().addr() == wish.message)
}
