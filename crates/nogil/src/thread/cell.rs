//! The cell of a notebook for which a thread works: ferrocell shows what the thread prints and asks under that cell, and
//! an interrupt of the cell reaches the thread.
//!
//! ferrocell lets a new thread work for the cell that creates it. Threads of this crate do the work of many cells, so the
//! cell that hands work over travels with it. Where there are no cells, in a program or under evcxr, nothing happens.

use crate::system::exported;
use std::ffi::c_void;
use std::mem::transmute;
use std::sync::LazyLock;

/// A cell as ferrocell numbers them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell(u64);

/// What ferrocell's process exports.
struct Host {
    /// The calling thread's cell.
    cell: extern "C" fn() -> u64,
    /// Lets the calling thread work for another cell, and returns what gives it back to the one before.
    work_for: extern "C" fn(u64) -> u64,
}

static HOST: LazyLock<Option<Host>> = LazyLock::new(|| {
    let cell = exported(c"ferrocell_cell")?;
    let work_for = exported(c"ferrocell_work_for")?;
    // SAFETY: only ferrocell defines these names, and these are the signatures that it gives to them.
    unsafe {
        Some(Host {
            cell: transmute::<*mut c_void, extern "C" fn() -> u64>(cell),
            work_for: transmute::<*mut c_void, extern "C" fn(u64) -> u64>(work_for),
        })
    }
});

impl Cell {
    /// The calling thread's.
    pub(crate) fn current() -> Self {
        Self(HOST.as_ref().map_or(0, |host| (host.cell)()))
    }

    /// Does `work` for this cell, on the calling thread.
    pub(crate) fn during<R>(self, work: impl FnOnce() -> R) -> R {
        let _former = HOST
            .as_ref()
            .map(|host| Former((host.work_for)(self.0), host));
        work()
    }
}

/// Gives the calling thread back when it is dropped, however the work ends.
struct Former(u64, &'static Host);

impl Drop for Former {
    fn drop(&mut self) {
        (self.1.work_for)(self.0);
    }
}
