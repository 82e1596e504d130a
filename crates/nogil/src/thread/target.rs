//! A thread's function on its way to the thread that runs it.

use super::{Context, Panicked};

/// A boxed function together with the context in which it was handed over.
///
/// The closure around the function is compiled where [`Target::new`] is called, so in a notebook it enters the context
/// of that cell's copy of the crate, the copy which the function's own calls see.
pub(crate) struct Target<T>(Box<dyn FnOnce(bool) -> Result<T, Panicked> + Send>);

impl<T> Target<T> {
    pub(crate) fn new(mut context: Context, function: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Box::new(move |daemon| {
            context.daemon = daemon;
            context.run(function)
        }))
    }

    /// Runs the function on the calling thread, whose children are daemons by default if it is one.
    pub(crate) fn run(self, daemon: bool) -> Result<T, Panicked> {
        (self.0)(daemon)
    }
}
