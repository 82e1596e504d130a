//! Keeps checkpoints from unwinding a function out of which nothing may unwind.

use std::cell::Cell;

thread_local! {
    /// How many shields the thread has raised.
    static RAISED: Cell<u32> = const { Cell::new(0) };
}

/// While it lives, checkpoints of the thread that raised it do nothing: a function that C code calls is below them on
/// the stack, and a panic that reaches it ends the program.
#[derive(Debug)]
pub struct Shield(());

impl Shield {
    /// Raises one.
    pub fn raise() -> Self {
        RAISED.set(RAISED.get() + 1);
        Self(())
    }

    /// Runs something that catches what unwinds, so that checkpoints in it need not care for what is below it.
    pub(crate) fn without<R>(catching: impl FnOnce() -> R) -> R {
        let raised = RAISED.replace(0);
        let result = catching();
        RAISED.set(raised);
        result
    }

    pub(crate) fn is_raised() -> bool {
        RAISED.get() > 0
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        RAISED.set(RAISED.get() - 1);
    }
}
