//! Where the code of each cell lies in memory, kept so that a signal handler can look it up: nothing is ever removed,
//! and nothing is locked.

use std::ffi::{CStr, c_int, c_void};
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

use ferrocell_wire::CallSite;

/// The code of a cell.
pub(crate) struct Object {
    cell: u64,
    /// The cell that has used this code last to hand something over to other threads.
    user: AtomicU64,
    code: Range<usize>,
    /// What the addresses in the object's own tables are relative to.
    base: usize,
    earlier: *const Object,
}

static LATEST: AtomicPtr<Object> = AtomicPtr::new(ptr::null_mut());
/// No code of a cell lies outside these: what belongs to a library is told from it without a search.
static LOWEST: AtomicUsize = AtomicUsize::new(usize::MAX);
static HIGHEST: AtomicUsize = AtomicUsize::new(0);

impl Object {
    /// The cell that has used this code last to hand something over to other threads; else the cell itself.
    pub(crate) fn user(&self) -> u64 {
        self.user.load(Ordering::Relaxed)
    }

    /// From now on, what this code hands over to other threads belongs to `cell`.
    pub(crate) fn use_for(&self, cell: u64) {
        self.user.store(cell, Ordering::Relaxed);
    }

    /// The place of an instruction in this code.
    pub(crate) fn call_site(&self, address: usize) -> CallSite {
        CallSite {
            cell: self.cell,
            address: (address - self.base) as u64,
        }
    }
}

/// Remembers the object of a cell, whose entry point was just found. Only the thread that runs cells does this.
pub(crate) fn add(cell: u64, entry: usize) {
    if find(entry).is_some_and(|object| object.cell == cell) {
        // It is run again.
        return;
    }
    let mut object = Object {
        cell,
        user: AtomicU64::new(cell),
        code: entry..entry,
        base: 0,
        earlier: LATEST.load(Ordering::Relaxed),
    };
    // SAFETY: the callback gets the object back, which lives during the call.
    unsafe { libc::dl_iterate_phdr(Some(measure), (&raw mut object).cast()) };
    LOWEST.fetch_min(object.code.start, Ordering::Relaxed);
    HIGHEST.fetch_max(object.code.end, Ordering::Relaxed);
    LATEST.store(Box::into_raw(Box::new(object)), Ordering::Release);
}

unsafe extern "C" fn measure(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    object: *mut c_void,
) -> c_int {
    // SAFETY: the loader describes a loaded object, and passes on what `add` has passed to it.
    let (info, object) = unsafe { (&*info, &mut *object.cast::<Object>()) };
    // The entry point lies in one segment of one object.
    match segments(info).find(|segment| segment.contains(&object.code.start)) {
        None => 0,
        Some(code) => {
            (object.base, object.code) = (info.dlpi_addr as usize, code);
            1
        }
    }
}

/// Where in memory the parts of an object lie that the loader describes.
fn segments(info: &libc::dl_phdr_info) -> impl Iterator<Item = Range<usize>> {
    let base = info.dlpi_addr as usize;
    // SAFETY: the loader says how many headers there are.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    headers.iter().map(move |header| {
        let start = base + header.p_vaddr as usize;
        start..start + header.p_memsz as usize
    })
}

/// The cell's code that has an instruction at this address, if it is one's.
pub(crate) fn find(address: usize) -> Option<&'static Object> {
    if address < LOWEST.load(Ordering::Relaxed) || address >= HIGHEST.load(Ordering::Relaxed) {
        return None;
    }
    let mut next = LATEST.load(Ordering::Acquire).cast_const();
    // SAFETY: each object lives for ever and is complete before it can be found.
    while let Some(object) = unsafe { next.as_ref() } {
        if object.code.contains(&address) {
            return Some(object);
        }
        next = object.earlier;
    }
    None
}

/// Where in memory the loaded objects lie whose file's name is such a one.
pub(crate) fn code_of(is_meant: fn(&str) -> bool) -> Vec<Range<usize>> {
    type Search = (fn(&str) -> bool, Vec<Range<usize>>);
    unsafe extern "C" fn add(
        info: *mut libc::dl_phdr_info,
        _size: usize,
        search: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader describes a loaded object with its name, and passes on what was passed to it.
        let (info, path, (is_meant, found)) = unsafe {
            let info = &*info;
            let path = CStr::from_ptr(info.dlpi_name).to_string_lossy();
            (info, path, &mut *search.cast::<Search>())
        };
        if is_meant(path.rsplit('/').next().unwrap_or_default()) {
            found.extend(segments(info));
        }
        0
    }
    let mut search: Search = (is_meant, Vec::new());
    // SAFETY: the callback gets back what outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut search).cast()) };
    search.1
}
