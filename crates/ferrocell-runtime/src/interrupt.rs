//! How a thread that is asked to stop unwinds, and how whoever catches that can tell.

use std::any::Any;
use std::panic::resume_unwind;
use std::thread;

/// The message that unwinds a thread, so that code which catches panics and shows what they say has something to show.
/// It is told from the same words of somebody else by its address, for which the `nogil` crate looks by name.
#[unsafe(export_name = "ferrocell_interrupt")]
static MESSAGE: [u8; 11] = *b"interrupted";

/// Unwinds the calling thread, unless it unwinds already: a destructor that panicked then would end the program.
#[cold]
pub(crate) fn unwind() {
    if !thread::panicking() {
        let message: &'static str = std::str::from_utf8(&MESSAGE).expect("the message is ASCII");
        resume_unwind(Box::new(message));
    }
}

/// Whether this is what [`unwind`] unwinds with.
pub(crate) fn is_payload(payload: &(dyn Any + Send)) -> bool {
    let message = payload.downcast_ref::<&'static str>();
    message.is_some_and(|message| message.as_ptr() == MESSAGE.as_ptr())
}

/// Lets the calling thread's next `park` return, or the one that it is in; for the host to find by name.
#[unsafe(no_mangle)]
extern "C" fn ferrocell_unpark() {
    thread::current().unpark();
}

/// Takes back what [`ferrocell_unpark`] has left, so that a `park` of a later cell waits.
pub(crate) fn forget_unpark() {
    thread::park_timeout(std::time::Duration::ZERO);
}
