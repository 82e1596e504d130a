//! Where the code of each cell lies in memory, kept so that a signal handler can look it up: nothing is ever removed,
//! and nothing is locked.

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ferrocell_wire::CallSite;

struct Object {
    cell: u64,
    code: Range<usize>,
    /// What the addresses in the object's own tables are relative to.
    base: usize,
    earlier: *const Object,
}

static LATEST: AtomicPtr<Object> = AtomicPtr::new(ptr::null_mut());

/// Remembers the object of a cell, whose entry point was just found. Only the thread that runs cells does this.
pub(crate) fn add(cell: u64, entry: usize) {
    let mut object = Object {
        cell,
        code: entry..entry,
        base: 0,
        earlier: LATEST.load(Ordering::Relaxed),
    };
    // SAFETY: the callback gets the object back, which lives during the call.
    unsafe { libc::dl_iterate_phdr(Some(measure), (&raw mut object).cast()) };
    LATEST.store(Box::into_raw(Box::new(object)), Ordering::Release);
}

unsafe extern "C" fn measure(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    object: *mut c_void,
) -> c_int {
    // SAFETY: the loader describes a loaded object, and passes on what `add` has passed to it.
    let (info, object) = unsafe { (&*info, &mut *object.cast::<Object>()) };
    let base = info.dlpi_addr as usize;
    // SAFETY: the loader says how many headers there are.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let mut segments = headers.iter().map(|header| {
        let start = base + header.p_vaddr as usize;
        start..start + header.p_memsz as usize
    });
    // The entry point lies in one segment of one object.
    match segments.find(|segment| segment.contains(&object.code.start)) {
        None => 0,
        Some(code) => {
            (object.base, object.code) = (base, code);
            1
        }
    }
}

/// The place of an instruction in the code of a cell, if it lies in one.
pub(crate) fn find(address: usize) -> Option<CallSite> {
    let mut next = LATEST.load(Ordering::Acquire).cast_const();
    // SAFETY: each object lives for ever and is complete before it can be found.
    while let Some(object) = unsafe { next.as_ref() } {
        if object.code.contains(&address) {
            return Some(CallSite {
                cell: object.cell,
                address: (address - object.base) as u64,
            });
        }
        next = object.earlier;
    }
    None
}
