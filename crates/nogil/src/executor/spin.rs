//! Waiting a moment in the hope that another core is about to be done.

use std::num::NonZero;
use std::sync::LazyLock;

/// About as long as the system needs to put a thread to sleep and wake it again.
const ROUNDS: u32 = 1500;

/// Whether `ready` came true within a few microseconds. On a single core nobody else can make it true, so it is only
/// looked at once.
pub(super) fn until(ready: impl Fn() -> bool) -> bool {
    static SEVERAL_CORES: LazyLock<bool> = LazyLock::new(|| {
        std::thread::available_parallelism().is_ok_and(|cores| cores > NonZero::<usize>::MIN)
    });
    if !*SEVERAL_CORES {
        return ready();
    }
    (0..ROUNDS).any(|_| {
        std::hint::spin_loop();
        ready()
    })
}
