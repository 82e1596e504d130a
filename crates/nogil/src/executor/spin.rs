//! Waiting a moment in the hope that another thread is about to be done.

use crate::hooks;

/// How often to look before the core is offered to others. The other thread may be waiting for this very core.
const LOOKS: u32 = 4;

/// How often to offer the core: all in all, about as long as going to sleep and being woken takes.
const OFFERS: u32 = 60;

/// Whether `ready` came true within a few microseconds.
pub(super) fn until(ready: impl Fn() -> bool) -> bool {
    // Nobody else runs as long as a member of a schedule does not wait, and waiting is to be seen in a time line.
    let offers = if hooks::is_active() { 0 } else { OFFERS };
    (0..offers).any(|_| {
        let found = (0..LOOKS).any(|_| {
            std::hint::spin_loop();
            ready()
        });
        if !found {
            std::thread::yield_now();
        }
        found
    })
}
