//! What a stopped thread leaves for the one that is made for it in a copy. It lies on the thread's own stack.

use crate::raw;

use super::glibc::Layout;

/// A stopped thread.
pub(super) struct Record {
    /// Where the system has put the registers, as the call that restores them expects it.
    pub(super) registers: usize,
    /// The instruction that it was about to execute.
    pub(super) instruction: usize,
    /// What the C library knows of it; `None` if it did not make the thread, which then cannot be made again.
    pub(super) known: Option<Known>,
}

/// What the system has to be told of a thread that the C library has made.
pub(super) struct Known {
    pub(super) id: i32,
    /// The field for its id, which the system clears when the thread ends.
    pub(super) id_field: *mut i32,
    pub(super) thread_pointer: usize,
    pub(super) robust_list: Option<usize>,
    pub(super) restartable: Option<(usize, u32)>,
    pub(super) name: [u8; raw::NAME],
}

impl Known {
    /// Of the calling thread, whose id and thread pointer these are.
    pub(super) fn of_caller(layout: &Layout, id: i32, thread_pointer: usize) -> Option<Self> {
        let (handle, robust_list) = layout.own(id)?;
        Some(Self {
            id,
            id_field: layout.id_field(handle),
            thread_pointer,
            robust_list,
            restartable: layout.restartable(thread_pointer),
            name: raw::thread_name(),
        })
    }
}
