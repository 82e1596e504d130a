//! Room for what descends into code.

use std::thread::{self, Builder};

/// Enough for the deepest code that is parsed at all. Of this, only what is used takes memory.
const SIZE: usize = 256 << 20;

/// Calls a function with a large stack.
pub(crate) fn large<R: Send>(function: impl Fn() -> R + Sync) -> R {
    thread::scope(|scope| {
        let name = Builder::new().name("parser".to_owned());
        match name.stack_size(SIZE).spawn_scoped(scope, &function) {
            Ok(thread) => match thread.join() {
                Ok(value) => value,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without a thread, the stack at hand does for all code that people write.
            Err(_) => function(),
        }
    })
}
