//! The lock of whoever changes what is kept of dependencies: one notebook at a time, on this machine.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::interrupts::Interrupts;

/// How often to try, and to look whether to give up.
const TICK: Duration = Duration::from_millis(50);

const WAITING: &str = "waiting for another notebook that builds dependencies";

/// Held until it is dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock, and says so first if somebody has it. `None` if the wait was interrupted.
    pub(super) fn wait(
        cache_dir: &Path,
        interrupts: &Interrupts,
        progress: &dyn Fn(String),
    ) -> io::Result<Option<Self>> {
        fs::create_dir_all(cache_dir)?;
        // Not in the folder that it is about, which may be removed.
        let file = File::create(cache_dir.join("deps.lock"))?;
        let mut has_said = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if interrupts.is_requested() => return Ok(None),
                Err(TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut has_said, true) {
                        progress(WAITING.to_owned());
                    }
                    thread::sleep(TICK);
                }
            }
        }
    }
}
