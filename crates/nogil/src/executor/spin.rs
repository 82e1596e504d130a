//! Waiting a moment in the hope that another thread is about to be done.

/// How often to look before the core is offered to others. The other thread may be waiting for this very core.
const LOOKS: u32 = 4;

/// How often to offer the core: all in all, about as long as going to sleep and being woken takes.
const OFFERS: u32 = 60;

/// Whether `ready` came true within a few microseconds.
pub(super) fn until(ready: impl Fn() -> bool) -> bool {
    (0..OFFERS).any(|_| {
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
